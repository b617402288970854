// A set as its guests see it: a plane with a few instances, and a guest of it that asks for its metadata.

import type { MetadataDoor } from '../../src/app/ports/guests.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import type { Instance } from '../../src/domain/instance.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Principal } from '../../src/domain/managed-identity.ts';
import type { ScaleSet } from '../../src/domain/scale-set.ts';
import { answerGuest } from '../../src/metadata/answer.ts';
import type { MetadataAnswer } from '../../src/metadata/exchange.ts';
import type { IssuedToken } from '../../src/metadata/token.ts';
import { storeSet, type TestPlane, testPlane } from './plane.ts';
import { instanceRow, scaleSetRow, SET_UID, taskRow, THEN } from './rows.ts';

export const EVENT = 'e7e27000-0000-4000-8000-000000000002';
export const SECRET = '5ec2e700-0000-4000-8000-000000000001';
const DOOR: MetadataDoor = { host: '127.0.0.2', port: 16925, secret: SECRET };
/** The audience that the tokens of these tests are for. */
export const ARM = 'https://management.azure.com/';

export interface Asked {
  readonly method?: string;
  /** In the place of `Metadata: true`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly instance?: number;
}

export interface TestMetadata {
  readonly plane: TestPlane;
  /** The path may carry a query. */
  readonly ask: (url: string, asked?: Asked) => Promise<MetadataAnswer>;
  /** Of a 200 with JSON. */
  readonly read: (url: string, asked?: Asked) => Promise<JsonObject>;
}

/** Instances 0 and 1 stay; 2 has been told that it is to go. */
export async function testMetadata(
  changes: Partial<ScaleSet> = {},
  zero: Partial<Instance> = {},
): Promise<TestMetadata> {
  const plane = testPlane();
  const notice = { event: EVENT, notBefore: THEN + 600_000, source: 'User' } as const;
  const leaving = instanceRow({
    id: 2,
    task: taskRow('delete', { notice, deadline: THEN + 1_800_000 }),
    wanted: { exists: false, power: 'running', model: 1 },
  });
  const rows = [instanceRow({ id: 0, ...zero }), instanceRow({ id: 1 }), leaving];
  await storeSet(plane, rows, scaleSetRow({ capacity: 2, ...changes }));
  const ask = async (url: string, asked: Asked = {}): Promise<MetadataAnswer> => {
    const [path = '', query = ''] = url.split('?');
    const asker = { handle: guestHandle(SET_UID, asked.instance ?? 0), door: DOOR };
    return answerGuest({ plane, issue }, asker, {
      method: asked.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      headers: asked.headers ?? { metadata: 'true' },
      body: asked.body ?? '',
    });
  };
  const read = async (url: string, asked?: Asked): Promise<JsonObject> => {
    const { status, body } = await ask(url, asked);
    if (status !== 200) throw new Error(`${url} answered ${status}: ${body}`);
    return JSON.parse(body) as JsonObject;
  };
  return { plane, ask, read };
}

/** Signing is the identity side's, and tested there. */
async function issue({ clientId }: Principal, audience: string): Promise<IssuedToken | undefined> {
  if (audience !== ARM) return undefined;
  return { token: `token of ${clientId}`, life: 3599, issued: 1000 };
}
