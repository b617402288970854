// Statuses: how instance views say a provisioning state and a power state.

import type { JsonObject } from '../../arm/json.ts';
import type { OperationError } from '../../domain/failure.ts';
import type { PowerState } from '../../domain/instance.ts';
import type { ProvisioningState } from '../../domain/scale-set.ts';
import { azureTime, type Time } from '../../domain/time.ts';

const DISPLAYED: Readonly<Record<ProvisioningState, string>> = {
  Creating: 'Creating',
  Updating: 'Updating',
  Deleting: 'Deleting',
  Succeeded: 'Provisioning succeeded',
  Failed: 'Provisioning failed',
};

/** `ProvisioningState/succeeded`. */
export function provisioningCode(state: ProvisioningState): string {
  return `ProvisioningState/${state.toLowerCase()}`;
}

/** A state that is still changing has no time yet. */
export function provisioningStatus(
  state: ProvisioningState,
  since: Time,
  failure?: OperationError,
): JsonObject {
  const ended = state === 'Succeeded' || state === 'Failed';
  return {
    code: provisioningCode(state),
    level: state === 'Failed' ? 'Error' : 'Info',
    displayStatus: DISPLAYED[state],
    ...(state === 'Failed' && failure !== undefined ? { message: failure.message } : {}),
    ...(ended ? { time: azureTime(since) } : {}),
  };
}

/** Always the second status, and never with a time. */
export function powerStatus(power: PowerState): JsonObject {
  return { code: `PowerState/${power}`, level: 'Info', displayStatus: `VM ${power}` };
}
