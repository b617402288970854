// What is refused of a machine, in which words.
import { expect, test } from 'vitest';
import { instanceRow } from '../../test/testing/rows.ts';
import { type RefusedVerb, refusedVerb } from './refused-verb.ts';

const running = instanceRow();
const stopped = instanceRow({ wanted: { exists: true, power: 'stopped', model: 1 } });

test.each<[RefusedVerb, string]>([
  ['generalize', "Operation 'generalize' is not allowed on VM 'm1' since the VM is running."],
  ['capture', 'Capture operation cannot be completed because the VM is not generalized.'],
  [
    'convertToManagedDisks',
    "Operation 'convertToManagedDisks' is not allowed on VM 'm1' since its disks are managed disks already.",
  ],
  [
    'migrateToVirtualMachineScaleSet',
    "Operation 'migrateToVirtualMachineScaleSet' is not allowed on VM 'm1' since the VM is not in an availability set that is being migrated.",
  ],
  [
    'assessPatches',
    "Operation 'assessPatches' is not allowed on VM 'm1' since its guest has no service that installs patches.",
  ],
  [
    'installPatches',
    "Operation 'installPatches' is not allowed on VM 'm1' since its guest has no service that installs patches.",
  ],
])('%s is refused with its reason', (verb, message) => {
  expect(refusedVerb(verb, 'm1', running)).toMatchObject({ code: 'operationNotAllowed', message });
});

test('a machine that is off is not told to be powered off before it is generalized', () => {
  expect(refusedVerb('generalize', 'm1', stopped).message).toBe(
    "Operation 'generalize' is not allowed on VM 'm1' since no images are made from VMs here.",
  );
});
