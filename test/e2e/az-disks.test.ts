// The unmodified Azure CLI on data disks: made, attached to one instance, detached, attached to another, whose guest finds the
// files that were written in the first. Where a disk's files are is read from the data directory.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm, scaleSetBody } from './arm.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/fleet';
const OF = (id: number): string => `-g rg --vmss-name fleet --instance-id ${id}`;

interface Disk {
  readonly name: string;
  readonly diskState: string;
  readonly managedBy?: string | null;
  readonly diskSizeGb?: number;
  readonly diskSizeGB?: number;
  readonly uniqueId: string;
}

/** Up to 2.5x az spells it diskSizeGb. */
function sizeOf(disk: Disk): number | undefined {
  return disk.diskSizeGb ?? disk.diskSizeGB;
}

describe.skipIf(!isAzInstalled())('az and data disks', () => {
  let muster: Muster;
  let arm: Arm;

  const az = (line: string) => muster.run('az', '--', ...line.split(' '));
  const must = (line: string): Promise<string> => muster.must('az', '--', ...line.split(' '));
  const json = async <T>(line: string): Promise<T> => JSON.parse(await must(line)) as T;
  const inside = (id: number, script: string) => arm.inside(`${SET}/virtualMachines/${id}`, script);
  const show = (name: string) => json<Disk>(`disk show -g rg -n ${name}`);
  const luns = async (id: number) => (await inside(id, 'ls "$MUSTER_DATA" | xargs echo')).trim();
  /** Of the disks that no guest has. */
  const kept = (): readonly string[] => {
    const path = join(muster.data, 'guests', '.disks');
    return readdirSync(join(muster.data, 'guests')).includes('.disks') ? readdirSync(path) : [];
  };

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
    await arm.done('PUT', SET, scaleSetBody('base', 2));
  });
  afterAll(() => muster?.close());

  test('makes an empty disk, and shows and lists it beside those of the instances', async () => {
    await must('disk create -g rg -n notes --size-gb 4 --sku Standard_LRS');
    const made = await show('notes');
    expect(made.diskState).toBe('Unattached');
    expect([made.managedBy ?? null, sizeOf(made)]).toEqual([null, 4]);
    const all = await json<readonly Disk[]>('disk list -g rg');
    expect(all.map(({ diskState }) => diskState)).toEqual([
      'Unattached',
      'Attached',
      'Attached',
      'Attached',
      'Attached',
    ]);
    const os = all.find(({ name }) => name.startsWith('fleet_fleet_1_OsDisk_1_'));
    expect(os?.managedBy).toMatch(/\/virtualMachineScaleSets\/fleet\/virtualMachines\/1$/);
  });

  test('attaches it to an instance, whose guest can write it at once', async () => {
    await must(`vmss disk attach ${OF(0)} --disk notes --lun 5`);
    expect(await luns(0)).toBe('lun0 lun5');
    expect(await luns(1)).toBe('lun0');
    await inside(0, 'echo written in the first >"$MUSTER_DATA/lun5/note"');
    const disk = await show('notes');
    expect(disk.diskState).toBe('Attached');
    expect(disk.managedBy).toMatch(/\/virtualMachines\/0$/);
  });

  test('is told in Azure’s words what cannot be done to it there, and nothing is changed', async () => {
    const taken = await az(`vmss disk attach ${OF(1)} --disk notes`);
    expect(taken.code).not.toBe(0);
    expect(taken.stderr).toMatch(
      /\(ConflictingUserInput\) Disk '.*\/disks\/notes' cannot be attached as the/,
    );
    const deleted = await az('disk delete -g rg -n notes --yes');
    expect(deleted.code).not.toBe(0);
    expect(deleted.stderr).toMatch(/\(OperationNotAllowed\) Disk notes is attached to VM \/subscriptions\//);
    expect(await inside(0, 'cat "$MUSTER_DATA/lun5/note"')).toBe('written in the first');
  });

  test('detaches it with what is on it, and attaches it to another instance, which finds that', async () => {
    await must(`vmss disk detach ${OF(0)} --lun 5`);
    const { diskState, uniqueId } = await show('notes');
    expect([diskState, kept()]).toEqual(['Unattached', [uniqueId]]);
    expect(await luns(0)).toBe('lun0');
    await must(`vmss disk attach ${OF(1)} --disk notes`);
    expect(await luns(1)).toBe('lun0 lun1');
    expect(await inside(1, 'cat "$MUSTER_DATA/lun1/note"')).toBe('written in the first');
    expect(kept()).toEqual([]);
  });

  test('keeps a disk of the model that is detached as a disk of its own, until that is deleted', async () => {
    await inside(0, 'echo of the model >"$MUSTER_DATA/lun0/note"');
    await must(`vmss disk detach ${OF(0)} --lun 0`);
    expect(await luns(0)).toBe('');
    const found = (await json<readonly Disk[]>('disk list -g rg')).filter(
      ({ diskState }) => diskState === 'Unattached',
    );
    expect(found.map(sizeOf)).toEqual([1]);
    expect(found[0]?.name).toMatch(/^fleet_fleet_0_disk2_/);
    expect(kept()).toEqual([found[0]?.uniqueId]);
    await must(`vmss disk attach ${OF(0)} --disk ${found[0]?.name} --lun 2`);
    expect(await inside(0, 'cat "$MUSTER_DATA/lun2/note"')).toBe('of the model');
    await must(`vmss disk detach ${OF(0)} --lun 2`);
    await must(`disk delete -g rg -n ${found[0]?.name} --yes`);
    expect(kept()).toEqual([]);
  });

  test('attaches to the model and detaches from it, which its instances get with their update', async () => {
    const model = '-g rg --vmss-name fleet';
    await must(`vmss disk attach ${model} --size-gb 2 --lun 7`);
    expect(await luns(0)).not.toMatch(/lun7/);
    await must('vmss update-instances -g rg -n fleet --instance-ids *');
    expect(await luns(0)).toMatch(/lun7/);
    await must(`vmss disk detach ${model} --lun 7`);
    await must('vmss update-instances -g rg -n fleet --instance-ids *');
    expect(await luns(0)).not.toMatch(/lun7/);
    for (const { name, diskState } of await json<readonly Disk[]>('disk list -g rg')) {
      if (diskState === 'Unattached' && name !== 'notes') await must(`disk delete -g rg -n ${name} --yes`);
    }
  });

  test('deletes an instance: what was attached to it is left, with what is on it', async () => {
    await must('vmss delete-instances -g rg -n fleet --instance-ids 1');
    const { diskState, uniqueId } = await show('notes');
    expect([diskState, kept()]).toEqual(['Unattached', [uniqueId]]);
    await must(`vmss disk attach ${OF(0)} --disk notes --lun 1`);
    expect(await inside(0, 'cat "$MUSTER_DATA/lun1/note"')).toBe('written in the first');
    await must(`vmss disk detach ${OF(0)} --lun 1`);
  });

  test('deletes the group, and no file of any disk is left', async () => {
    await must('disk create -g rg -n never-attached --size-gb 1');
    await must('group delete -n rg --yes');
    expect(kept()).toEqual([]);
    expect(readdirSync(join(muster.data, 'guests')).filter((name) => !name.startsWith('.'))).toEqual([]);
    expect(await json<readonly Disk[]>('disk list')).toEqual([]);
  });
});
