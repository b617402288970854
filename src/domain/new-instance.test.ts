// The row of an instance that is to be made.
import { expect, test } from 'vitest';
import { modelRow, scaleSetRow, THEN, vmIdOf } from '../../test/testing/rows.ts';
import { instanceProvisioningState, isMember } from './instance.ts';
import { newInstance } from './new-instance.ts';
import { nextStep } from './next-step.ts';
import { CREATE_LIMIT } from './verb.ts';

const birth = {
  id: 12,
  vmId: vmIdOf(12),
  place: { zone: '2', faultDomain: 1, updateDomain: 3 },
  surplus: false,
  now: THEN,
};
const disks = [{ lun: 4, diskSizeGB: 16, createOption: 'Empty' }];
const model = modelRow({ version: 7, profile: { storageProfile: { dataDisks: disks } } });
const set = { ...scaleSetRow(), declared: { ...scaleSetRow().declared, tags: { team: 'a' } } };

test('it has its place, the set’s tags, the model’s disks, and the verb create in hand for the set’s operation', () => {
  const instance = newInstance(set, model, birth);
  expect(instance).toMatchObject({
    set: set.uid,
    id: 12,
    zone: '2',
    faultDomain: 1,
    updateDomain: 3,
    model: 7,
    wanted: { exists: true, power: 'running', model: 7 },
    task: { operation: set.operation, verb: 'create', since: THEN, deadline: THEN + CREATE_LIMIT },
    tags: { team: 'a' },
    observed: { ready: false },
  });
  expect(instance.dataDisks).toMatchObject([{ lun: 4, sizeGiB: 16, fromModel: true }]);
  expect(instance.dataDisks[0]?.name).toMatch(/^web_web_12_disk6_[0-9a-f]{32}$/);
  expect(instance).not.toHaveProperty('settledAt');
  expect(instanceProvisioningState(instance)).toBe('Creating');
  expect(nextStep('web', instance, undefined, THEN)).toEqual({ kind: 'act', effect: { do: 'create' } });
});

test('without zones it has none, and as surplus it is no member', () => {
  const instance = newInstance(set, model, {
    ...birth,
    place: { faultDomain: 0, updateDomain: 0 },
    surplus: true,
  });
  expect(instance).not.toHaveProperty('zone');
  expect(isMember(instance)).toBe(false);
});
