// Writes of virtual machines: PUT, PATCH and DELETE.

import { deleteInstance } from '../../app/act-on-instances.ts';
import { patchMachine, putMachine, type WrittenMachine } from '../../app/put-machine.ts';
import type { MACHINE_WRITE_ROUTES } from '../../arm/machine-write-routes.ts';
import { machineBody as machineSchema } from '../../arm/machine-schemas.ts';
import { textAt } from '../../domain/json.ts';
import { conditions } from '../conditions.ts';
import { type Call, type Handler, machineRef } from '../context.ts';
import { readBody } from '../json-body.ts';
import { checkLocation } from '../location.ts';
import { longRunning } from '../long-running.ts';
import { flagOption } from '../query-options.ts';
import { type Answer, empty } from '../response.ts';
import { machineBody } from '../views/machine.ts';
import { etagOf } from '../views/scale-set.ts';

const TYPE = 'Microsoft.Compute/virtualMachines';

const putMachineRoute: Handler = async (call) => {
  const body = readBody(call.request, machineSchema, 'required');
  checkLocation(textAt(body, 'location'), TYPE);
  const request = { ...machineRef(call), body, ...conditions(call) };
  return writtenAnswer(call, await putMachine(call.context.plane, call.origin, request));
};

const patchMachineRoute: Handler = async (call) => {
  const body = readBody(call.request, machineSchema, 'required');
  const request = { ...machineRef(call), body, ...conditions(call) };
  return writtenAnswer(call, await patchMachine(call.context.plane, call.origin, request));
};

const deleteMachineRoute: Handler = async (call) => {
  const done = await deleteInstance(call.context.plane, call.origin, {
    ...machineRef(call),
    force: flagOption(call.request, 'forceDeletion'),
  });
  return done === undefined ? empty(204) : longRunning(call, { operation: done.operation });
};

function writtenAnswer(call: Call, { set, model, instance, created, operation }: WrittenMachine): Answer {
  const { context, era } = call;
  const { tenantId } = context.identity;
  const show = { subscriptionId: context.plane.subscriptionId, tenantId, era };
  const resource = {
    body: machineBody(set, model, instance, show),
    created,
    headers: era.etag ? { etag: etagOf(instance) } : {},
  };
  return longRunning(call, { operation, resource });
}

export const MACHINE_WRITE_HANDLERS: Readonly<Record<keyof typeof MACHINE_WRITE_ROUTES, Handler>> = {
  'machines.put': putMachineRoute,
  'machines.patch': patchMachineRoute,
  'machines.delete': deleteMachineRoute,
};
