// Plain command: run command version 1, an action of the instance that answers with what was printed. It is asked for where there
// is no version 2, or where that may not be written.
// What must hold: an exit code is never made up: where Azure does not tell one, there is none.

import { asText, at, type JsonObject, listAt, textAt } from '../domain/json.ts';
import type { ArmAnswer, ArmRequest } from './arm.ts';
import type { InstanceFacts } from './inventory.ts';

export const PLAIN = 'run command version 1';

/** What ARM says of a type that it does not have (azure-wire 6), or of a right to it that is missing. */
const UNSERVED = new Set([
  'InvalidResourceType',
  'NoRegisteredProviderFound',
  'ResourceTypeNotFound',
  'MethodNotAllowed',
  'NotImplemented',
  'FeatureNotSupported',
  'AuthorizationFailed',
]);

/** Of the request for version 2: it was refused as a whole, so nothing ran. The instance was there a moment ago. */
export function isUnserved({ status, body }: ArmAnswer): boolean {
  if (status === 404) return textAt(body, 'error', 'code') !== 'ParentResourceNotFound';
  if (status === 405 || status === 501) return true;
  return status >= 400 && status < 500 && UNSERVED.has(textAt(body, 'error', 'code') ?? '');
}

/** @param path of the instance */
export function plainCommandRequest(
  path: string,
  apiVersion: string,
  script: string,
  instance: Pick<InstanceFacts, 'body'> | undefined,
): ArmRequest {
  const commandId = isWindows(instance) ? 'RunPowerShellScript' : 'RunShellScript';
  return {
    method: 'POST',
    path: `${path}/runCommand`,
    apiVersion,
    body: { commandId, script: script.replace(/\n$/, '').split('\n') },
  };
}

function isWindows(instance: Pick<InstanceFacts, 'body'> | undefined): boolean {
  const system = textAt(instance?.body, 'properties', 'storageProfile', 'osDisk', 'osType');
  return system?.toLowerCase() === 'windows';
}

export interface PlainOutput {
  readonly state: string;
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Of `{value:[{code,message}]}`. On Linux one message has all: `Enable succeeded: \n[stdout]\n…\n[stderr]\n…`, or `Enable failed: …
 * exit status=3\n[stdout]…`. On Windows there is one for each stream, and no exit code.
 */
export function plainOutput(output: JsonObject | undefined): PlainOutput {
  const statuses = listAt(output, 'value');
  if (statuses.length === 0) return { state: 'ARM has kept no output', stdout: '', stderr: '' };
  const of = (stream: string): string | undefined => {
    const found = statuses.find((status) => asText(at(status, 'code')).includes(`/${stream}/`));
    return found === undefined ? undefined : asText(at(found, 'message'));
  };
  const [stdout, stderr] = [of('StdOut'), of('StdErr')];
  const [first] = statuses;
  if (stdout === undefined && stderr === undefined)
    return fromText(asText(at(first, 'message')), asText(at(first, 'code')));
  return { state: stateOf(asText(at(first, 'code'))), stdout: stdout ?? '', stderr: stderr ?? '' };
}

function fromText(message: string, code: string): PlainOutput {
  const [, head = message, stdout = '', stderr = ''] =
    /^([^]*?)\n?\[stdout\]\n([^]*?)\n?\[stderr\]\n?([^]*)$/.exec(message) ?? [];
  const [, status] = /exit status=(\d+)/.exec(head) ?? [];
  const isFailed = /failed/i.test(head) || status !== undefined;
  const exitCode = status === undefined ? (isFailed ? undefined : 0) : Number(status);
  return {
    state: isFailed ? 'Failed' : stateOf(code),
    ...(exitCode === undefined ? {} : { exitCode }),
    stdout,
    stderr,
  };
}

/** `ProvisioningState/succeeded`, `ComponentStatus/StdOut/succeeded` */
function stateOf(code: string): string {
  const word = code.split('/').at(-1) ?? '';
  return word.toLowerCase() === 'succeeded' ? 'Succeeded' : word === '' ? 'unknown' : word;
}
