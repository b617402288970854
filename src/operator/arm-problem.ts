// Arm problem: what an answer of ARM that is a refusal says, as a record keeps it.

import { objectAt, textAt } from '../domain/json.ts';
import type { ArmAnswer } from './arm.ts';
import type { OperationProblem } from './record-entry.ts';

export function problemOf({ status, body }: ArmAnswer): OperationProblem {
  const error = objectAt(body, 'error');
  return {
    code: textAt(error, 'code') ?? `HTTP ${status}`,
    message: textAt(error, 'message') ?? `ARM answered with ${status}.`,
  };
}
