// The commands of az that belong to no story of their own: identities, sizes, maintenance, a run command that is changed, and
// those that only print.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm, until } from './arm.ts';
import { SET } from './balanced.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

const IN_SET = '-g sample -n web';

describe.skipIf(!isAzInstalled())('az, besides', () => {
  let muster: Muster;
  let arm: Arm;

  const must = (line: string, ...more: string[]): Promise<string> =>
    muster.must('az', '--', ...line.split(' '), ...more);
  const json = async <T>(line: string, ...more: string[]): Promise<T> =>
    JSON.parse(await must(line, ...more)) as T;
  const boots = async () =>
    Promise.all(
      [0, 1, 2].map(async (id) =>
        Number(await arm.inside(`${SET}/virtualMachines/${id}`, 'cat "$MUSTER_ROOT/var/lib/muster/boots"')),
      ),
    );

  beforeAll(async () => {
    muster = await startMuster('--sample');
    arm = await Arm.connect(muster);
    await until(async () => (await arm.send('GET', SET)).status === 200);
    await arm.quiet('sample');
  });
  afterAll(() => muster?.close());

  test('assigns an identity, shows it and takes it away', async () => {
    const assigned = await json<{ systemAssignedIdentity: string }>(`vmss identity assign ${IN_SET}`);
    expect(assigned.systemAssignedIdentity).toMatch(/^[0-9a-f-]{36}$/);
    const { MUSTER_TENANT_ID: tenantId } = await muster.env();
    expect(await json(`vmss identity show ${IN_SET}`)).toMatchObject({
      principalId: assigned.systemAssignedIdentity,
      tenantId,
      type: 'SystemAssigned',
    });
    await must(`vmss identity remove ${IN_SET} --identities [system]`);
    expect(await arm.must('GET', SET)).not.toHaveProperty('identity.principalId');
  });

  test('lists the sizes that a set may have', async () => {
    const skus = await json<readonly { sku: { name: string } }[]>(`vmss list-skus ${IN_SET}`);
    expect(skus.map(({ sku }) => sku.name)).toContain('Standard_B1s');
  });

  test('performs maintenance, which boots every instance once more', async () => {
    const before = await boots();
    await must(`vmss perform-maintenance ${IN_SET}`);
    expect(await boots()).toEqual(before.map((count) => count + 1));
  });

  test('changes a run command, which runs again', async () => {
    const command = '-g sample --vmss-name web --instance-id 1 --name count';
    await must(`vmss run-command create ${command} -l local --script`, 'echo one');
    await must(`vmss run-command update ${command} -l local --script`, 'echo two');
    expect(await json(`vmss run-command show ${command} --instance-view`)).toMatchObject({
      instanceView: { executionState: 'Succeeded', output: 'two\n' },
    });
  });

  test('shows that no disk is encrypted, and what diagnostics would be configured with', async () => {
    const shown = await json<readonly { disks: readonly { encryptionSettings: unknown }[] }[]>(
      `vmss encryption show ${IN_SET}`,
    );
    expect(shown.flatMap(({ disks }) => disks.map((disk) => disk.encryptionSettings))).toEqual([
      null,
      null,
      null,
    ]);
    expect(await json('vmss diagnostics get-default-config')).toHaveProperty(
      'ladCfg.diagnosticMonitorConfiguration',
    );
  });
});
