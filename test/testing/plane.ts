// A plane for tests of use cases: the real store in memory, a clock that is told the time, ids from a seed, and no loops,
// so that what a use case commits is all that happens.

import type { Origin, Plane } from '../../src/app/plane.ts';
import { type Change, put, type Rows, type Table } from '../../src/app/ports/store.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { Instance } from '../../src/domain/instance.ts';
import { NETWORK_TYPES } from '../../src/domain/network-resource.ts';
import type { ScaleSet } from '../../src/domain/scale-set.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite.ts';
import { seededRandom } from '../../src/system/random.ts';
import { type MemoryImages, memoryImages } from './images.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { groupRow, modelRow, scaleSetRow, THEN } from './rows.ts';
import { seededIds } from './seeded.ts';
import { openTemplates } from '../../src/templates.ts';

export const ORIGIN: Origin = { caller: 'ada', correlationId: 'c0441a70-0000-4000-8000-000000000001' };
export const SUBSCRIPTION = '5ca1ab1e-0000-4000-8000-000000000001';

export interface TestPlane extends Plane {
  readonly store: SqliteStore;
  readonly clock: ManualClock;
  readonly images: MemoryImages;
}

export function testPlane(): TestPlane {
  return {
    store: openSqliteStore({ path: ':memory:' }),
    clock: manualClock(THEN + 60_000),
    ids: seededIds('test plane'),
    random: seededRandom('test plane'),
    images: memoryImages({ base: ['1.0.0'], web: ['1.0.0'] }),
    templates: openTemplates({ subscriptionId: SUBSCRIPTION, tenantId: SUBSCRIPTION, displayName: 'test' }),
    subscriptionId: SUBSCRIPTION,
  };
}

/** Stores rows as they are given, whatever the rules say. */
export async function store<T extends Table>(
  plane: Plane,
  table: T,
  ...rows: readonly Rows[T][]
): Promise<void> {
  await plane.store.commit(rows.map((row) => put(table, row)));
}

/** A group with a settled set of these instances, and the model versions that its rows name. */
export async function storeSet(
  plane: Plane,
  instances: readonly Instance[],
  set: ScaleSet = scaleSetRow({ capacity: instances.filter((row) => !row.surplus).length }),
): Promise<ScaleSet> {
  const versions = new Set([set.model, ...instances.flatMap((row) => [row.model, row.wanted.model])]);
  const models = [...versions].map((version): Change => ({
    kind: 'putModel',
    model: modelRow({ set: set.uid, version }),
  }));
  const group =
    (await plane.store.group(set.group)) === undefined ? [put('group', groupRow({ name: set.group }))] : [];
  await plane.store.commit([
    ...group,
    put('scaleSet', set),
    ...models,
    ...instances.map((row) => put('instance', row)),
  ]);
  return (await plane.store.scaleSetByUid(set.uid)) as ScaleSet;
}

/** Everything that the store holds, to be compared before and after. */
export async function everything({ store: from }: Plane): Promise<unknown> {
  const sets = await from.scaleSets();
  return {
    groups: await from.groups(),
    balancers: await from.loadBalancers(),
    deployments: await from.deployments(),
    networks: await Promise.all(NETWORK_TYPES.map((type) => from.networks(type))),
    sets,
    models: await Promise.all(sets.map((set) => from.models(set.uid))),
    instances: await Promise.all(sets.map((set) => from.instances(set.uid))),
    operations: await from.openOperations(),
    commands: await Promise.all(
      sets.map(async (set) =>
        Promise.all((await from.instances(set.uid)).map((row) => from.runCommands(set.uid, row.id))),
      ),
    ),
    activity: await from.activity({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1000 }),
  };
}

/** The log, newest first, of everything or of one operation. */
export async function logged(
  plane: Plane,
): Promise<readonly { status: string; operationName: string; operationId?: string }[]> {
  return (await plane.store.activity({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1000 })).entries;
}

/** The Failure with which the work is refused. Anything else that it throws, or no refusal, fails the test. */
export async function refusalOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** The same, and that nothing at all was changed by it. */
export async function refusedWhole(plane: Plane, work: () => Promise<unknown>): Promise<Failure> {
  const before = await everything(plane);
  const failure = await refusalOf(work());
  const after = await everything(plane);
  if (JSON.stringify(after) !== JSON.stringify(before))
    throw new Error(`it was refused, and changed something: ${JSON.stringify(after)}`);
  return failure;
}
