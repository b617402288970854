// Extension facts: what the rules must know of an instance's extensions while a verb is in hand. Without a verb nothing is
// run, and without extensions there is nothing to know.

import { modelExtensions, withOwn } from '../domain/extension.ts';
import { extensionsState, runKey, runningRecord } from '../domain/extension-record.ts';
import { extensionBudget } from '../domain/extension-rules.ts';
import type { ExtensionFacts } from '../domain/extension-step.ts';
import { handleOf } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import { flagAt } from '../domain/json.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { World } from './world.ts';

export async function extensionFacts(
  world: World,
  set: ScaleSet,
  instance: Instance,
): Promise<ExtensionFacts | undefined> {
  if (instance.task === undefined || !instance.wanted.exists) return undefined;
  const model = await world.store.model(set.uid, instance.wanted.model);
  if (model === undefined) return undefined;
  const { own, records } = extensionsState(instance);
  const declared = withOwn(modelExtensions(model), own);
  if (declared.length === 0 && records.length === 0) return undefined;
  const running = runningRecord(instance);
  const execution = running && (await world.guests.execution(handleOf(instance), runKey(running)));
  return {
    declared,
    budget: extensionBudget(model.profile),
    handlers: world.handlers ?? NO_HANDLERS,
    skipSurplus: skipsSurplus(set),
    ...(execution === undefined ? {} : { execution }),
  };
}

const NO_HANDLERS = new Map<never, never>();

/** Whether what is made beyond the capacity is left without extensions. */
function skipsSurplus(set: ScaleSet): boolean {
  return flagAt(set.declared.properties, 'doNotRunExtensionsOnOverprovisionedVMs') === true;
}
