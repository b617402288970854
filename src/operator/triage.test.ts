// What a report says of fleets with one trouble each, its order, and what no report ever asks for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventOf, fleet, memberFacts, inventoryOf, TAKEN } from '../../test/testing/inventories.ts';
import type { Finding, FindingKind } from './finding.ts';
import { KIND_ORDER, KINDS } from './finding.ts';
import type { Event, InstanceFacts, Inventory, SetFacts } from './inventory.ts';
import { serves, triage } from './triage.ts';

/** Ten instances of which `changes` says what is wrong. */
function ten(changes: (number: number) => Partial<InstanceFacts>, set: Partial<SetFacts> = {}): Inventory {
  return inventoryOf(fleet(10, changes), set);
}

function findings(inventory: Inventory, events: readonly Event[] = []): readonly Finding[] {
  return triage(inventory, events).findings;
}

const only = (kind: FindingKind, list: readonly Finding[]): Finding => {
  const found = list.filter((one) => one.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
};

const at = (minutes: number): string => new Date(Date.parse(TAKEN) - minutes * 60_000).toISOString();
const wellSince = (minutes: number): Partial<InstanceFacts> => ({
  view: { vmHealth: { status: { code: 'HealthState/unhealthy', time: at(minutes) } } },
});
const behind = [{ path: 'virtualMachineProfile.hardwareProfile.size', instance: '"a"', set: '"b"' }];
const EXTENSION = 'virtualMachineProfile.extensionProfile.extensions[app]';
const newer = [{ path: `${EXTENSION}.settings`, instance: '1', set: '2' }];
const ownOne = [{ path: EXTENSION, instance: '{"type":"App"}', set: '' }];
const failedExtension = {
  name: 'app',
  type: 'Contoso.App',
  version: '1.2',
  state: 'failed',
  message: 'exit 3\nmore',
} as const;

test('a fleet in order has no finding', () => {
  const report = triage(inventoryOf(fleet(10)), []);
  expect(report).toMatchObject({ instances: 10, capacity: 10, serving: 10, findings: [], notes: [] });
  expect(report).not.toHaveProperty('common');
});

describe('each trouble is one finding with its instances, in a sentence', () => {
  test.each<[FindingKind, (number: number) => Partial<InstanceFacts>, string]>([
    [
      'unhealthy',
      () => ({ health: 'unhealthy', ...wellSince(12) }),
      '2 of 10 instances are unhealthy (3, 4), the longest for 12 min; 2 of them still get requests from the balancer.',
    ],
    [
      'unhealthy',
      () => ({ health: 'unhealthy', balance: 'out' }),
      '2 of 10 instances are unhealthy (3, 4); the balancer sends them nothing.',
    ],
    [
      'provisioningFailed',
      () => ({
        provisioning: 'Failed',
        failure: { code: 'OSProvisioningTimedOut', message: 'Late.\nVery.' },
      }),
      '2 of 10 instances failed to provision with OSProvisioningTimedOut (3, 4): Late.',
    ],
    [
      'provisioningFailed',
      () => ({ provisioning: 'Failed' }),
      '2 of 10 instances failed to provision (3, 4).',
    ],
    [
      'extensionFailed',
      () => ({ extensions: [failedExtension] }),
      'The extension app 1.2 failed on 2 of 10 instances (3, 4): exit 3.',
    ],
    [
      'outOfBalancer',
      () => ({ balance: 'out' }),
      '2 of 10 instances run and are out of the balancer (3, 4).',
    ],
    [
      'healthUnknown',
      () => ({ health: 'unknown' }),
      '2 of 10 instances run and nothing is known of their health (3, 4).',
    ],
    [
      'stopped',
      () => ({ power: 'deallocated', health: 'none' }),
      '2 of 10 instances are deallocated while most of the set runs (3, 4).',
    ],
    [
      'behind',
      () => ({ latestModel: false, behind }),
      '2 of 10 instances are behind the model (3, 4) in virtualMachineProfile.hardwareProfile.size.',
    ],
    ['behind', () => ({ latestModel: false }), '2 of 10 instances are behind the model (3, 4).'],
    [
      'protectedBehind',
      () => ({ latestModel: false, protection: { scaleIn: true, scaleSetActions: true } }),
      '2 of 10 instances are behind the model and protected from scale set actions (3, 4).',
    ],
    [
      'agentNotReady',
      () => ({ view: { vmAgent: { statuses: [{ code: 'ProvisioningState/Unavailable', time: at(30) }] } } }),
      '2 of 10 instances run with an agent that is not ready (3, 4).',
    ],
    [
      'stuck',
      () => ({ provisioning: 'Creating', power: 'unknown', created: at(45) }),
      '2 of 10 instances are on the way for too long (3, 4), the longest for 45 min.',
    ],
  ])('%s', (kind, changes, sentence) => {
    const finding = only(kind, findings(ten((n) => (n === 3 || n === 4 ? changes(n) : {}))));
    expect(finding).toMatchObject({ ids: ['3', '4'], sentence, severity: KINDS[kind].severity });
  });

  test('about the set', () => {
    const inventory = ten(() => ({ health: 'none' }), {
      capacity: 12,
      provisioning: 'Failed',
      healthSource: 'none',
    });
    const failed = eventOf({
      operation: 'Microsoft.Compute/virtualMachineScaleSets/write',
      status: 'Failed',
      description: 'Quota.',
      instances: [],
    });
    const list = findings(inventory, [failed]);
    expect(list.map(({ kind, sentence }) => [kind, sentence])).toEqual([
      ['setFailed', 'The last change of the set failed at 2026-11-24 05:00:00 UTC: Quota.'],
      ['capacityShort', 'The set has 10 of the 12 instances that were asked for.'],
      ['noHealthSource', 'The model has no application health extension and no probe.'],
    ]);
    expect(list.flatMap(({ actions }) => actions.map(({ verb, command }) => [verb, command]))).toEqual([
      ['none', ''],
      ['none', ''],
      ['none', ''],
    ]);
    expect(only('surplus', findings(ten(() => ({}), { capacity: 9 }))).sentence).toBe(
      'The set has 10 instances where 9 were asked for.',
    );
  });
});

describe('what is no trouble', () => {
  test('an instance that is on the way for as long as it may', () => {
    const busy = eventOf({ instances: ['3'], status: 'Accepted', time: at(19) });
    expect(
      findings(
        ten((n) => (n === 3 ? { power: 'starting', provisioning: 'Updating' } : {})),
        [busy],
      ),
    ).toEqual([]);
  });

  test('a reimage that runs extensions for an hour; after two it is', () => {
    const inventory = ten((n) => (n === 3 ? { provisioning: 'Updating' } : {}));
    const reimage = (minutes: number): Event =>
      eventOf({
        operation: 'Microsoft.Compute/virtualMachineScaleSets/reimage/action',
        instances: ['3'],
        status: 'Accepted',
        time: at(minutes),
      });
    expect(findings(inventory, [reimage(60)])).toEqual([]);
    expect(only('stuck', findings(inventory, [reimage(120)])).actions).toMatchObject([
      { verb: 'inspect', command: 'muster inspect 3' },
    ]);
  });

  test('a set that was switched off as a whole', () => {
    expect(
      findings(ten((n) => (n < 9 ? { power: 'deallocated', health: 'none', balance: 'unknown' } : {}))),
    ).toEqual([]);
  });

  test('what ARM does not say', () => {
    const quiet = ten(() => ({
      health: 'unknown',
      balance: 'unknown',
      power: 'unknown',
      zone: '',
      faultDomain: '',
    }));
    expect(findings(quiet)).toEqual([]);
  });

  test('a failure that an extension caused is told once, with the extension', () => {
    const failure = { code: 'VMExtensionProvisioningError', message: 'x' };
    const list = findings(
      ten((n) => (n === 3 ? { provisioning: 'Failed', failure, extensions: [failedExtension] } : {})),
    );
    expect(list.map(({ kind }) => kind)).toEqual(['extensionFailed']);
  });
});

describe('the order', () => {
  test('is by severity, then by how many, then causes first', () => {
    const inventory = ten((n) => {
      if (n < 2) return { health: 'unhealthy' };
      if (n === 2) return { provisioning: 'Failed' };
      if (n === 3) return { balance: 'out' };
      return n < 8 ? { latestModel: false } : {};
    });
    expect(findings(inventory).map(({ kind }) => kind)).toEqual([
      'unhealthy',
      'provisioningFailed',
      'outOfBalancer',
      'behind',
    ]);
  });

  test('of the kinds themselves is by severity', () => {
    const rank = { urgent: 0, soon: 1, later: 2 };
    const ranks = KIND_ORDER.map((kind) => rank[KINDS[kind].severity]);
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });
});

test('fifty instances with one trouble are one finding, and two troubles of one kind are two', () => {
  const inventory = inventoryOf(
    fleet(200, (n) => {
      if (n < 50) return { provisioning: 'Failed', failure: { code: 'A', message: '' } };
      return n < 53 ? { provisioning: 'Failed', failure: { code: 'B', message: '' } } : {};
    }),
  );
  expect(findings(inventory).map(({ ids }) => ids.length)).toEqual([50, 3]);
});

test('what failing ones have in common stands with them, and of several urgent ones together', () => {
  const inventory = inventoryOf(
    fleet(30, (n) => (n % 3 === 1 ? (n < 20 ? { health: 'unhealthy' } : { balance: 'out' }) : {})),
  );
  const report = triage(inventory, []);
  expect(only('unhealthy', report.findings).correlation).toMatchObject({
    kind: 'found',
    failing: 7,
    found: [{ names: [{ factor: 'zone', value: '2' }] }],
  });
  expect(report.common).toMatchObject({ kind: 'found', failing: 10, healthy: 20 });
});

test('instances that one operation made are named by it', () => {
  const created = eventOf({
    operation: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write',
    description: 'Created web_20 and 9 more: the capacity asks for more instances.',
    instances: Array.from({ length: 10 }, (_, n) => String(20 + n)),
    correlationId: 'the-scale-out',
  });
  const first = eventOf({
    ...created,
    instances: Array.from({ length: 20 }, (_, n) => String(n)),
    correlationId: 'the-first',
    time: at(300),
  });
  const report = triage(inventoryOf(fleet(30, (n) => (n >= 20 ? { health: 'unhealthy' } : {}))), [
    first,
    created,
  ]);
  const { correlation } = only('unhealthy', report.findings);
  expect(JSON.stringify(correlation)).toContain('the operation the-scale-out');
});

test('automatic repairs that rest are noted', () => {
  const operation = 'Microsoft.Compute/virtualMachineScaleSets/setOrchestrationServiceState/action';
  const suspended = eventOf({
    operation,
    description:
      'Automatic repairs suspended themselves: web_3 was repaired 3 times and has not been healthy since.',
    time: at(50),
  });
  const inventory = inventoryOf(fleet(10));
  expect(triage(inventory, [suspended]).notes).toEqual([
    'Automatic repairs have suspended themselves; nothing is repaired until they are resumed.',
  ]);
  expect(triage(inventory, [suspended, eventOf({ operation, time: at(40) })]).notes).toEqual([]);
  const waits = eventOf({
    operation,
    description: 'Automatic repairs wait: more than 30 % of web is unhealthy.',
  });
  expect(triage(inventory, [waits]).notes).toEqual([
    'Automatic repairs wait, because more is unhealthy than the set’s own limit allows.',
  ]);
});

/** One with the latest model differs from it in nothing. */
const facts: fc.Arbitrary<Partial<InstanceFacts>> = fc
  .record(
    {
      power: fc.constantFrom('running', 'running', 'running', 'stopped', 'starting', 'unknown'),
      provisioning: fc.constantFrom('Succeeded', 'Succeeded', 'Failed', 'Updating', 'Creating'),
      health: fc.constantFrom('healthy', 'healthy', 'unhealthy', 'unknown', 'initializing', 'none'),
      balance: fc.constantFrom('in', 'out', 'none', 'unknown'),
      latestModel: fc.boolean(),
      behind: fc.constantFrom([], behind, newer, ownOne),
      zone: fc.constantFrom('', '1', '2'),
      extensions: fc.constantFrom([], [failedExtension], [{ ...failedExtension, state: 'ok' as const }]),
      protection: fc.record({ scaleIn: fc.boolean(), scaleSetActions: fc.boolean() }),
    },
    { requiredKeys: [] },
  )
  .map((row) => (row.latestModel === false ? row : { ...row, behind: [] }));

const logs: fc.Arbitrary<readonly Event[]> = fc.array(
  fc
    .record({
      verb: fc.constantFrom('restart', 'reimage', 'redeploy', 'delete', 'manualUpgrade'),
      id: fc.nat(12).map(String),
      status: fc.constantFrom('Accepted', 'Succeeded', 'Failed'),
      minutes: fc.nat(200),
      correlationId: fc.constantFrom('a', 'b'),
    })
    .map(({ verb, id, minutes, ...rest }) =>
      eventOf({
        ...rest,
        operation: `Microsoft.Compute/virtualMachineScaleSets/${verb}/action`,
        instances: [id],
        time: at(minutes),
      }),
    ),
  { maxLength: 20 },
);

const SETTLED = new Set(['Succeeded', 'Failed']);

describe('no report ever', () => {
  const cases = fc.tuple(fc.array(facts, { minLength: 1, maxLength: 12 }), logs);
  const reported = (rows: readonly Partial<InstanceFacts>[], events: readonly Event[]) => {
    const inventory = inventoryOf(
      rows.map((row, number) => memberFacts(number, row)),
      {
        body: { properties: { automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT10M' } } },
      },
    );
    return {
      inventory,
      report: triage(
        inventory,
        events.toSorted((a, b) => (a.time < b.time ? -1 : 1)),
      ),
    };
  };

  test('disturbs the whole set, one that is protected, one with a verb in hand, one that has no such trouble, or one twice', () => {
    fc.assert(
      fc.property(cases, ([rows, events]) => {
        const { inventory, report } = reported(rows, events);
        const byId = new Map(inventory.instances.map((one) => [one.id, one]));
        const ended = new Set(
          events
            .filter(({ status }) => status !== 'Accepted')
            .map(({ correlationId, operation }) => correlationId + operation),
        );
        const open = events
          .filter((one) => one.status === 'Accepted' && !ended.has(one.correlationId + one.operation))
          .toSorted((a, b) => (a.time < b.time ? -1 : 1));
        const begun = new Map(open.flatMap((one) => one.instances.map((id) => [id, one.time] as const)));
        const isBusy = (id: string): boolean => {
          const { power = '', provisioning = '' } = byId.get(id) ?? {};
          return (
            begun.has(id) && (power === 'starting' || !SETTLED.has(provisioning) || begun.get(id)! >= at(20))
          );
        };
        const disturbed = new Set<string>();
        for (const { actions, ids } of report.findings) {
          for (const action of actions) {
            if (['none', 'inspect', 'protect'].includes(action.verb)) continue;
            expect(action.ids.length).toBeGreaterThan(0);
            expect(action.ids.length).toBeLessThan(inventory.instances.length);
            for (const id of action.ids) {
              expect(ids).toContain(id);
              expect(byId.get(id)?.protection.scaleSetActions).toBe(false);
              expect(isBusy(id)).toBe(false);
              expect(disturbed.has(id)).toBe(false);
              disturbed.add(id);
            }
          }
        }
        expect(disturbed.size).toBeLessThan(inventory.instances.length);
      }),
    );
  });

  test('asks for an update that failed within the hour, or for one because of an extension that the model does not name', () => {
    fc.assert(
      fc.property(cases, ([rows, events]) => {
        const { inventory, report } = reported(rows, events);
        const failed = new Set(
          events
            .filter(({ status, time }) => status === 'Failed' && time >= at(60))
            .flatMap(({ operation, instances }) => (operation.includes('manualUpgrade') ? instances : [])),
        );
        for (const { kind, actions } of report.findings) {
          for (const id of actions.flatMap(({ verb, ids }) => (verb === 'update' ? ids : []))) {
            expect(failed.has(id)).toBe(false);
            const one = inventory.instances.find((instance) => instance.id === id);
            if (kind === 'extensionFailed') expect(one?.behind).toBe(newer);
          }
        }
      }),
    );
  });

  test('gives a command that names other ids than its action, or protects who fails', () => {
    fc.assert(
      fc.property(cases, ([rows, events]) => {
        const { inventory, report } = reported(rows, events);
        const failing = new Set(
          report.findings.filter(({ severity }) => severity === 'urgent').flatMap(({ ids }) => ids),
        );
        const isProtected = ({ protection }: InstanceFacts) => protection.scaleIn;
        const kept = new Set(inventory.instances.filter(isProtected).map(({ id }) => id));
        for (const { verb, ids, command } of report.findings.flatMap(({ actions }) => actions)) {
          // The flag names what the instances are: those that are protected from scale-in.
          const isKept = verb !== 'protect' && verb !== 'inspect' && ids.some((id) => kept.has(id));
          const typed = `muster ${verb} ${ids.join(' ')}${isKept ? ' --include-protected' : ''}`;
          expect(command).toBe(verb === 'none' ? '' : typed);
          if (verb !== 'protect') continue;
          expect(ids.filter((id) => failing.has(id))).toEqual([]);
          expect(ids.every((id) => serves(inventory.instances.find((one) => one.id === id)!))).toBe(true);
        }
      }),
    );
  });

  test('leaves out an instance that is unhealthy, failed or out of the balancer, or names one that is not there', () => {
    fc.assert(
      fc.property(cases, ([rows, events]) => {
        const { inventory, report } = reported(rows, events);
        const named = new Set(report.findings.flatMap(({ ids }) => ids));
        const known = new Set(inventory.instances.map(({ id }) => id));
        expect([...named].filter((id) => !known.has(id))).toEqual([]);
        for (const one of inventory.instances) {
          const runs = one.power === 'running';
          const bad =
            one.provisioning === 'Failed' ||
            (runs && (one.health === 'unhealthy' || one.balance === 'out')) ||
            !one.latestModel;
          if (bad) expect(named.has(one.id)).toBe(true);
        }
      }),
    );
  });

  test('differs from another of the same inventory', () => {
    fc.assert(
      fc.property(cases, ([rows, events]) => {
        expect(JSON.stringify(reported(rows, events).report)).toBe(
          JSON.stringify(reported(rows, events).report),
        );
      }),
    );
  });
});
