// Extension facts: what became of each extension of one instance. The view says it best; an extension that the view does not
// have (its guest is deallocated, or the extension has not come to its turn) is read from the instance's own resources.

import { isObject, type Json, type JsonObject, listAt, textAt } from '../domain/json.ts';
import type { ExtensionFact } from './inventory.ts';

export function extensionFacts(body: JsonObject, view: JsonObject): readonly ExtensionFact[] {
  const viewed = listAt(view, 'extensions').filter(isObject).map(fromView);
  const named = new Set(viewed.map(({ name }) => name.toLowerCase()));
  const others = listAt(body, 'resources')
    .filter(isObject)
    .map(fromResource)
    .filter(({ name }) => name !== '' && !named.has(name.toLowerCase()));
  return [...viewed, ...others];
}

/** What it printed: the substatuses that run commands and custom scripts have, `StdOut` and `StdErr`, and its own message. */
export function extensionOutput(view: JsonObject, name: string): { stdout: string; stderr: string } {
  const found = listAt(view, 'extensions').find((entry) => textAt(entry, 'name') === name);
  const stream = (word: string): string =>
    textsOf(listAt(found, 'substatuses'), new RegExp(`^ComponentStatus/${word}(/|$)`, 'i'));
  return { stdout: stream('StdOut'), stderr: stream('StdErr') };
}

function textsOf(statuses: readonly Json[], code: RegExp): string {
  return statuses
    .filter((status) => code.test(textAt(status, 'code') ?? ''))
    .map((status) => textAt(status, 'message') ?? '')
    .join('');
}

function fromView(entry: JsonObject): ExtensionFact {
  const statuses = listAt(entry, 'statuses').filter(isObject);
  // The worst of several is the one that matters.
  const worst = statuses.find((status) => stateOf(textAt(status, 'code')) === 'failed') ?? statuses[0];
  return {
    name: textAt(entry, 'name') ?? '',
    type: textAt(entry, 'type') ?? '',
    version: textAt(entry, 'typeHandlerVersion') ?? '',
    state: stateOf(textAt(worst, 'code')),
    message: textAt(worst, 'message') ?? textAt(worst, 'displayStatus') ?? '',
  };
}

function fromResource(entry: JsonObject): ExtensionFact {
  const [publisher, type] = [textAt(entry, 'properties', 'publisher'), textAt(entry, 'properties', 'type')];
  const state = textAt(entry, 'properties', 'provisioningState');
  return {
    name: textAt(entry, 'name') ?? '',
    type: [publisher, type].filter((word) => word !== undefined).join('.'),
    version: textAt(entry, 'properties', 'typeHandlerVersion') ?? '',
    state: stateOf(state === undefined ? undefined : `ProvisioningState/${state}`),
    message: '',
  };
}

/** `ProvisioningState/failed/1` has its exit code at the end. */
function stateOf(code: string | undefined): ExtensionFact['state'] {
  switch (/^ProvisioningState\/([a-z]+)/i.exec(code ?? '')?.[1]?.toLowerCase()) {
    case 'succeeded':
      return 'ok';
    case 'failed':
      return 'failed';
    case 'transitioning':
    case 'updating':
    case 'creating':
      return 'running';
    default:
      return 'unknown';
  }
}
