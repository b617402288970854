// One instance through @azure/arm-compute: read, changed, and every action on it alone.
import { beforeAll, describe, expect, test } from 'vitest';
import { consoleOf, guestProcesses } from '../guests.ts';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused, SetUnderTest } from './fleet.ts';

export function instanceTests(fleet: () => Fleet): void {
  describe('an instance', () => {
    const set = new SetUnderTest(fleet, 'ones');
    const vms = () => fleet().compute.virtualMachineScaleSetVMs;

    beforeAll(async () => {
      await set.create(declared('base', 2));
      await set.mark('0', '1');
    });

    test('is read alone as it is in the list', async () => {
      const listed = await all(vms().list(GROUP, 'ones'));
      const one = await vms().get(GROUP, 'ones', '1');
      expect(one).toMatchObject({
        name: 'ones_1',
        instanceId: '1',
        latestModelApplied: true,
        provisioningState: 'Succeeded',
        osProfile: { computerName: 'base000001' },
        storageProfile: { dataDisks: [{ lun: 0 }] },
      });
      expect(JSON.stringify(one)).not.toMatch(/not-to-be-seen/);
      const facts = ({ id, vmId, instanceId }: (typeof listed)[number]) => ({ id, vmId, instanceId });
      expect(listed.map(facts)[1]).toEqual(facts(one));
      expect(await refused(vms().get(GROUP, 'ones', '7'))).toMatchObject({
        statusCode: 404,
        code: 'NotFound',
      });
    });

    test('shows what is seen of its guest', async () => {
      const view = await vms().getInstanceView(GROUP, 'ones', '1');
      expect(view.computerName).toBe('base000001');
      expect(view.statuses?.map(({ code }) => code)).toEqual([
        'ProvisioningState/succeeded',
        'PowerState/running',
      ]);
      const expanded = await vms().get(GROUP, 'ones', '1', { expand: 'instanceView' });
      expect(expanded.instanceView).toEqual(view);
    });

    test('is found by the states that a filter names', async () => {
      await vms().powerOff(GROUP, 'ones', '0', SOON);
      const found = async (filter: string) =>
        (await all(vms().list(GROUP, 'ones', { filter }))).map(({ instanceId }) => instanceId);
      expect(await found("instanceView/statuses/any(s: s/code eq 'PowerState/stopped')")).toEqual(['0']);
      expect(await found("startswith(instanceView/statuses/code, 'PowerState/run')")).toEqual(['1']);
      expect(await found('properties/latestModelApplied eq true')).toEqual(['0', '1']);
      expect(await found('properties/latestModelApplied eq false')).toEqual([]);
      const wrong = all(vms().list(GROUP, 'ones', { filter: 'nonsense' }));
      expect(await refused(wrong)).toMatchObject({ statusCode: 400 });
      await vms().start(GROUP, 'ones', '0', SOON);
    });

    test('is listed with nothing but its view when that is selected', async () => {
      const options = { expand: 'instanceView', select: 'instanceView' };
      const listed = await all(vms().list(GROUP, 'ones', options));
      expect(listed.map(({ instanceId, name, vmId }) => ({ instanceId, name, vmId }))).toEqual([
        { instanceId: '0', name: undefined, vmId: undefined },
        { instanceId: '1', name: undefined, vmId: undefined },
      ]);
      expect(listed[1]?.instanceView?.statuses?.[1]?.code).toBe('PowerState/running');
    });

    test('restarts, and stops and starts, without its neighbour', async () => {
      const [first = 0, other] = await set.boots('1', '0');
      await vms().restart(GROUP, 'ones', '1', SOON);
      await vms().powerOff(GROUP, 'ones', '1', { ...SOON, skipShutdown: true });
      expect(await set.powers()).toEqual({ 0: 'running', 1: 'stopped' });
      expect(set.running()).toEqual(['0']);
      await vms().start(GROUP, 'ones', '1', SOON);
      expect(await set.boots('1', '0')).toEqual([first + 2, other]);
    });

    test('is deallocated, redeployed and maintained with its disks', async () => {
      await vms().deallocate(GROUP, 'ones', '1', SOON);
      expect(await set.powers()).toEqual({ 0: 'running', 1: 'deallocated' });
      await vms().start(GROUP, 'ones', '1', SOON);
      const [before = 0] = await set.boots('1');
      await vms().redeploy(GROUP, 'ones', '1', SOON);
      await vms().performMaintenance(GROUP, 'ones', '1', SOON);
      expect(await set.boots('1')).toEqual([before + 2]);
      expect(await set.marks('1')).toBe('os data');
    });

    test('says which version its image has, and is reimaged to one that is there', async () => {
      const version = async () =>
        (await vms().get(GROUP, 'ones', '1')).storageProfile?.imageReference?.exactVersion;
      expect(await version()).toBe('1.0.0');
      const to = (exactVersion: string) =>
        vms().reimage(GROUP, 'ones', '1', { ...SOON, vmScaleSetVMReimageInput: { exactVersion } });
      await to('1.0.0');
      expect(await version()).toBe('1.0.0');
      expect(await refused(to('9.9.9'))).toMatchObject({ statusCode: 404, code: 'PlatformImageNotFound' });
      await set.mark('1');
    });

    test('is reimaged, with its data disk or without', async () => {
      await vms().reimage(GROUP, 'ones', '1', SOON);
      expect(await set.marks('1')).toBe('data');
      await vms().reimageAll(GROUP, 'ones', '1', SOON);
      expect(await set.marks('1')).toBe('');
      expect(await set.marks('0')).toBe('os data');
    });

    test('gets tags and a data disk of its own, and gives the disk up again', async () => {
      const one = await vms().get(GROUP, 'ones', '1');
      const [first] = one.storageProfile?.dataDisks ?? [];
      if (first === undefined) throw new Error('it has no data disk');
      const more = { lun: 3, createOption: 'Empty', diskSizeGB: 2 };
      const storage = (...dataDisks: (typeof first)[]) => ({
        storageProfile: { ...one.storageProfile, dataDisks },
      });
      const tags = { rack: 'b' };
      const changed = await vms().update(GROUP, 'ones', '1', { ...one, tags, ...storage(first, more) }, SOON);
      expect(changed).toMatchObject({ tags, provisioningState: 'Succeeded', vmId: one.vmId });
      expect(changed.storageProfile?.dataDisks?.map(({ lun }) => lun)).toEqual([0, 3]);
      expect(await set.inside('1', 'ls "$MUSTER_DATA" | xargs echo')).toBe('lun0 lun3');
      expect(await set.inside('0', 'ls "$MUSTER_DATA" | xargs echo')).toBe('lun0');
      await vms().update(GROUP, 'ones', '1', { ...changed, ...storage(first) }, SOON);
      expect(await set.inside('1', 'ls "$MUSTER_DATA" | xargs echo')).toBe('lun0');
    });

    test('is not changed when the condition of the write does not hold', async () => {
      const one = await vms().get(GROUP, 'ones', '0');
      const stale = { ...SOON, ifMatch: '"4711"' };
      const write = vms().update(GROUP, 'ones', '0', { ...one, tags: { a: 'b' } }, stale);
      expect(await refused(write)).toMatchObject({ statusCode: 412 });
      const { etag, tags } = await vms().get(GROUP, 'ones', '0');
      expect({ etag, tags }).toEqual({ etag: one.etag, tags: one.tags });
    });

    test('lends its serial console to whoever has the URL, and to nobody without the signature', async () => {
      const { serialConsoleLogBlobUri: url = '' } = await vms().retrieveBootDiagnosticsData(
        GROUP,
        'ones',
        '0',
        {
          sasUriExpirationTimeInMinutes: 5,
        },
      );
      const answer = await fetch(url);
      expect(await answer.text()).toMatch(/muster: ones_0 is booting \(image base, boot 1\)/);
      const forged = new URL(url);
      forged.searchParams.set('se', new Date('2099-01-01').toISOString());
      expect((await fetch(forged)).status).toBe(403);
    });

    test('that is no Spot instance cannot be evicted', async () => {
      const eviction = refused(vms().simulateEviction(GROUP, 'ones', '0'));
      expect(await eviction).toMatchObject({ statusCode: 409, code: 'OperationNotAllowed' });
      expect(set.running()).toEqual(['0', '1']);
    });

    test('is deleted alone, and once more without a failure', async () => {
      await vms().delete(GROUP, 'ones', '0', SOON);
      expect(set.running()).toEqual(['1']);
      await vms().delete(GROUP, 'ones', '0', SOON);
      expect(Object.keys(await set.powers())).toEqual(['1']);
      expect(await refused(vms().restart(GROUP, 'ones', '0', SOON))).toMatchObject({ statusCode: 400 });
    });
  });

  describe.each([
    ['Delete', { 1: 'running' }, ['1'], 1],
    ['Deallocate', { 0: 'deallocated', 1: 'running' }, ['1'], 2],
  ])('a Spot instance with the eviction policy %s', (policy, powers, running, capacity) => {
    const set = new SetUnderTest(fleet, `spot-${policy.toLowerCase()}`);

    test('goes as the policy says, and the log has it', async () => {
      const { compute, arm } = fleet();
      const body = declared('base', 2);
      await set.create({
        ...body,
        virtualMachineProfile: { ...body.virtualMachineProfile, priority: 'Spot', evictionPolicy: policy },
      });
      await compute.virtualMachineScaleSetVMs.simulateEviction(GROUP, set.name, '0');
      const log = await arm.activity(`resourceGroupName eq '${GROUP}'`);
      const [entry] = log.filter(
        ({ operationName, resourceId }) =>
          operationName.value.endsWith('simulateEviction/action') && resourceId.includes(`/${set.name}/`),
      );
      const operations = `${arm.subscription}/providers/Microsoft.Compute/locations/${LOCATION}/operations`;
      const ended = await arm.ended(`${fleet().muster.endpoint}${operations}/${entry?.operationId}`);
      expect(ended.status).toBe('Succeeded');
      expect(await set.powers()).toEqual(powers);
      expect(set.running()).toEqual(running);
      const { sku } = await compute.virtualMachineScaleSets.get(GROUP, set.name);
      expect(sku?.capacity).toBe(capacity);
      expect(consoleOf(fleet().muster.data, set.handle('1'))).not.toMatch(/is shutting down/);
    });
  });

  test('no guest is left whose instance is gone', async () => {
    const { arm, muster } = fleet();
    const sets = await arm.list<{ id: string; properties: { uniqueId: string } }>(
      '/providers/Microsoft.Compute/virtualMachineScaleSets',
    );
    const rows = await Promise.all(
      sets.map(async ({ id, properties }) =>
        (await arm.instances(id)).map(({ instanceId }) => `${properties.uniqueId}_${instanceId}`),
      ),
    );
    const guests = [...guestProcesses(muster.data).keys()];
    expect(guests.filter((handle) => !rows.flat().includes(handle))).toEqual([]);
  });
}
