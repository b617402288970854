// Long lists through @azure/arm-compute: a plane with simulated guests, which has more instances than a page.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Muster, startMuster } from '../muster.ts';
import { type Clients, openClients, SOON } from './clients.ts';
import { all, declared, LOCATION } from './fleet.ts';

const COUNT = 1000;

export function pagingTests(): void {
  describe('a thousand instances', () => {
    let muster: Muster;
    let clients: Clients;

    beforeAll(async () => {
      muster = await startMuster('--guests', 'simulated', '--time-scale', '1000', '--seed', '1');
      clients = openClients(await muster.env());
      const { compute, resources } = clients;
      await resources.resourceGroups.createOrUpdate('many', { location: LOCATION });
      const body = { ...declared('base', COUNT), singlePlacementGroup: false };
      await compute.virtualMachineScaleSets.createOrUpdate('many', 'thousand', body, SOON);
    });
    afterAll(() => muster?.close());

    test('are listed in pages, each once', async () => {
      const vms = clients.compute.virtualMachineScaleSetVMs;
      const sizes: number[] = [];
      const ids: number[] = [];
      for await (const page of vms.list('many', 'thousand', { expand: 'instanceView' }).byPage()) {
        sizes.push(page.length);
        ids.push(...page.map(({ instanceId }) => Number(instanceId)));
      }
      expect(sizes.length).toBeGreaterThan(1);
      expect(ids).toEqual(Array.from({ length: COUNT }, (_, index) => index));
    });

    test('are filtered over all pages', async () => {
      const { virtualMachineScaleSets: sets, virtualMachineScaleSetVMs: vms } = clients.compute;
      const some = { ...SOON, vmInstanceIDs: { instanceIds: ['7', '499', '500', '999'] } };
      await sets.powerOff('many', 'thousand', some);
      const filter = "startswith(instanceView/statuses/code, 'PowerState/stopped')";
      const stopped = await all(vms.list('many', 'thousand', { filter }));
      expect(stopped.map(({ instanceId }) => instanceId)).toEqual(['7', '499', '500', '999']);
    });
  });
}
