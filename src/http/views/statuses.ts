// Statuses: how instance views say a provisioning state and a power state.

import type { JsonObject } from '../../arm/json.ts';
import type { OperationError } from '../../domain/failure.ts';
import type { Health, HealthState } from '../../domain/health.ts';
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

/** Recorded for healthy alone (azure-wire 4); the others are made after it. */
const HEALTH: Readonly<Record<HealthState, readonly [level: string, said: string]>> = {
  initializing: ['Info', 'The VM is initializing and has not reported its health yet'],
  healthy: ['Info', 'The VM is reporting itself as healthy'],
  unhealthy: ['Warning', 'The VM is reporting itself as unhealthy or is not reporting'],
  unknown: ['Warning', 'The health of the VM is unknown'],
};

/** An instance's `vmHealth`. */
export function healthStatus({ state, since }: Health): JsonObject {
  const [level, displayStatus] = HEALTH[state];
  return { status: { code: `HealthState/${state}`, level, displayStatus, time: azureTime(since) } };
}
