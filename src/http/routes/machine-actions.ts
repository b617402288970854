// Machine actions: the verbs of a virtual machine and what stands below it. Most of them are answered as for an instance of a
// set: which of the two a request is about, its route's path says (`instanceRef`).

import { machineSizes, reapplyMachine, refuseVerb } from '../../app/machine-actions.ts';
import type { MACHINE_ACTION_ROUTES } from '../../arm/machine-action-routes.ts';
import type { RefusedVerb } from '../../domain/refused-verb.ts';
import { type Handler, machineRef } from '../context.ts';
import { longRunning } from '../long-running.ts';
import { json } from '../response.ts';
import { vmSizeBody } from '../views/vm-size.ts';
import { onInstance } from './actions.ts';
import { attachDetachRoute } from './disks.ts';
import {
  deleteInstanceExtensionRoute,
  getInstanceExtensionRoute,
  listInstanceExtensionsRoute,
  writeInstanceExtensionRoute,
} from './extensions.ts';
import { bootDiagnostics, simulateEvictionRoute } from './instances.ts';
import {
  deleteRunCommandRoute,
  getRunCommandRoute,
  listRunCommandsRoute,
  patchRunCommandRoute,
  putRunCommandRoute,
  runCommandRoute,
} from './run-commands.ts';

const reapply: Handler = async (call) => {
  const operation = await reapplyMachine(call.context.plane, call.origin, machineRef(call));
  return longRunning(call, { operation });
};

const listSizes: Handler = async (call) => {
  const sizes = await machineSizes(call.context.plane, machineRef(call));
  return json(200, { value: sizes.map(vmSizeBody) });
};

function refused(verb: RefusedVerb): Handler {
  return async (call) => refuseVerb(call.context.plane, machineRef(call), verb);
}

export const MACHINE_ACTION_HANDLERS: Readonly<Record<keyof typeof MACHINE_ACTION_ROUTES, Handler>> = {
  'machines.start': onInstance('start'),
  'machines.restart': onInstance('restart'),
  'machines.powerOff': onInstance('powerOff'),
  'machines.deallocate': onInstance('deallocate'),
  'machines.reimage': onInstance('reimage'),
  'machines.redeploy': onInstance('redeploy'),
  'machines.reapply': reapply,
  'machines.performMaintenance': onInstance('performMaintenance'),
  'machines.simulateEviction': simulateEvictionRoute,
  'machines.bootDiagnostics': bootDiagnostics,
  'machines.attachDetachDataDisks': attachDetachRoute,
  'machines.runCommand': runCommandRoute,
  'machines.vmSizes': listSizes,
  'machines.generalize': refused('generalize'),
  'machines.capture': refused('capture'),
  'machines.convertToManagedDisks': refused('convertToManagedDisks'),
  'machines.migrate': refused('migrateToVirtualMachineScaleSet'),
  'machines.assessPatches': refused('assessPatches'),
  'machines.installPatches': refused('installPatches'),
  'machineRunCommands.list': listRunCommandsRoute,
  'machineRunCommands.put': putRunCommandRoute,
  'machineRunCommands.patch': patchRunCommandRoute,
  'machineRunCommands.get': getRunCommandRoute,
  'machineRunCommands.delete': deleteRunCommandRoute,
  'machineExtensions.list': listInstanceExtensionsRoute,
  'machineExtensions.put': writeInstanceExtensionRoute('put'),
  'machineExtensions.patch': writeInstanceExtensionRoute('patch'),
  'machineExtensions.get': getInstanceExtensionRoute,
  'machineExtensions.delete': deleteInstanceExtensionRoute,
};
