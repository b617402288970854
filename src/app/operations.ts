// Operations, read.

import { Failure } from '../domain/failure.ts';
import type { Operation } from '../domain/operation.ts';
import type { Plane } from './plane.ts';

export async function getOperation(plane: Plane, id: string): Promise<Operation> {
  const operation = await plane.store.operation(id.toLowerCase());
  if (operation === undefined)
    throw new Failure('notFound', 'The entity was not found in this Azure location.');
  return operation;
}
