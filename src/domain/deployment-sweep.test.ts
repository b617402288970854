// What Complete mode deletes, and in which order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deploymentRow, stepRow } from '../../test/testing/rows.ts';
import { type Present, sweep } from './deployment-sweep.ts';

const SETS = 'Microsoft.Compute/virtualMachineScaleSets';
const TYPES = [
  SETS,
  'Microsoft.Network/loadBalancers',
  'Microsoft.Network/virtualNetworks',
  'Microsoft.Network/natGateways',
  'Microsoft.Network/publicIPAddresses',
  'Microsoft.Network/networkSecurityGroups',
  'Microsoft.Compute/disks',
];

function present(type: string, name: string): Present {
  return { id: `/subscriptions/s/resourceGroups/rg/providers/${type}/${name}`, type, name };
}

const balancer = present('Microsoft.Network/loadBalancers', 'lb');

describe('a sweep', () => {
  test('deletes what the template does not have, and nothing else', () => {
    const made = stepRow({ state: 'Succeeded' });
    const row = sweep(deploymentRow({ mode: 'Complete', steps: [made] }), [balancer, present(SETS, 'web')]);
    expect(row.swept).toBe(true);
    expect(row.steps).toEqual([
      made,
      { action: 'Delete', ...present(SETS, 'web'), dependsOn: [], state: 'NotStarted' },
    ]);
  });

  test('knows what it made by its id in any case', () => {
    const made = stepRow({ state: 'Succeeded' });
    const listed = { ...balancer, id: made.id.toUpperCase() };
    expect(sweep(deploymentRow({ steps: [made] }), [listed]).steps).toEqual([made]);
  });

  test('never deletes a deployment', () => {
    expect(sweep(deploymentRow(), [present('Microsoft.Resources/deployments', 'x')]).steps).toEqual([]);
  });

  test('leaves a disk to the set that it belongs to, as long as that stays', () => {
    const set = present(SETS, 'web');
    const disk = {
      ...present('Microsoft.Compute/disks', 'os'),
      managedBy: `${set.id.toUpperCase()}/virtualMachines/0`,
    };
    const free = present('Microsoft.Compute/disks', 'free');
    const stays = sweep(deploymentRow({ steps: [stepRow({ id: set.id, state: 'Succeeded' })] }), [
      set,
      disk,
      free,
    ]);
    expect(stays.steps.slice(1).map(({ id }) => id)).toEqual([free.id]);
    const goes = sweep(deploymentRow(), [set, disk, free]);
    expect(goes.steps.map(({ id }) => id)).toEqual([set.id, disk.id, free.id]);
    const namesake = { ...set, id: `${set.id}-2` };
    expect(
      sweep(deploymentRow({ steps: [stepRow({ id: namesake.id })] }), [
        namesake,
        { ...disk, managedBy: `${namesake.id}/virtualMachines/0` },
      ]).steps,
    ).toHaveLength(1);
  });

  test('deletes what its condition left out from 2019-05-10 on, and not before', () => {
    const skipped = stepRow({ state: 'Skipped', id: balancer.id });
    const at = (apiVersion: string) =>
      sweep(deploymentRow({ apiVersion, steps: [skipped] }), [balancer]).steps;
    expect(at('2019-05-01')).toEqual([skipped]);
    expect(at('2019-05-10')).toMatchObject([{ action: 'Delete', id: balancer.id }]);
    expect(at('2019-10-01-preview')).toMatchObject([{ action: 'Delete', id: balancer.id }]);
  });

  test('deletes users before what they use', () => {
    const all = TYPES.map((type) => present(type, 'x'));
    const { steps } = sweep(deploymentRow(), all);
    const waits = (user: string, used: string): boolean =>
      steps.find(({ type }) => type === used)?.dependsOn.includes(present(user, 'x').id) === true;
    expect(waits(SETS, 'Microsoft.Network/loadBalancers')).toBe(true);
    expect(waits(SETS, 'Microsoft.Compute/disks')).toBe(true);
    expect(waits('Microsoft.Network/loadBalancers', 'Microsoft.Network/publicIPAddresses')).toBe(true);
    expect(waits('Microsoft.Network/loadBalancers', 'Microsoft.Network/virtualNetworks')).toBe(true);
    expect(waits('Microsoft.Network/virtualNetworks', 'Microsoft.Network/natGateways')).toBe(true);
    expect(waits('Microsoft.Network/virtualNetworks', 'Microsoft.Network/networkSecurityGroups')).toBe(true);
    expect(waits('Microsoft.Network/natGateways', 'Microsoft.Network/publicIPAddresses')).toBe(true);
  });

  test('has no ring, keeps what was made, and deletes everything else once', () => {
    const some = fc.uniqueArray(
      fc
        .tuple(fc.constantFrom(...TYPES), fc.constantFrom('a', 'b', 'c'))
        .map(([type, name]) => present(type, name)),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(some, fc.nat(), (all, seed) => {
        const kept = all.filter((_, index) => (seed >> index) % 2 === 1);
        const steps = kept.map((one) => stepRow({ ...one, state: 'Succeeded' }));
        const row = sweep(deploymentRow({ steps }), all);
        const deleted = row.steps.filter(({ action }) => action === 'Delete');
        expect(deleted.map(({ id }) => id).toSorted()).toEqual(
          all
            .filter((one) => !kept.includes(one))
            .map(({ id }) => id)
            .toSorted(),
        );
        const done = new Set<string>();
        for (let round = 0; round <= TYPES.length; round += 1) {
          for (const { id, dependsOn } of deleted) if (dependsOn.every((one) => done.has(one))) done.add(id);
        }
        expect(done.size).toBe(deleted.length);
      }),
    );
  });
});
