// The actions on the instances of a set through @azure/arm-compute, each known by what it did to the guests that were named
// and by what it left alone in the others.
import { beforeAll, describe, expect, test } from 'vitest';
import { consoleOf } from '../guests.ts';
import { SOON } from './clients.ts';
import { declared, type Fleet, GROUP, refused, SetUnderTest } from './fleet.ts';

const ids = (...instanceIds: readonly string[]) => ({
  ...SOON,
  vmInstanceIDs: { instanceIds: [...instanceIds] },
});

export function setActionTests(fleet: () => Fleet): void {
  describe('of three instances', () => {
    const set = new SetUnderTest(fleet, 'acts');
    const sets = () => fleet().compute.virtualMachineScaleSets;

    beforeAll(async () => {
      await set.create(declared('base', 3));
      await set.mark('0', '1', '2');
    });

    test('restart boots those that are named, from the same disk', async () => {
      await sets().restart(GROUP, 'acts', ids('1', '2', '1'));
      expect(await set.boots('0', '1', '2')).toEqual([1, 2, 2]);
      expect(await set.marks('1')).toBe('os data');
    });

    test('powerOff ends every process of the named and start brings them back', async () => {
      await sets().powerOff(GROUP, 'acts', ids('0'));
      expect(await set.powers()).toEqual({ 0: 'stopped', 1: 'running', 2: 'running' });
      expect(set.running()).toEqual(['1', '2']);
      expect(consoleOf(fleet().muster.data, set.handle('0'))).toMatch(
        /is shutting down[\s\S]*power down\s*$/,
      );
      await sets().start(GROUP, 'acts', ids('0'));
      expect(await set.boots('0', '1', '2')).toEqual([2, 2, 2]);
    });

    test('powerOff without a shutdown asks nothing of the guest', async () => {
      await sets().powerOff(GROUP, 'acts', { ...ids('0'), skipShutdown: true });
      expect(set.running()).toEqual(['1', '2']);
      expect(consoleOf(fleet().muster.data, set.handle('0'))).not.toMatch(/is shutting down/);
      await sets().start(GROUP, 'acts', ids('0'));
      expect(await set.marks('0')).toBe('os data');
    });

    test('deallocate gives up the host and keeps the disks', async () => {
      await sets().deallocate(GROUP, 'acts', ids('2'));
      expect(await set.powers()).toEqual({ 0: 'running', 1: 'running', 2: 'deallocated' });
      expect(set.running()).toEqual(['0', '1']);
      const restart = await refused(sets().restart(GROUP, 'acts', ids('2')));
      expect(restart).toMatchObject({ statusCode: 409, code: 'OperationNotAllowed' });
      await sets().start(GROUP, 'acts', ids('2'));
      expect(await set.marks('2')).toBe('os data');
    });

    test('redeploy and performMaintenance boot the named on another host', async () => {
      const place = () => set.inside('1', 'echo $MUSTER_ADDRESS:$MUSTER_PORT');
      const [before] = await set.boots('1');
      const first = await place();
      await sets().redeploy(GROUP, 'acts', ids('1'));
      const second = await place();
      expect(second).not.toBe(first);
      await sets().performMaintenance(GROUP, 'acts', ids('1'));
      expect(await place()).not.toBe(second);
      expect(await set.boots('1')).toEqual([Number(before) + 2]);
      expect(await set.marks('1')).toBe('os data');
    });

    test('reimage gives the named a fresh OS disk and keeps their data disks', async () => {
      const before = await set.vmIds();
      await sets().reimage(GROUP, 'acts', { ...SOON, vmScaleSetReimageInput: { instanceIds: ['1'] } });
      expect(await set.marks('1')).toBe('data');
      expect(await set.marks('2')).toBe('os data');
      expect(await set.boots('1')).toEqual([1]);
      expect(await set.vmIds()).toEqual(before);
    });

    test('reimageAll gives the named fresh disks', async () => {
      await sets().reimageAll(GROUP, 'acts', ids('2'));
      expect(await set.marks('2')).toBe('');
      expect(await set.marks('0')).toBe('os data');
      expect(await set.marks('1')).toBe('data');
    });

    test('updateInstances of instances that are up to date leaves them alone', async () => {
      const before = await set.boots('0', '1', '2');
      await sets().updateInstances(GROUP, 'acts', { instanceIds: ['0', '1', '2'] }, SOON);
      expect(await set.boots('0', '1', '2')).toEqual(before);
    });

    test('without ids, or with the one word for all, every instance is meant', async () => {
      const before = await set.boots('0', '1', '2');
      await sets().restart(GROUP, 'acts', SOON);
      await sets().restart(GROUP, 'acts', ids('*'));
      expect(await set.boots('0', '1', '2')).toEqual(before.map((count) => count + 2));
    });

    test('an instance that is protected from scale set actions is passed over, and refused when it is named', async () => {
      const vms = fleet().compute.virtualMachineScaleSetVMs;
      const protection = (protectFromScaleSetActions: boolean) => ({
        location: 'westeurope',
        protectionPolicy: { protectFromScaleSetActions },
      });
      await vms.update(GROUP, 'acts', '0', protection(true), SOON);
      const before = await set.boots('0', '1', '2');
      await sets().restart(GROUP, 'acts', SOON);
      const named = await refused(sets().restart(GROUP, 'acts', ids('0', '1')));
      expect(named).toMatchObject({ statusCode: 409, code: 'OperationNotAllowed' });
      expect(await set.boots('0', '1', '2')).toEqual(before.map((count, id) => count + (id === 0 ? 0 : 1)));
      await vms.update(GROUP, 'acts', '0', protection(false), SOON);
    });

    test.each([
      ['does not exist', ['0', '1', '2', '99'], /instanceId 99 is not an active/],
      ['is no number', ['0', 'x'], /instanceId x is invalid/],
      ['stands beside the word for all', ['0', '*'], /instanceId/],
    ])('one id that %s refuses all, and nothing is changed', async (_, instanceIds, message) => {
      const before = await set.boots('0', '1', '2');
      for (const ask of [
        () => sets().restart(GROUP, 'acts', ids(...instanceIds)),
        () => sets().powerOff(GROUP, 'acts', ids(...instanceIds)),
        () => sets().reimageAll(GROUP, 'acts', ids(...instanceIds)),
        () => sets().deleteInstances(GROUP, 'acts', { instanceIds: [...instanceIds] }, SOON),
      ]) {
        const answer = await refused(ask());
        expect(answer).toMatchObject({ statusCode: 400, code: 'InvalidParameter' });
        expect(answer.message).toMatch(message);
      }
      expect(await set.boots('0', '1', '2')).toEqual(before);
    });

    test('an empty list never means all', async () => {
      const before = await set.boots('0', '1', '2');
      expect(await refused(sets().restart(GROUP, 'acts', ids()))).toMatchObject({ statusCode: 400 });
      const none = sets().deleteInstances(GROUP, 'acts', { instanceIds: [] }, SOON);
      expect(await refused(none)).toMatchObject({ statusCode: 400 });
      expect(await set.boots('0', '1', '2')).toEqual(before);
    });

    test('a second verb on an instance that has one in hand is a conflict', async () => {
      const before = await set.boots('0', '1', '2');
      const first = sets().restart(GROUP, 'acts', ids('0'));
      // Sent over the same connection pool at once; whichever is first, the other one finds it busy.
      const second = sets().restart(GROUP, 'acts', ids('0', '1'));
      const ended = await Promise.allSettled([first, second]);
      const conflict = { reason: { code: 'Conflict' } };
      const [won, lost] = ended[0].status === 'fulfilled' ? [0, 1] : [1, 0];
      expect(ended[won]).toMatchObject({ status: 'fulfilled' });
      expect(ended[lost]).toMatchObject({ status: 'rejected', ...conflict });
      const booted = won === 0 ? [1, 0, 0] : [1, 1, 0];
      expect(await set.boots('0', '1', '2')).toEqual(before.map((count, id) => count + Number(booted[id])));
    });

    test('deleteInstances takes the named away, lowers the capacity, and their ids are never used again', async () => {
      await sets().deleteInstances(GROUP, 'acts', { instanceIds: ['1'] }, SOON);
      expect(set.running()).toEqual(['0', '2']);
      const { sku } = await sets().get(GROUP, 'acts');
      expect(sku?.capacity).toBe(2);
      await sets().update(GROUP, 'acts', { sku: { capacity: 3 } }, SOON);
      expect(set.running()).toEqual(['0', '2', '3']);
    });

    test('every action on a set that does not exist is a 404', async () => {
      for (const ask of [
        () => sets().restart(GROUP, 'nobody', ids('0')),
        () => sets().reimage(GROUP, 'nobody', SOON),
        () => sets().deleteInstances(GROUP, 'nobody', { instanceIds: ['0'] }, SOON),
      ]) {
        expect(await refused(ask())).toMatchObject({ statusCode: 404 });
      }
    });
  });

  test('setOrchestrationServiceState suspends automatic repairs and resumes them', async () => {
    const sets = fleet().compute.virtualMachineScaleSets;
    const set = new SetUnderTest(fleet, 'minded');
    const body = declared('base', 0);
    await set.create({
      ...body,
      virtualMachineProfile: {
        ...body.virtualMachineProfile,
        extensionProfile: {
          extensions: [
            {
              name: 'health',
              publisher: 'Microsoft.ManagedServices',
              typePropertiesType: 'ApplicationHealthLinux',
              typeHandlerVersion: '1.0',
              settings: { protocol: 'tcp', port: 80 },
            },
          ],
        },
      },
      automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT20M', repairAction: 'Restart' },
    });
    const state = async () => (await sets.getInstanceView(GROUP, 'minded')).orchestrationServices;
    const change = (action: 'Suspend' | 'Resume') =>
      sets.setOrchestrationServiceState(GROUP, 'minded', { serviceName: 'AutomaticRepairs', action }, SOON);
    expect(await state()).toMatchObject([{ serviceName: 'AutomaticRepairs', serviceState: 'Running' }]);
    await change('Suspend');
    expect(await state()).toMatchObject([{ serviceState: 'Suspended' }]);
    await change('Resume');
    expect(await state()).toMatchObject([{ serviceState: 'Running' }]);
    expect((await sets.get(GROUP, 'minded')).automaticRepairsPolicy).toEqual({
      enabled: true,
      gracePeriod: 'PT20M',
      repairAction: 'Restart',
    });
  });
}
