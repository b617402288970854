// The three stories of an operator on Flexible sets, whose instances are virtual machines with names of their own, on real guests: a failed
// extension is found, repaired under load and seen back in rotation; a failing zone is found by what it has in common, and only it is reimaged;
// machines with data are protected at their set's entries of them, outlive a scale-in, and are released.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { healthExtension } from '../testing/health.ts';
import { STOP_SERVING } from '../testing/process-guests.ts';
import { Arm, scaleSetBody, until } from './arm.ts';
import { losesNothing } from './load.ts';
import { type Muster, startMuster } from './muster.ts';

const compute = (group: string): string => `/resourceGroups/${group}/providers/Microsoft.Compute`;

interface World {
  readonly muster: Muster;
  readonly arm: Arm;
  /** Names of the machines for which it holds, in order. */
  readonly names: (where?: string) => Promise<readonly string[]>;
}

async function open(...options: readonly string[]): Promise<World> {
  const muster = await startMuster(...options);
  const arm = await Arm.connect(muster);
  const names: World['names'] = async (where = 'power!=starting') =>
    JSON.parse(
      await muster.must('list', '--where', where, '--query', '[].id', '--no-log'),
    ) as readonly string[];
  return { muster, arm, names };
}

/** The body of a Flexible set: no overprovisioning to be refused, health by extension alone. */
function flexibleBody(image: 'base' | 'web', capacity: number, extensions: readonly unknown[]) {
  const body = scaleSetBody(image, capacity);
  const { overprovision: _none, virtualMachineProfile, ...properties } = body.properties;
  const extensionProfile = { extensions };
  return {
    ...body,
    properties: {
      ...properties,
      orchestrationMode: 'Flexible',
      virtualMachineProfile: { ...virtualMachineProfile, extensionProfile },
    },
  };
}

async function makeSet({ muster, arm }: World, group: string, name: string, body: unknown): Promise<string> {
  const set = `${compute(group)}/virtualMachineScaleSets/${name}`;
  await arm.must('PUT', `/resourceGroups/${group}`, { location: 'westeurope' });
  await arm.done('PUT', set, body);
  await muster.must('use', `${group}/${name}`);
  return set;
}

describe('one backend whose extension has failed', () => {
  const NETWORK = '/resourceGroups/shop/providers/Microsoft.Network';
  const BALANCER = `${NETWORK}/loadBalancers/lb`;
  let world: World;
  let all: readonly string[];
  let sick: string;

  interface Health {
    readonly properties: {
      readonly listeners: readonly {
        readonly address?: string;
        readonly port?: number;
        readonly backends: readonly { readonly instance: { readonly id: string }; readonly state: string }[];
      }[];
    };
  }

  const listener = async () => {
    const path = `${BALANCER}/providers/Muster.Network/backendHealth`;
    return (await world.arm.must<Health>('GET', path)).properties.listeners[0];
  };

  const balancerBody = (id: string) => ({
    location: 'westeurope',
    sku: { name: 'Standard' },
    properties: {
      frontendIPConfigurations: [{ name: 'frontend', properties: {} }],
      backendAddressPools: [{ name: 'pool' }],
      probes: [
        {
          name: 'health',
          properties: {
            protocol: 'Http',
            port: 8080,
            requestPath: '/health',
            intervalInSeconds: 5,
            numberOfProbes: 2,
          },
        },
      ],
      loadBalancingRules: [
        {
          name: 'http',
          properties: {
            protocol: 'Tcp',
            frontendPort: 80,
            backendPort: 8080,
            frontendIPConfiguration: { id: `${id}/frontendIPConfigurations/frontend` },
            backendAddressPool: { id: `${id}/backendAddressPools/pool` },
            probe: { id: `${id}/probes/health` },
          },
        },
      ],
    },
  });

  const AGENT = {
    name: 'agent',
    properties: {
      publisher: 'Microsoft.Azure.Extensions',
      type: 'CustomScript',
      typeHandlerVersion: '2.1',
      settings: {
        commandToExecute:
          'cd "$MUSTER_ROOT/var/log"; if [ -e agent.log ]; then cat agent.log >&2; exit 3; fi; echo the agent is up',
      },
    },
  };

  beforeAll(async () => {
    world = await open('--time-scale', '5');
    const { muster, arm } = world;
    await arm.must('PUT', '/resourceGroups/shop', { location: 'westeurope' });
    const id = `${arm.subscription}${BALANCER}`;
    await arm.must('PUT', BALANCER, balancerBody(id));
    const body = flexibleBody('web', 3, [healthExtension()]);
    const [nic] = body.properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations;
    Object.assign(nic?.properties.ipConfigurations[0]?.properties ?? {}, {
      loadBalancerBackendAddressPools: [{ id: `${id}/backendAddressPools/pool` }],
    });
    const set = await makeSet(world, 'shop', 'web', body);
    await until(async () => (await world.names('health=healthy and balance=in')).length === 3);
    all = await world.names();
    sick = all[1] ?? '';
    await muster.must('run', sick, '--yes', '--', 'echo no room left >>"$MUSTER_ROOT/var/log/agent.log"');
    const extensionProfile = { extensions: [healthExtension(), AGENT] };
    await arm.done('PATCH', set, { properties: { virtualMachineProfile: { extensionProfile } } });
    const all3 = ['--whole-set', '--max', '3', '--confirm', 'web'];
    const update = await muster.run('update', '--where', 'latest=no', ...all3);
    if (update.code !== 8)
      throw new Error(`an update that fails on one machine ended with ${update.code}:\n${update.stderr}`);
  });
  afterAll(() => world?.muster.close());

  test('is found by its name, and by triage', async () => {
    expect(await world.names('failed=agent')).toEqual([sick]);
    const report = JSON.parse(await world.muster.must('triage', '-o', 'json')) as {
      readonly findings: readonly { readonly kind: string; readonly ids: readonly string[] }[];
    };
    expect(report.findings[0]).toMatchObject({ kind: 'extensionFailed', ids: [sick] });
    const page = await world.muster.must('inspect', sick);
    expect(page).toContain('no room left');
    expect(page).toContain('As the set is Flexible (all: muster modes)');
    expect(page).toMatch(/^Protection +-$/m);
    expect(page).toMatch(/^Boot log\n(.*\n)* {2}.*muster: /m);
  });

  test('is repaired under load, and no request is lost', async () => {
    const { muster } = world;
    const { address, port } = (await listener()) ?? {};
    const served = await losesNothing(`http://${address}:${port}/`, async (load) => {
      const ran = await muster.run('repair', sick, '--yes', '--expect', 'no request is lost');
      expect([ran.code, ran.stderr]).toEqual([
        0,
        expect.stringMatching(/restart: not verified: .*agent of /),
      ]);
      expect(ran.stdout).toContain('no room left');
      expect(ran.stdout).toContain('Healed by reimage.');
      expect(await world.names('failed=agent or balance!=in or health!=healthy')).toEqual([]);
      await load.served(sick);
    });
    expect(served).toEqual(all);
    const backends = (await listener())?.backends ?? [];
    expect(backends.map(({ instance }) => instance.id.split('/').at(-1) ?? '').toSorted()).toEqual(all);
  });

  test('is on record, with each request by the machine’s own path', async () => {
    const { muster, arm } = world;
    const records = JSON.parse(await muster.must('evidence', 'list', '-o', 'json')) as readonly {
      readonly record: string;
      readonly state: string;
    }[];
    const repair = records.find(({ record }) => record.includes('-repair-'));
    expect(repair?.state).toBe('succeeded');
    const shown = (await muster.must('evidence', 'show', repair?.record ?? '')).replaceAll('\\', '');
    const asked = [...shown.matchAll(/POST \S+Compute\/virtualMachines\/(\S+)\/(restart|reimage)/g)];
    expect([...new Set(asked.map(([, name, verb]) => `${verb} ${name}`))]).toEqual([
      `restart ${sick}`,
      `reimage ${sick}`,
    ]);
    expect((await muster.run('evidence', 'verify')).code).toBe(0);
    const log = await arm.activity(
      "resourceGroupName eq 'shop' and eventTimestamp ge '2020-01-01T00:00:00Z'",
    );
    const intents = log.map(({ properties }) => (properties as { intent?: string }).intent ?? '');
    expect(intents.some((intent) => intent.endsWith(': no request is lost'))).toBe(true);
  });
});

describe('a zone that fails', () => {
  const COUNT = 12;
  let world: World;
  let set: string;

  beforeAll(async () => {
    world = await open('--time-scale', '60');
    const body = flexibleBody('web', COUNT, [healthExtension({ intervalInSeconds: 30 })]);
    set = await makeSet(world, 'shop', 'front', { ...body, zones: ['1', '2', '3'] });
    await until(async () => (await world.names('health=healthy')).length === COUNT);
    const sick = await world.names('zone=2');
    await Promise.all(
      sick.map((name) => world.arm.inside(`${compute('shop')}/virtualMachines/${name}`, STOP_SERVING)),
    );
    await until(async () => (await world.names('health=unhealthy')).length === sick.length);
  });
  afterAll(() => world?.muster.close());

  test('is found by what its machines have in common, with numbers', async () => {
    const { findings } = JSON.parse(await world.muster.must('triage', '-o', 'json')) as {
      readonly findings: readonly {
        readonly kind: string;
        readonly ids: readonly string[];
        readonly correlation?: {
          readonly found: readonly {
            readonly names: readonly { readonly factor: string; readonly value: string }[];
            readonly adjusted: number;
          }[];
        };
      }[];
    };
    const [first] = findings;
    expect(first).toMatchObject({ kind: 'unhealthy', ids: await world.names('zone=2') });
    const [factor] = first?.correlation?.found ?? [];
    expect(factor?.names).toContainEqual({ factor: 'zone', value: '2' });
    expect(factor?.adjusted).toBeLessThan(0.05);
  });

  test('is reimaged, after the healthy ones are protected, and nobody else is', async () => {
    const { muster, arm, names } = world;
    const [well, sick] = [await names('health=healthy'), await names('health=unhealthy')];
    await muster.must('protect', '--where', 'health=healthy', '--batch', '8', '--confirm', 'front');
    expect(await names('protected=yes')).toEqual(well);
    const every = ['--whole-set', '--max', `${COUNT}`, '--below-floor', '--yes'];
    const refused = await muster.run('reimage', '--where', 'power=running', ...every);
    expect([refused.code, refused.stderr]).toEqual([
      7,
      expect.stringContaining('muster: refused: Protected: '),
    ]);
    const vmIds = async () =>
      (await arm.list<{ name: string; properties: { vmId: string } }>(`${compute('shop')}/virtualMachines`))
        .map(({ name, properties }) => `${name} ${properties.vmId}`)
        .toSorted();
    const before = await vmIds();
    const four = ['--batch', '4', '--max', '4', '--confirm', 'front'];
    await muster.must('reimage', '--where', 'health=unhealthy', ...four);
    expect(await names('health=healthy')).toHaveLength(COUNT);
    expect(await vmIds()).toEqual(before);
    const log = await arm.activity(
      "resourceGroupName eq 'shop' and eventTimestamp ge '2020-01-01T00:00:00Z'",
    );
    const reimaged = log
      .filter(({ operationName }) => operationName.value.endsWith('/reimage/action'))
      .map(({ resourceId }) => resourceId.split('/').at(-1) ?? '');
    expect([...new Set(reimaged)].toSorted()).toEqual(sick);
  });

  test('is explained by a diff afterwards, when the rest is released and fewer are wanted', async () => {
    const { muster, arm, names } = world;
    await muster.must('snapshot', 'save', 'before');
    await muster.must('unprotect', '--where', 'protected=yes', '--batch', '8', '--confirm', 'front');
    expect(await names('protected=yes')).toEqual([]);
    await arm.done('PATCH', set, { sku: { name: 'Standard_B1s', capacity: COUNT - 2 } });
    const diff = JSON.parse(await muster.must('snapshot', 'diff', 'before', '-o', 'json')) as {
      readonly went: readonly { readonly id: string; readonly why: { readonly kind: string } }[];
      readonly came: readonly unknown[];
    };
    expect([diff.went.map(({ why }) => why.kind), diff.came]).toEqual([['scaleIn', 'scaleIn'], []]);
  });
});

describe('three gateways with data that is not written through', () => {
  let world: World;
  let set: string;
  let buffered: readonly string[];

  const buffers = async (): Promise<Readonly<Record<string, string>>> => {
    const look = 'cat "$MUSTER_ROOT/root/buffer" 2>/dev/null || true';
    const all = ['--where', 'power=running', '--whole-set', '--include-protected', '--yes', '-o', 'json'];
    const ran = await world.muster.must('run', ...all, '--', look);
    const { outputs } = JSON.parse(ran) as {
      readonly outputs: readonly { readonly instance: string; readonly stdout: string }[];
    };
    const held = outputs.filter(({ stdout }) => stdout !== '');
    return Object.fromEntries(held.map(({ instance, stdout }) => [instance, stdout.trim()]));
  };

  beforeAll(async () => {
    world = await open();
    set = await makeSet(world, 'edge', 'gateway', flexibleBody('base', 8, []));
    buffered = (await world.names()).slice(5);
    await world.muster.must('run', ...buffered, '--yes', '--', 'hostname >"$MUSTER_ROOT/root/buffer"');
  });
  afterAll(() => world?.muster.close());

  test('are found, protected, and outlive a scale-in of five others', async () => {
    const { muster, arm, names } = world;
    const found = await buffers();
    expect(Object.keys(found).toSorted()).toEqual(buffered);
    const three = ['--from', 'scale-in', '--batch', '3', '--confirm', 'gateway'];
    await muster.must('protect', ...buffered, ...three, '--expect', 'buffers survive');
    expect(await names('protected=yes')).toEqual(buffered);
    await muster.must('snapshot', 'save', 'full');
    await arm.done('PATCH', set, { sku: { name: 'Standard_B1s', capacity: 3 } });
    expect(await names()).toEqual(buffered);
    expect(await buffers()).toEqual(found);
    expect(await muster.must('snapshot', 'diff', 'full')).toMatch(
      /^ {2}(gateway_\w+, ){4}gateway_\w+: scale-in: /m,
    );
  });

  test('are left alone while they are protected, and once released they may go', async () => {
    const { muster, arm, names } = world;
    const refused = await muster.run('delete', buffered[2] ?? '', '--yes');
    expect([refused.code, refused.stderr]).toEqual([
      7,
      expect.stringContaining(`refused: Protected: ${buffered[2]}.`),
    ]);
    await muster.must('unprotect', ...buffered, '--whole-set', '--confirm', 'gateway');
    await arm.done('PATCH', set, { sku: { name: 'Standard_B1s', capacity: 2 } });
    expect(await names()).toHaveLength(2);
  });
});
