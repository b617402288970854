// An operation where it is polled.

import type { JsonObject } from '../../arm/json.ts';
import { operationBody } from '../../arm/operation-body.ts';
import type { Operation } from '../../domain/operation.ts';
import { azureTime } from '../../domain/time.ts';

export function operationView(operation: Operation): JsonObject {
  const { id, status, started, ended, error, result } = operation;
  return operationBody({
    name: id,
    status,
    startTime: azureTime(started),
    ...(ended === undefined ? {} : { endTime: azureTime(ended) }),
    ...(error === undefined ? {} : { error }),
    ...(result === undefined ? {} : { output: result }),
  });
}
