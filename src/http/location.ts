// Location check: a plane answers for the locations of its list.

import { findLocation, LOCATIONS } from '../arm/locations.ts';
import { Failure } from '../domain/failure.ts';

export function checkGroupLocation(location: string | undefined): void {
  if (location === undefined || findLocation(location) !== undefined) return;
  throw new Failure(
    'locationNotAvailableForGroup',
    `The provided location '${location}' is not available for resource group. List of available regions is '${regions()}'.`,
  );
}

/** @param type `Microsoft.Compute/virtualMachineScaleSets`, for the message */
export function checkLocation(location: string | undefined, type: string): void {
  if (location === undefined || findLocation(location) !== undefined) return;
  throw new Failure(
    'locationNotAvailable',
    `The provided location '${location}' is not available for resource type '${type}'. List of available regions for the resource type is '${regions()}'.`,
  );
}

function regions(): string {
  return LOCATIONS.map(({ name }) => name).join(',');
}
