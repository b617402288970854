// Kept location: a resource stays where it was made. A write that names another place is refused in Azure's words.

import { Failure } from '../domain/failure.ts';

/** @param asked nothing, where the write does not speak of it */
export function checkKeptLocation(
  current: { readonly name: string; readonly group: string; readonly location: string } | undefined,
  asked: string | undefined,
): void {
  if (current === undefined || asked === undefined || current.location === asked) return;
  throw new Failure(
    'invalidResourceLocation',
    `The resource '${current.name}' already exists in location '${current.location}' in resource group '${current.group}'. A resource with the same name cannot be created in location '${asked}'. Please select a new resource name.`,
  );
}
