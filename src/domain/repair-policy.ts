// Repair policy: what a set's declaration says about automatic repairs, its defaults, and what Azure refuses in it.
// Sources: azure-fleet and Azure's page on automatic instance repairs; the limit by tag is Muster's own.

import { parseDuration } from './duration.ts';
import { Failure } from './failure.ts';
import { declaredSources } from './health-source.ts';
import { asText, flagAt, type JsonObject, objectAt, textAt } from './json.ts';
import type { Declared } from './scale-set.ts';
import { MINUTE } from './time.ts';

export type RepairAction = 'Replace' | 'Restart' | 'Reimage';

export interface RepairPolicy {
  readonly enabled: boolean;
  /** In milliseconds. */
  readonly grace: number;
  readonly action: RepairAction;
  /** Nothing is repaired while more than that percentage of the members is unhealthy. */
  readonly limit?: number;
}

/** The tag of a set with that percentage. Azure has no such limit. */
export const LIMIT_TAG = 'muster:repairShortCircuitPercent';

const ACTIONS: readonly RepairAction[] = ['Replace', 'Restart', 'Reimage'];
const LEAST_GRACE = 10 * MINUTE;
const MOST_GRACE = 90 * MINUTE;

/** Undefined when the set has no policy. */
export function repairPolicy({ properties, tags }: Declared): RepairPolicy | undefined {
  const policy = objectAt(properties, 'automaticRepairsPolicy');
  if (policy === undefined) return undefined;
  const limit = tags[LIMIT_TAG];
  return {
    enabled: flagAt(policy, 'enabled') === true,
    grace: parseDuration(textAt(policy, 'gracePeriod') ?? '') ?? LEAST_GRACE,
    action: actionOf(textAt(policy, 'repairAction')) ?? 'Replace',
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
}

function actionOf(word: string | undefined): RepairAction | undefined {
  return ACTIONS.find((action) => action.toLowerCase() === word?.toLowerCase());
}

/** The policy with what Azure fills in, or its refusal. `profile`: where a source of health must be, when repairs are enabled. */
export function completeRepairPolicy(policy: JsonObject, profile: JsonObject): JsonObject {
  const gracePeriod = textAt(policy, 'gracePeriod') ?? 'PT10M';
  const grace = parseDuration(gracePeriod);
  if (grace === undefined || grace < LEAST_GRACE || grace > MOST_GRACE) {
    throw new Failure(
      'invalidParameter',
      `The value '${gracePeriod}' of parameter 'automaticRepairsPolicy.gracePeriod' is out of range. The value must be between 'PT10M' and 'PT90M', inclusive.`,
      { target: 'automaticRepairsPolicy.gracePeriod' },
    );
  }
  const asked = policy['repairAction'];
  const repairAction = asked === undefined ? 'Replace' : actionOf(asText(asked));
  if (repairAction === undefined) {
    throw new Failure(
      'invalidParameter',
      `The value '${asText(asked)}' of parameter 'automaticRepairsPolicy.repairAction' is not allowed. Allowed values are: ${ACTIONS.join(', ')}.`,
      { target: 'automaticRepairsPolicy.repairAction' },
    );
  }
  if (flagAt(policy, 'enabled') === true) checkSources(profile);
  return { ...policy, gracePeriod, repairAction };
}

/** Exactly one source, in Azure's words for none; for two, in those that it has for automatic OS upgrades. */
function checkSources(profile: JsonObject): void {
  const { extension, probe } = declaredSources(profile);
  if (extension !== probe) return;
  throw new Failure(
    'badRequest',
    extension
      ? 'Automatic repairs not supported for this Virtual Machine Scale Set because both a health probe and a health extension were provided. Remove the health probe or health extension prior to enabling automatic repairs.'
      : 'Automatic repairs not supported for this Virtual Machine Scale Set because a health probe or health extension was not provided.',
  );
}

export function checkRepairLimit(tags: Readonly<Record<string, string>>): void {
  const limit = tags[LIMIT_TAG];
  if (limit === undefined || (/^\d{1,3}$/.test(limit) && Number(limit) <= 100)) return;
  throw new Failure(
    'invalidParameter',
    `The value '${limit}' of the tag '${LIMIT_TAG}' must be a whole number from 0 to 100.`,
    { target: 'tags' },
  );
}
