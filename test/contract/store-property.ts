// The store contract's part with random commits: whatever is committed, in whatever company, a store takes and refuses
// the same commits as the naive model, and answers the same rows.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Change, put, remove, RevisionConflict, type Store } from '../../src/app/ports/store.ts';
import type { Instance } from '../../src/domain/instance.ts';
import {
  activityRow,
  CREATED,
  deploymentRow,
  diskRow,
  groupRow,
  instanceRow,
  loadBalancerRow,
  modelRow,
  networkRow,
  operationRow,
  rollingUpgradeRow,
  runCommandRow,
  scaleSetRow,
  taskOf,
  uuid,
} from '../testing/store-rows.ts';
import type { StoreKind } from './store.ts';
import { afterChange, type Contents, copyOf, keyOf, noContents } from './store-model.ts';

type RowChange = Change & { kind: 'put' | 'remove' };

const SETS = [uuid(1), uuid(2), uuid(3)];
const IDS = [0, 1, 2, 3];
const OPERATIONS = [uuid(101), uuid(102), uuid(103)];
const REGIONS = ['westus', 'eastus'];
const KEYS = ['k1', 'k2', 'k3'];
const END = CREATED + 1000;

const set = fc.constantFrom(...SETS);
const etag = fc.nat(3);

/** A row is always the same machine; rows of several sets may be one. */
function machineOf(id: number): Pick<Instance, 'machine'> {
  return id < 2 ? {} : { machine: { group: 'g', name: id === 2 ? 'm' : 'n' } };
}

/** Changes with few different keys, so that they meet; their revision is set when it is known what is stored. */
const rowChange: fc.Arbitrary<RowChange> = fc
  .tuple(
    fc.constantFrom(put, put, put, remove),
    fc.oneof(
      fc.constantFrom('a', 'A', 'b').map((name) => ['group', groupRow(name)] as const),
      fc
        .tuple(set, fc.constantFrom('web', 'WEB', 'api'), fc.constantFrom('g', 'G', 'h'))
        .map(([uid, name, group]) => ['scaleSet', scaleSetRow(name, { uid, group })] as const),
      fc
        .tuple(set, fc.constantFrom('lb', 'LB'), fc.constantFrom('g', 'G', 'h'))
        .map(([uid, name, group]) => ['loadBalancer', loadBalancerRow(name, { uid, group })] as const),
      fc
        .tuple(
          set,
          fc.constantFrom('n', 'N'),
          fc.constantFrom('g', 'G', 'h'),
          fc.constantFrom('virtualNetworks', 'natGateways'),
        )
        .map(([uid, name, group, type]) => ['network', networkRow(name, { uid, group, type })] as const),
      fc
        .tuple(set, fc.constantFrom('d', 'D'), fc.constantFrom('g', 'G', 'h'))
        .map(([uid, name, group]) => ['disk', diskRow(name, { uid, group })] as const),
      fc
        .tuple(set, fc.constantFrom('p', 'P'), fc.constantFrom('g', 'G', 'h'))
        .map(([uid, name, group]) => ['deployment', deploymentRow(name, { uid, group })] as const),
      fc
        .tuple(set, fc.constantFrom(...IDS), etag, fc.constantFrom(undefined, ...OPERATIONS))
        .map(([uid, id, tag, operation]) => {
          const task = operation === undefined ? {} : { task: taskOf(operation) };
          return ['instance', instanceRow(id, { set: uid, etag: tag, ...task, ...machineOf(id) })] as const;
        }),
      fc
        .tuple(fc.constantFrom(...OPERATIONS), set, fc.boolean())
        .map(
          ([id, uid, ended]) =>
            ['operation', operationRow(id, { set: uid, ...(ended && { ended: END }) })] as const,
        ),
      fc
        .tuple(
          fc.constantFrom(...KEYS),
          fc.constantFrom('s', 'S', 't'),
          fc.constantFrom('action', 'resource'),
          fc.constantFrom('pending', 'ended'),
        )
        .map(
          ([key, name, kind, state]) => ['runCommand', runCommandRow(key, { name, kind, state })] as const,
        ),
      fc
        .tuple(set, fc.constantFrom(1, 2, 10), fc.nat(3))
        .map(
          ([uid, number, pending]) =>
            ['rollingUpgrade', rollingUpgradeRow(number, { set: uid, pending })] as const,
        ),
      fc.constantFrom(...REGIONS).map((name) => ['region', { name, revision: 0 }] as const),
    ),
  )
  .map(([make, [table, row]]) => make(table, row as never) as RowChange);

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: rowChange },
  {
    weight: 1,
    arbitrary: fc
      .tuple(set, fc.constantFrom(1, 2, 3))
      .map(([uid, version]) => ({ kind: 'putModel', model: modelRow(version, { set: uid }) }) as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(set, fc.option(fc.subarray([1, 2, 3]), { nil: undefined }))
      .map(([uid, versions]) => ({ kind: 'removeModels', set: uid, ...(versions && { versions }) }) as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(5)
      .map((at) => ({ kind: 'append', activity: activityRow('e', { time: CREATED + at }) }) as const),
  },
);

/** A change, and how far its revision is from the right one: mostly it is right. */
const aimed = fc.record({ change, off: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, -1) });
const commit = fc.array(aimed, { minLength: 1, maxLength: 4 });
/** Commits that are called in the same turn. */
const turn = fc.array(commit, { minLength: 1, maxLength: 4 });

interface Aimed {
  readonly change: Change;
  readonly off: number;
}

/** The commit with its revisions, and the contents after it; undefined when it is to be refused. */
function foresee(
  before: Contents,
  wanted: readonly Aimed[],
): { changes: Change[]; after: Contents | undefined } {
  let after: Contents | undefined = copyOf(before);
  const changes = wanted.map(({ change: each, off }) => {
    const aimedAt = 'row' in each ? withRevision(each, after ?? before, off) : each;
    after &&= afterChange(after, aimedAt);
    return aimedAt;
  });
  return { changes, after };
}

function withRevision(each: RowChange, contents: Contents, off: number): RowChange {
  const stored = contents[each.table].get(keyOf(each))?.revision ?? 0;
  return { ...each, row: { ...each.row, revision: Math.max(0, stored + off) } } as RowChange;
}

async function readAll(store: Store): Promise<unknown> {
  const each = <Key, Answer>(keys: readonly Key[], read: (key: Key) => Promise<Answer>) =>
    Promise.all(keys.map(read));
  return {
    groups: await store.groups(),
    sets: await store.scaleSets(),
    setsOfGroup: await store.scaleSets('G'),
    byName: await store.scaleSet('g', 'Web'),
    balancers: await store.loadBalancers(),
    balancersOfGroup: await store.loadBalancers('G'),
    balancerByName: await store.loadBalancer('g', 'Lb'),
    balancer: await store.loadBalancerByUid(uuid(1)),
    networks: await store.networks('virtualNetworks'),
    networksOfGroup: await store.networks('virtualNetworks', 'G'),
    network: await store.network('natGateways', 'g', 'N'),
    disks: await store.disks(),
    disksOfGroup: await store.disks('G'),
    disk: await store.disk('g', 'D'),
    deployments: await store.deployments(),
    deploymentsOfGroup: await store.deployments('G'),
    deployment: await store.deployment('g', 'P'),
    deploymentByUid: await store.deploymentByUid(uuid(1)),
    models: await each(SETS, (uid) => store.models(uid)),
    instances: await each(SETS, (uid) => store.instances(uid)),
    machine: await store.machine('G', 'M'),
    operations: await each(OPERATIONS, (id) => store.operation(id)),
    open: (await store.openOperations(SETS[0])).map(({ id }) => id).toSorted(),
    tasks: await each(OPERATIONS, (id) => store.openTasks(id)),
    commands: await each(KEYS, (key) => store.runCommand(key)),
    commandByName: await store.runCommandByName(uuid(1), 0, 'S'),
    openCommands: (await store.openRunCommands()).map(({ key }) => key).toSorted(),
    upgrades: await each(SETS, (uid) => store.rollingUpgrades(uid)),
    regions: await each(REGIONS, (name) => store.region(name)),
    activity: (await store.activity({ from: 0, to: END, limit: 1000 })).entries,
  };
}

function readModel(contents: Contents): unknown {
  const order = (a: string, b: string): number => Number(a > b) - Number(a < b);
  const sorted = <Row>(rows: Iterable<Row>, key: (row: Row) => string): Row[] =>
    [...rows].toSorted((a, b) => order(key(a).toLowerCase(), key(b).toLowerCase()));
  const sets = sorted(contents.scaleSet.values(), ({ group, name }) => `${group} ${name}`);
  const balancers = sorted(contents.loadBalancer.values(), ({ group, name }) => `${group} ${name}`);
  const networks = sorted(contents.network.values(), ({ group, name }) => `${group} ${name}`);
  const virtualNetworks = networks.filter(({ type }) => type === 'virtualNetworks');
  const disks = sorted(contents.disk.values(), ({ group, name }) => `${group} ${name}`);
  const deployments = sorted(contents.deployment.values(), ({ group, name }) => `${group} ${name}`);
  const instances = [...contents.instance.values()].toSorted((a, b) => a.id - b.id);
  const commands = [...contents.runCommand.values()];
  return {
    groups: sorted(contents.group.values(), ({ name }) => name),
    sets,
    setsOfGroup: sets.filter(({ group }) => group.toLowerCase() === 'g'),
    byName: sets.find(({ group, name }) => `${group} ${name}`.toLowerCase() === 'g web'),
    balancers,
    balancersOfGroup: balancers.filter(({ group }) => group.toLowerCase() === 'g'),
    balancerByName: balancers.find(({ group, name }) => `${group} ${name}`.toLowerCase() === 'g lb'),
    balancer: contents.loadBalancer.get(uuid(1)),
    networks: virtualNetworks,
    networksOfGroup: virtualNetworks.filter(({ group }) => group.toLowerCase() === 'g'),
    network: networks.find(
      ({ type, group, name }) => `${type} ${group} ${name}`.toLowerCase() === 'natgateways g n',
    ),
    disks,
    disksOfGroup: disks.filter(({ group }) => group.toLowerCase() === 'g'),
    disk: disks.find(({ group, name }) => `${group} ${name}`.toLowerCase() === 'g d'),
    deployments,
    deploymentsOfGroup: deployments.filter(({ group }) => group.toLowerCase() === 'g'),
    deployment: deployments.find(({ group, name }) => `${group} ${name}`.toLowerCase() === 'g p'),
    deploymentByUid: contents.deployment.get(uuid(1)),
    models: SETS.map((uid) =>
      [...contents.models.values()]
        .filter((model) => model.set === uid)
        .toSorted((a, b) => a.version - b.version),
    ),
    instances: SETS.map((uid) => instances.filter((row) => row.set === uid)),
    machine: instances.find(({ machine }) => machine?.name === 'm'),
    operations: OPERATIONS.map((id) => contents.operation.get(id)),
    open: [...contents.operation.values()]
      .filter((row) => row.set === SETS[0] && row.ended === undefined)
      .map(({ id }) => id)
      .toSorted(),
    tasks: OPERATIONS.map((id) => instances.filter(({ task }) => task?.operation === id).length),
    commands: KEYS.map((key) => contents.runCommand.get(key)),
    commandByName: commands.find(({ name, kind }) => kind === 'resource' && name.toLowerCase() === 's'),
    openCommands: commands
      .filter(({ state }) => state !== 'ended')
      .map(({ key }) => key)
      .toSorted(),
    upgrades: SETS.map((uid) =>
      [...contents.rollingUpgrade.values()]
        .filter((row) => row.set === uid)
        .toSorted((a, b) => a.number - b.number),
    ),
    regions: REGIONS.map((name) => contents.region.get(name)),
    activity: contents.activity
      .map((entry, at) => ({ entry, at }))
      .toSorted((a, b) => b.entry.time - a.entry.time || b.at - a.at)
      .map(({ entry }) => entry),
  };
}

export function describeRandomCommits(kind: StoreKind): void {
  test('any commits, in any company: it takes, refuses and answers as the naive model does', async () => {
    const run = async (turns: readonly (readonly (readonly Aimed[])[])[]): Promise<void> => {
      const harness = await kind.harness();
      let store = await harness.open();
      try {
        let contents = noContents();
        for (const commits of turns) {
          const expected: boolean[] = [];
          const results = await Promise.allSettled(
            commits.map((wanted) => {
              const { changes, after } = foresee(contents, wanted);
              contents = after ?? contents;
              expected.push(after !== undefined);
              return store.commit(changes);
            }),
          );
          expect(results.map(({ status }) => status === 'fulfilled')).toEqual(expected);
          for (const result of results) {
            if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RevisionConflict);
          }
          expect(await readAll(store)).toEqual(readModel(contents));
        }
        if (!kind.durable) return;
        await store.close();
        store = await harness.open();
        expect(await readAll(store)).toEqual(readModel(contents));
      } finally {
        await store.close();
        await harness.dispose();
      }
    };
    const numRuns = kind.durable ? 20 : 100;
    await fc.assert(fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 12 }), run), { numRuns });
  }, 60_000);
}
