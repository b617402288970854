// The services that act on a set by themselves: suspending and resuming them.

import { setServiceState } from '../../app/orchestration-service.ts';
import { orchestrationServiceBody } from '../../arm/schemas.ts';
import { missing } from '../../domain/parameter-failure.ts';
import { textAt } from '../../domain/json.ts';
import { type Handler, setRef } from '../context.ts';
import { readBody } from '../json-body.ts';
import { longRunning } from '../long-running.ts';

export const setOrchestrationServiceState: Handler = async (call) => {
  const body = readBody(call.request, orchestrationServiceBody, 'required');
  const serviceName = textAt(body, 'serviceName');
  const action = textAt(body, 'action');
  if (serviceName === undefined) throw missing('serviceName');
  if (action === undefined) throw missing('action');
  const operation = await setServiceState(call.context.plane, call.origin, {
    ...setRef(call),
    serviceName,
    action,
  });
  return longRunning(call, { operation, charge: 0 });
};
