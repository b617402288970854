// The instance metadata service with real guests: programs in a guest find it by the variables that Azure's clients read,
// learn who they are, hear that they are to go and say that they are ready, and get tokens that the plane takes. All of it
// after the plane was killed as well.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Arm, type OperationBody, operationUrl, scaleSetBody } from './arm.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, ROOT, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';
const EVENTS = '/metadata/scheduledevents?api-version=2020-07-01';
const MINUTE = 60_000;

interface EventsBody {
  readonly DocumentIncarnation: number;
  readonly Events: readonly {
    readonly EventId: string;
    readonly EventStatus: string;
    readonly Resources: readonly string[];
    readonly NotBefore: string;
  }[];
}

interface Answered {
  readonly status: number;
  readonly body: string;
}

describe('guests and their metadata', () => {
  let muster: Muster;
  let arm: Arm;
  /** By instance id: what the guest's programs have in their environment. */
  const env = new Map<string, Readonly<Record<string, string>>>();

  const node = (id: string, program: string): Promise<string> =>
    arm.inside(`${SET}/virtualMachines/${id}`, `"$MUSTER_NODE" --input-type=module -e '${program}'`);
  /** Asked from inside the guest, at what its own variable says. */
  const inside = async (id: string, path: string, options = '{}'): Promise<Answered> => {
    const program = `
      const { MUSTER_METADATA_ENDPOINT: base, IDENTITY_ENDPOINT, IDENTITY_HEADER } = process.env;
      const url = "${path}".startsWith("?") ? IDENTITY_ENDPOINT + "${path}" : base + "${path}";
      const given = ${options};
      const headers = { Metadata: "true", ...given.headers };
      const answer = await fetch(url, { ...given, headers });
      console.log(JSON.stringify({ status: answer.status, body: await answer.text() }));`;
    return JSON.parse(await node(id, program)) as Answered;
  };
  const read = async <T>(id: string, path: string): Promise<T> => {
    const { status, body } = await inside(id, path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${body}`);
    return JSON.parse(body) as T;
  };
  const ids = async (): Promise<readonly string[]> =>
    (await arm.instances(SET)).map(({ instanceId }) => instanceId);
  const begun = async (...named: string[]): Promise<string> =>
    operationUrl(await arm.send('POST', `${SET}/delete`, { instanceIds: named })) ?? '';
  const statusOf = async (operation: string): Promise<string> => {
    const { pathname, search } = new URL(operation);
    return (await arm.must<OperationBody>('GET', pathname + search)).status;
  };

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
    const body = scaleSetBody('base', 4);
    const scheduledEventsProfile = {
      terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT15M' },
    };
    const virtualMachineProfile = { ...body.properties.virtualMachineProfile, scheduledEventsProfile };
    await arm.done('PUT', SET, {
      ...body,
      tags: { team: 'blue' },
      identity: { type: 'SystemAssigned' },
      properties: { ...body.properties, virtualMachineProfile },
    });
    for (const id of ['0', '1']) {
      env.set(id, JSON.parse(await node(id, 'console.log(JSON.stringify(process.env))')) as never);
    }
  });
  afterAll(() => muster?.close());

  test('are told apart, each at an address of its own', async () => {
    for (const id of ['0', '1']) {
      const { compute } = await read<{ compute: Record<string, unknown> }>(
        id,
        '/metadata/instance?api-version=2021-02-01',
      );
      expect(compute).toMatchObject({
        name: `web_${id}`,
        vmScaleSetName: 'web',
        resourceGroupName: 'rg',
        tags: 'team:blue',
      });
    }
    const [first, second] = [env.get('0'), env.get('1')];
    expect(first?.['MUSTER_METADATA_ENDPOINT']).not.toBe(second?.['MUSTER_METADATA_ENDPOINT']);
    expect(first?.['IDENTITY_HEADER']).not.toBe(second?.['IDENTITY_HEADER']);
    const path = '/metadata/instance/network/interface/0/ipv4/ipAddress/0/privateIpAddress';
    const { body } = await inside('0', `${path}?api-version=2025-04-07&format=text`);
    expect(body).toBe(first?.['MUSTER_ADDRESS']);
  });

  test('hear that they are to go, say that they are ready, and are gone long before the time is over', async () => {
    // What an operator would run in the guest: it waits for its own event and acknowledges that.
    const agent = `
      const base = process.env.MUSTER_METADATA_ENDPOINT;
      const headers = { Metadata: "true" };
      const text = async (path) => (await fetch(base + path, { headers })).text();
      const me = await text("/metadata/instance/compute/name?api-version=2021-02-01&format=text");
      for (;;) {
        const { Events } = JSON.parse(await text("${EVENTS}"));
        const mine = Events.find(({ Resources }) => Resources.includes(me));
        if (mine !== undefined) {
          const body = JSON.stringify({ StartRequests: [{ EventId: mine.EventId }] });
          await fetch(base + "${EVENTS}", { method: "POST", headers, body });
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }`;
    const script = `nohup "$MUSTER_NODE" --input-type=module -e '${agent}' >/dev/null 2>&1 &`;
    await arm.inside(`${SET}/virtualMachines/1`, script);
    const operation = await begun('1');
    expect((await arm.ended(operation)).status).toBe('Succeeded');
    expect(await ids()).toEqual(['0', '2', '3']);
  });

  test('keep their notice when the plane is killed, and wait for it', async () => {
    const operation = await begun('2');
    const before = await read<EventsBody>('0', EVENTS);
    expect(before.Events).toMatchObject([{ EventStatus: 'Scheduled', Resources: ['web_2'] }]);
    const [event] = before.Events;
    const left = Date.parse(event?.NotBefore ?? '') - Date.now();
    expect(left).toBeGreaterThan(5 * MINUTE);
    expect(left).toBeLessThanOrEqual(15 * MINUTE);
    await muster.kill9();
    await muster.again();
    arm = await Arm.connect(muster);
    expect(await read<EventsBody>('0', EVENTS)).toEqual(before);
    expect(await statusOf(operation)).toBe('InProgress');
    expect(await ids()).toEqual(['0', '2', '3']);
    const start = `{ method: "POST", body: JSON.stringify({ StartRequests: [{ EventId: "${event?.EventId}" }] }) }`;
    expect(await inside('0', EVENTS, start)).toEqual({ status: 200, body: '' });
    expect((await arm.ended(operation)).status).toBe('Succeeded');
    expect(await ids()).toEqual(['0', '3']);
  });

  test('are not waited for when the delete is forced', async () => {
    await arm.done('DELETE', `${SET}/virtualMachines/3?forceDeletion=true`);
    expect(await ids()).toEqual(['0']);
  });

  test('get tokens by the SDK of Azure, which the plane takes', async () => {
    const token = await sdkToken(env.get('0') ?? {});
    const answer = await asBearer(token);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ name: 'web', sku: { capacity: 1 } });
    const set = await arm.must<{ identity: { principalId: string } }>('GET', SET);
    expect(claimsOf(token)).toMatchObject({ oid: set.identity.principalId, idtyp: 'app' });
  });

  test.skipIf(!isAzInstalled())('sign the Azure CLI in', async () => {
    const names = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'MSI_ENDPOINT', 'MSI_SECRET'];
    for (const name of names) vi.stubEnv(name, env.get('0')?.[name]);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const signedIn = await muster.must('az', '--', 'login', '--identity', '-o', 'json');
    const accounts: unknown = JSON.parse(signedIn);
    expect(accounts).toMatchObject([{ user: { type: 'servicePrincipal' }, state: 'Enabled' }]);
    const capacity = ['vmss', 'show', '-g', 'rg', '-n', 'web', '--query', 'sku.capacity', '-o', 'tsv'];
    expect((await muster.must('az', '--', ...capacity)).trim()).toBe('1');
    const log = await arm.activity("resourceGroupName eq 'rg'");
    await muster.must('az', '--', 'vmss', 'update', '-g', 'rg', '-n', 'web', '--set', 'tags.by=guest');
    const { appid } = claimsOf(await sdkToken(env.get('0') ?? {}));
    const callers = (await arm.activity("resourceGroupName eq 'rg'")).map(({ caller }) => caller);
    expect(callers.slice(0, callers.length - log.length)).toContain(appid);
  });

  test('get none without their secret, and none in the name of an identity that there is not', async () => {
    const resource = '?api-version=2019-08-01&resource=https://management.azure.com/';
    const own = '{ headers: { "X-IDENTITY-HEADER": IDENTITY_HEADER } }';
    expect((await inside('0', resource, own)).status).toBe(200);
    expect((await inside('0', resource)).status).toBe(401);
    const other = await inside('0', `${resource}&client_id=nobody`, own);
    expect(other).toMatchObject({ status: 400 });
    expect(JSON.parse(other.body)).toEqual({
      error: 'invalid_request',
      error_description: 'Identity not found',
    });
  });

  test('lose their identity with their set, and so do the tokens that they have', async () => {
    const token = await sdkToken(env.get('0') ?? {});
    await arm.done('PATCH', SET, { identity: { type: 'None' } });
    const path =
      '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/';
    expect((await inside('0', path)).status).toBe(400);
    expect((await asBearer(token)).status).toBe(401);
  });

  test('leave their secret nowhere but with them', async () => {
    const secret = env.get('0')?.['IDENTITY_HEADER'] ?? '';
    expect(secret).not.toBe('');
    const seen = [
      muster.stderr,
      JSON.stringify(await arm.must('GET', SET)),
      JSON.stringify(await arm.instances(SET)),
      JSON.stringify(await arm.activity("resourceGroupName eq 'rg'")),
    ];
    for (const text of seen) expect(text).not.toContain(secret);
    expect(muster.stderr).toBe('');
  });

  async function asBearer(token: string): Promise<Response> {
    return fetch(`${muster.endpoint}${arm.subscription}${SET}?api-version=2024-07-01`, {
      headers: { authorization: `Bearer ${token}` },
    });
  }
});

/** As a program in the guest gets it that uses the SDK: the guest's own environment, in a process of its own. */
async function sdkToken(guest: Readonly<Record<string, string>>): Promise<string> {
  const program = `
    import { ManagedIdentityCredential } from '@azure/identity';
    const { token } = await new ManagedIdentityCredential().getToken('https://management.azure.com/.default');
    process.stdout.write(token);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: ROOT,
    env: { ...guest, PATH: process.env['PATH'] },
  });
  return stdout;
}

interface Claims {
  readonly appid: string;
  readonly oid: string;
  readonly idtyp: string;
}

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}
