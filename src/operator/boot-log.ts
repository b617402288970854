// BootLog: where an instance's serial console can be read, as ARM hands it out.

import { textAt } from '../domain/json.ts';
import type { Arm } from './arm.ts';
import { accepted } from './arm-refusal.ts';
import type { InstanceFacts } from './inventory.ts';
import { COMPUTE_VERSION } from './read-inventory.ts';

/**
 * The URL of the serial console's log, whose signature lets its holder in: it is never shown or recorded. Undefined where boot diagnostics
 * are off. Throws an ArmRefusal where ARM refuses. @param minutes for how long the URL is good
 */
export async function bootLogUrl(
  arm: Arm,
  { resourceId }: InstanceFacts,
  minutes = 5,
): Promise<string | undefined> {
  const path = `${resourceId}/retrieveBootDiagnosticsData?sasUriExpirationTimeInMinutes=${minutes}`;
  const request = { method: 'POST', path, apiVersion: COMPUTE_VERSION } as const;
  return textAt(accepted(request, await arm.send(request)), 'serialConsoleLogBlobUri');
}
