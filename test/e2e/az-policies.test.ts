// The unmodified Azure CLI on what decides about a set by itself: its policies, and the eviction of its Spot instances. What
// it did is read without it, from the plane and from the guests.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm, powerOf, scaleSetBody, until } from './arm.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/spot';
const IN_SET = '-g rg -n spot';

interface Body {
  readonly properties: Readonly<Record<string, unknown>>;
}

describe.skipIf(!isAzInstalled())('az and the policies of a set', () => {
  let muster: Muster;
  let arm: Arm;

  const must = (line: string): Promise<string> => muster.must('az', '--', ...line.split(' '));
  const powers = async () => (await arm.instances(SET)).map((one) => `${one.instanceId} ${powerOf(one)}`);
  /** Without the profile: az sends that back as it models it, which leaves out empty objects. */
  const properties = async () => {
    const { virtualMachineProfile: _, ...rest } = (await arm.must<Body>('GET', SET)).properties;
    return rest;
  };

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
    const body = scaleSetBody('base', 2);
    const virtualMachineProfile = {
      ...body.properties.virtualMachineProfile,
      priority: 'Spot',
      evictionPolicy: 'Deallocate',
    };
    await arm.done('PUT', SET, { ...body, properties: { ...body.properties, virtualMachineProfile } });
  });
  afterAll(() => muster?.close());

  test('changes the policies that it names, and nothing else', async () => {
    const before = await properties();
    await must(`vmss update ${IN_SET} --scale-in-policy OldestVM`);
    expect(await properties()).toEqual({ ...before, scaleInPolicy: { rules: ['OldestVM'] } });
    await must(`vmss update ${IN_SET} --set upgradePolicy.mode=Automatic`);
    expect(await properties()).toMatchObject({
      scaleInPolicy: { rules: ['OldestVM'] },
      upgradePolicy: { mode: 'Automatic' },
    });
    expect(await powers()).toEqual(['0 running', '1 running']);
  });

  test.each([
    [
      '--set upgradePolicy.mode=Rolling',
      /\(BadRequest\) Rolling Upgrade mode is not supported for this Virtual Machine Scale Set because a health probe or health extension was not provided\./,
    ],
    [
      '--set upgradePolicy.automaticOSUpgradePolicy={"enableAutomaticOSUpgrade":true}',
      /\(BadRequest\) Automatic OS Upgrade is not supported for this Virtual Machine Scale Set because a health probe or health extension was not specified\./,
    ],
    [
      '--set upgradePolicy.rollingUpgradePolicy={"maxBatchInstancePercent":101}',
      /\(InvalidParameter\) The value '101' of parameter 'rollingUpgradePolicy\.maxBatchInstancePercent' must be/,
    ],
    [
      '--set automaticRepairsPolicy={"enabled":true}',
      /\(BadRequest\) Automatic repairs not supported for this Virtual Machine Scale Set because a health probe or health extension was not provided\./,
    ],
    ['--set scaleInPolicy={"rules":["Oldest"]}', /\(InvalidParameter\) .*Oldest/],
  ])('passes on the refusal of a bad policy, which changes nothing: %s', async (flags, refusal) => {
    const before = await arm.must('GET', SET);
    const { code, stderr } = await muster.run('az', '--', ...`vmss update ${IN_SET} ${flags}`.split(' '));
    expect([code, stderr]).toEqual([1, expect.stringMatching(refusal)]);
    expect(await arm.must('GET', SET)).toEqual(before);
  });

  test('scales in by the policy that was set', async () => {
    await must(`vmss scale ${IN_SET} --new-capacity 3`);
    await must(`vmss scale ${IN_SET} --new-capacity 2`);
    expect(await powers()).toEqual(['1 running', '2 running']);
  });

  test('evicts the instance that it names, as the set’s eviction policy says', async () => {
    await must(`vmss simulate-eviction ${IN_SET} --instance-id 2`);
    await until(async () => (await powers()).includes('2 deallocated'));
    expect(await powers()).toEqual(['1 running', '2 deallocated']);
  });
});
