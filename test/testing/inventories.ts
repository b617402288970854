// Inventories and events for tests and benchmarks of judgements: all is well in them but for what a test wants otherwise; and any at all.

import fc from 'fast-check';
import type { Event, InstanceFacts, Inventory, SetFacts } from '../../src/operator/inventory.ts';

const SUBSCRIPTION = '5ca1ab1e-0000-4000-8000-000000000001';

export const TAKEN = '2026-11-24T06:00:00.000Z';
export const SET_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web`;

function setFacts(changes: Partial<SetFacts> = {}): SetFacts {
  return {
    resourceId: changes.name === undefined ? SET_ID : SET_ID.replace(/web$/, changes.name),
    subscription: SUBSCRIPTION,
    group: 'rg',
    name: 'web',
    location: 'westeurope',
    mode: 'Uniform',
    capacity: 1,
    provisioning: 'Succeeded',
    upgradeMode: 'Manual',
    tags: {},
    healthSource: 'extension',
    balanced: true,
    body: {},
    ...changes,
  };
}

/** In no zone, and without an age. */
export function instanceFacts(id: string, changes: Partial<InstanceFacts> = {}): InstanceFacts {
  return {
    id,
    name: `web_${id}`,
    resourceId: `${SET_ID}/virtualMachines/${id}`,
    computerName: `web${id.padStart(6, '0')}`,
    power: 'running',
    provisioning: 'Succeeded',
    health: 'healthy',
    balance: 'in',
    latestModel: true,
    behind: [],
    zone: '',
    faultDomain: '0',
    updateDomain: '0',
    size: 'Standard_D2s_v5',
    image: 'muster:web:1:1.0.0',
    extensions: [],
    protection: { scaleIn: false, scaleSetActions: false },
    tags: {},
    addresses: [],
    body: {},
    view: {},
    ...changes,
  };
}

/** In zone 1 to 3 by turns, in five fault domains, made an hour before, a minute after one another. */
export function memberFacts(number: number, changes: Partial<InstanceFacts> = {}): InstanceFacts {
  return instanceFacts(String(number), {
    computerName: `web${number.toString(36).toUpperCase().padStart(6, '0')}`,
    zone: String((number % 3) + 1),
    faultDomain: String(number % 5),
    updateDomain: String(number % 5),
    created: new Date(Date.parse('2026-11-24T04:00:00Z') + number * 60_000).toISOString(),
    addresses: [`10.0.${Math.floor(number / 250)}.${(number % 250) + 4}`],
    body: { properties: { vmId: `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}` } },
    ...changes,
  });
}

/** `count` members from 0 on; `changes` says what is unlike the rest. */
export function fleet(
  count: number,
  changes: (number: number) => Partial<InstanceFacts> = () => ({}),
): readonly InstanceFacts[] {
  return Array.from({ length: count }, (_, number) => memberFacts(number, changes(number)));
}

/** A set of these instances, or of so many. Its capacity is how many there are, unless told otherwise. */
export function inventoryOf(
  given: readonly InstanceFacts[] | number,
  changes: Partial<SetFacts> = {},
  taken = TAKEN,
): Inventory {
  const instances =
    typeof given === 'number' ? Array.from({ length: given }, (_, at) => instanceFacts(String(at))) : given;
  return { taken, set: setFacts({ capacity: instances.length, ...changes }), instances, calls: 3 };
}

export function eventOf(changes: Partial<Event> = {}): Event {
  return {
    time: '2026-11-24T05:00:00.000Z',
    operation: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
    resourceId: SET_ID,
    status: 'Succeeded',
    caller: 'ada',
    correlationId: 'c0ffee00-0000-4000-8000-000000000001',
    description: '',
    instances: [],
    ...changes,
  };
}

const anyInstance = fc.record({
  power: fc.constantFrom('running', 'running', 'running', 'stopped', 'deallocated', 'unknown', 'starting'),
  provisioning: fc.constantFrom('Succeeded', 'Succeeded', 'Failed', 'Updating'),
  health: fc.constantFrom('healthy', 'healthy', 'unhealthy', 'none', 'unknown'),
  balance: fc.constantFrom('in', 'in', 'out', 'none', 'unknown'),
  latestModel: fc.boolean(),
  protection: fc.record({ scaleIn: oneIn(6), scaleSetActions: oneIn(6) }),
  tags: fc.constantFrom<Record<string, string>>(
    {},
    {},
    {},
    { 'muster:stateful': 'true' },
    { 'Muster:Stateful': '' },
  ),
});

function oneIn(times: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: times }).map((drawn) => drawn === 1);
}

/** Up to forty instances with ids that have gaps. */
export const anyInventory: fc.Arbitrary<Inventory> = fc
  .record({
    flexible: oneIn(4),
    instances: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), anyInstance), {
      minLength: 1,
      maxLength: 40,
    }),
  })
  .map(({ flexible, instances }) => {
    let number = -1;
    const rows = instances.map(([gap, changes]) => {
      number += gap;
      return instanceFacts(
        flexible ? `web_${number.toString(16).padStart(8, '0')}` : String(number),
        changes,
      );
    });
    return inventoryOf(rows, { mode: flexible ? 'Flexible' : 'Uniform' });
  });
