// Refused verbs: what Azure has for a virtual machine and this plane does not do, each with the reason why not.
// Sources: azure-cli and agent issues that quote Azure, for a machine that runs and for one that is not generalized; the others
// say in the same form what is so here.

import { Failure } from './failure.ts';
import type { Instance } from './instance.ts';

export type RefusedVerb =
  | 'generalize'
  | 'capture'
  | 'convertToManagedDisks'
  | 'migrateToVirtualMachineScaleSet'
  | 'assessPatches'
  | 'installPatches';

/** @param name the machine's */
export function refusedVerb(verb: RefusedVerb, name: string, instance: Instance): Failure {
  // No machine is ever generalized, so none can be captured.
  if (verb === 'capture') {
    return new Failure(
      'operationNotAllowed',
      'Capture operation cannot be completed because the VM is not generalized.',
    );
  }
  return new Failure(
    'operationNotAllowed',
    `Operation '${verb}' is not allowed on VM '${name}' since ${reason(verb, instance)}.`,
  );
}

function reason(verb: Exclude<RefusedVerb, 'capture'>, { wanted }: Instance): string {
  switch (verb) {
    case 'generalize':
      return wanted.power === 'running' ? 'the VM is running' : 'no images are made from VMs here';
    case 'convertToManagedDisks':
      return 'its disks are managed disks already';
    case 'migrateToVirtualMachineScaleSet':
      return 'the VM is not in an availability set that is being migrated';
    case 'assessPatches':
    case 'installPatches':
      return 'its guest has no service that installs patches';
  }
}
