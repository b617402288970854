// The machines of a Flexible set through @azure/arm-compute: every action on one, what stands below it, and the actions of its
// set that name machines. All of it is known by its effect on the guests.
import { beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../../src/domain/guest.ts';
import { until } from '../arm.ts';
import { guestProcesses, lifeOf } from '../guests.ts';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused } from './fleet.ts';

/** A Flexible set, whose machines a test calls by their order in it. */
class Machines {
  readonly #fleet: () => Fleet;
  readonly #set: string;
  #uid = '';
  #names: readonly string[] = [];

  constructor(fleet: () => Fleet, set: string) {
    this.#fleet = fleet;
    this.#set = set;
  }

  async create(capacity: number, profile = {}): Promise<void> {
    const { virtualMachineScaleSets, virtualMachineScaleSetVMs } = this.#fleet().compute;
    const { overprovision: _uniform, virtualMachineProfile, ...body } = declared('base', capacity);
    const flexible = {
      ...body,
      orchestrationMode: 'Flexible',
      platformFaultDomainCount: 1,
      virtualMachineProfile: { ...virtualMachineProfile, ...profile },
    };
    const made = await virtualMachineScaleSets.createOrUpdate(GROUP, this.#set, flexible, SOON);
    this.#uid = made.uniqueId ?? '';
    const listed = await all(virtualMachineScaleSetVMs.list(GROUP, this.#set));
    this.#names = listed.map(({ name = '' }) => name);
  }

  name(index: number): string {
    return this.#names[index] ?? '';
  }

  handle(index: number): string {
    return guestHandle(this.#uid, index);
  }

  /** Those that have processes. */
  running(): readonly number[] {
    const guests = guestProcesses(this.#fleet().muster.data);
    return this.#names.map((_, index) => index).filter((index) => guests.has(this.handle(index)));
  }

  life(index: number): string {
    return lifeOf(this.#fleet().muster.data, this.handle(index)).token;
  }

  async inside(index: number, script: string): Promise<string> {
    const { virtualMachines } = this.#fleet().compute;
    const input = { commandId: 'RunShellScript', script: [script] };
    const { value } = await virtualMachines.runCommand(GROUP, this.name(index), input, SOON);
    const message = value?.[0]?.message ?? '';
    const [, stdout] = /^Enable succeeded: \n\[stdout\]\n([\s\S]*)\n\[stderr\]\n/.exec(message) ?? [];
    if (stdout === undefined) throw new Error(`in ${this.name(index)}: ${message}`);
    return stdout.trim();
  }
}

export function machineActionTests(fleet: () => Fleet): void {
  const flex = new Machines(fleet, 'flex');
  const vms = () => fleet().compute.virtualMachines;
  const sets = () => fleet().compute.virtualMachineScaleSets;

  beforeAll(async () => {
    await flex.create(2);
  });

  describe('a machine', () => {
    test('is called by a name of its own, and has a guest', () => {
      expect(flex.name(0)).toMatch(/^flex_[0-9a-f]{8}$/);
      expect(flex.running()).toEqual([0, 1]);
    });

    test('restarts, stops and starts, without its neighbour', async () => {
      const [before, other] = [flex.life(0), flex.life(1)];
      await vms().restart(GROUP, flex.name(0), SOON);
      expect(flex.life(0)).not.toBe(before);
      await vms().powerOff(GROUP, flex.name(0), { ...SOON, skipShutdown: true });
      expect(flex.running()).toEqual([1]);
      await vms().start(GROUP, flex.name(0), SOON);
      expect(flex.running()).toEqual([0, 1]);
      expect(flex.life(1)).toBe(other);
    });

    test('is deallocated, redeployed and maintained with its disks, and reimaged without what was on the first', async () => {
      await flex.inside(
        0,
        'echo os >"$MUSTER_ROOT/root/mark" && echo data >"$MUSTER_DATA/lun0/mark" && echo kept',
      );
      const marks = () =>
        flex.inside(0, 'cat "$MUSTER_ROOT/root/mark" "$MUSTER_DATA/lun0/mark" | xargs echo');
      await vms().deallocate(GROUP, flex.name(0), SOON);
      expect(flex.running()).toEqual([1]);
      await vms().start(GROUP, flex.name(0), SOON);
      await vms().redeploy(GROUP, flex.name(0), SOON);
      await vms().performMaintenance(GROUP, flex.name(0), SOON);
      expect(await marks()).toBe('os data');
      await vms().reimage(GROUP, flex.name(0), SOON);
      expect(await marks()).toBe('data');
    });

    test('has its model applied again, and does not restart for it', async () => {
      const before = flex.life(0);
      await vms().reapply(GROUP, flex.name(0), SOON);
      expect(flex.life(0)).toBe(before);
    });

    test('says which sizes it may have', async () => {
      const sizes = await all(vms().listAvailableSizes(GROUP, flex.name(0)));
      expect(sizes.map(({ name }) => name)).toContain('Standard_B1s');
    });

    test('lends its serial console', async () => {
      const { serialConsoleLogBlobUri: url = '' } = await vms().retrieveBootDiagnosticsData(
        GROUP,
        flex.name(1),
      );
      expect(await (await fetch(url)).text()).toContain(`${flex.name(1)} is booting (image base, boot 1)`);
    });

    test('takes a data disk and gives it up again', async () => {
      const made = await fleet().compute.disks.createOrUpdate(
        GROUP,
        'loose',
        { location: LOCATION, creationData: { createOption: 'Empty' }, diskSizeGB: 4 },
        SOON,
      );
      const diskId = made.id ?? '';
      const attach = { dataDisksToAttach: [{ diskId, lun: 3 }] };
      const profile = await vms().attachDetachDataDisks(GROUP, flex.name(1), attach, SOON);
      expect(profile.dataDisks).toMatchObject([{ lun: 0 }, { lun: 3, name: 'loose' }]);
      expect(await flex.inside(1, 'ls "$MUSTER_DATA" | xargs echo')).toBe('lun0 lun3');
      await vms().attachDetachDataDisks(GROUP, flex.name(1), { dataDisksToDetach: [{ diskId }] }, SOON);
      expect(await flex.inside(1, 'ls "$MUSTER_DATA" | xargs echo')).toBe('lun0');
      await fleet().compute.disks.delete(GROUP, 'loose', SOON);
    });

    test.each<[string, (name: string) => PromiseLike<unknown>]>([
      ['generalized', (name) => vms().generalize(GROUP, name)],
      [
        'captured',
        (name) =>
          vms().capture(
            GROUP,
            name,
            { vhdPrefix: 'a', destinationContainerName: 'vhds', overwriteVhds: true },
            SOON,
          ),
      ],
      ['converted', (name) => vms().convertToManagedDisks(GROUP, name, SOON)],
      ['migrated', (name) => vms().migrateToVMScaleSet(GROUP, name, SOON)],
      ['assessed', (name) => vms().assessPatches(GROUP, name, SOON)],
      ['patched', (name) => vms().installPatches(GROUP, name, { rebootSetting: 'IfRequired' }, SOON)],
      ['hibernated', (name) => vms().deallocate(GROUP, name, { ...SOON, hibernate: true })],
      ['evicted where it is no Spot instance', (name) => vms().simulateEviction(GROUP, name)],
    ])('is not %s', async (_what, ask) => {
      const before = flex.life(1);
      expect(await refused(ask(flex.name(1)))).toMatchObject({
        statusCode: 409,
        code: 'OperationNotAllowed',
      });
      expect(flex.life(1)).toBe(before);
    });

    test('of another name is not there', async () => {
      for (const ask of [vms().restart(GROUP, 'nobody', SOON), vms().generalize(GROUP, 'nobody')]) {
        expect(await refused(ask)).toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
      }
    });
  });

  describe('below a machine', () => {
    test('a run command is a resource that stays until it is deleted', async () => {
      const commands = () => fleet().compute.virtualMachineRunCommands;
      const script = (text: string) => ({ location: LOCATION, source: { script: text } });
      const made = await commands().createOrUpdate(
        GROUP,
        flex.name(0),
        'check',
        script('echo $MUSTER_COMPUTER_NAME'),
        SOON,
      );
      expect(made).toMatchObject({ name: 'check', type: 'Microsoft.Compute/virtualMachines/runCommands' });
      expect(made.id).toMatch(new RegExp(`/virtualMachines/${flex.name(0)}/runCommands/check$`));
      await commands().update(GROUP, flex.name(0), 'check', { source: { script: 'echo again' } }, SOON);
      const shown = await commands().getByVirtualMachine(GROUP, flex.name(0), 'check', {
        expand: 'instanceView',
      });
      expect(shown.instanceView).toMatchObject({ executionState: 'Succeeded', output: 'again\n' });
      expect(
        (await all(commands().listByVirtualMachine(GROUP, flex.name(0)))).map((one) => one.name),
      ).toEqual(['check']);
      await commands().delete(GROUP, flex.name(0), 'check', SOON);
      expect(await all(commands().listByVirtualMachine(GROUP, flex.name(0)))).toEqual([]);
    });

    test('an extension runs in its guest, once more when it changes, and goes when it is deleted', async () => {
      const extensions = () => fleet().compute.virtualMachineExtensions;
      const file = '"$MUSTER_ROOT/root/ran"';
      const body = {
        location: LOCATION,
        publisher: 'Microsoft.Azure.Extensions',
        typePropertiesType: 'CustomScript',
        typeHandlerVersion: '2.1',
        settings: { commandToExecute: `echo ran >>${file}` },
      };
      const made = await extensions().createOrUpdate(GROUP, flex.name(0), 'own', body, SOON);
      expect(made).toMatchObject({ name: 'own', type: 'Microsoft.Compute/virtualMachines/extensions' });
      await extensions().update(GROUP, flex.name(0), 'own', { forceUpdateTag: 'again' }, SOON);
      expect(await flex.inside(0, `wc -l <${file}`)).toBe('2');
      const { value = [] } = await extensions().list(GROUP, flex.name(0));
      expect(value.map(({ name }) => name)).toEqual(['own']);
      const one = await extensions().get(GROUP, flex.name(0), 'own', { expand: 'instanceView' });
      expect(one.instanceView?.statuses?.[0]).toMatchObject({ code: 'ProvisioningState/succeeded' });
      await extensions().delete(GROUP, flex.name(0), 'own', SOON);
      expect(await refused(extensions().get(GROUP, flex.name(0), 'own'))).toMatchObject({ statusCode: 404 });
    });
  });

  describe('a Flexible set', () => {
    test('acts on the machines that are named, and on no other', async () => {
      const [first, second] = [flex.life(0), flex.life(1)];
      await sets().restart(GROUP, 'flex', { ...SOON, vmInstanceIDs: { instanceIds: [flex.name(1)] } });
      expect(flex.life(0)).toBe(first);
      expect(flex.life(1)).not.toBe(second);
      const none = sets().restart(GROUP, 'flex', { ...SOON, vmInstanceIDs: { instanceIds: ['0'] } });
      expect(await refused(none)).toMatchObject({ statusCode: 400, code: 'InvalidParameter' });
    });

    test('acts on one by its name below the set, and on all', async () => {
      await fleet().compute.virtualMachineScaleSetVMs.deallocate(GROUP, 'flex', flex.name(0), SOON);
      expect(flex.running()).toEqual([1]);
      await sets().start(GROUP, 'flex', SOON);
      expect(flex.running()).toEqual([0, 1]);
    });

    test('deletes those that are named, and is smaller by them', async () => {
      await sets().deleteInstances(GROUP, 'flex', { instanceIds: [flex.name(0)] }, SOON);
      expect(flex.running()).toEqual([1]);
      expect((await sets().get(GROUP, 'flex')).sku?.capacity).toBe(1);
      expect(await refused(vms().restart(GROUP, flex.name(0), SOON))).toMatchObject({ statusCode: 404 });
      await sets().delete(GROUP, 'flex', SOON);
      expect(flex.running()).toEqual([]);
    });
  });

  test('a Spot machine goes when its eviction is simulated', async () => {
    const spot = new Machines(fleet, 'spot-machines');
    await spot.create(1, { priority: 'Spot', evictionPolicy: 'Deallocate' });
    await vms().simulateEviction(GROUP, spot.name(0));
    await until(async () => spot.running().length === 0);
    await sets().delete(GROUP, 'spot-machines', SOON);
  });
}
