// Upgrade policy: `upgradePolicy` of a declaration, with what Azure fills in, or its refusal.
// Sources: azure-wire section 2 (recorded), the swagger's ranges; the words about missing health sources are Azure's.

import { parseDuration } from './duration.ts';
import { Failure } from './failure.ts';
import { declaredSources } from './health-source.ts';
import { asText, flagAt, isObject, type Json, type JsonObject, objectAt, textAt } from './json.ts';

const MODES = ['Manual', 'Automatic', 'Rolling'];
const PERCENTS = [
  ['maxBatchInstancePercent', 5],
  ['maxUnhealthyInstancePercent', 5],
  ['maxUnhealthyUpgradedInstancePercent', 0],
] as const;
const USUAL_PERCENT = 20;
const FLAGS = [
  'maxSurge',
  'rollbackFailedInstancesOnPolicyBreach',
  'enableCrossZoneUpgrade',
  'prioritizeUnhealthyInstances',
] as const;
/** These two are always shown. */
const SHOWN: readonly string[] = ['maxSurge', 'rollbackFailedInstancesOnPolicyBreach'];

/** `properties`: of the declaration; `profile`: where a source of health must be when upgrades are rolling. */
export function completeUpgradePolicy(properties: JsonObject, profile: JsonObject): JsonObject {
  const policy = objectAt(properties, 'upgradePolicy') ?? {};
  const asked = textAt(policy, 'mode') ?? 'Manual';
  const mode = MODES.find((known) => known.toLowerCase() === asked.toLowerCase());
  if (mode === undefined) {
    throw new Failure(
      'invalidParameter',
      `The value '${asked}' of parameter 'upgradePolicy.mode' is not allowed. Allowed values are: ${MODES.join(', ')}.`,
      { target: 'upgradePolicy.mode' },
    );
  }
  const rolling = policy['rollingUpgradePolicy'];
  const automatic = policy['automaticOSUpgradePolicy'];
  if (mode === 'Rolling') checkSources(profile, ROLLING);
  if (flagAt(automatic, 'enableAutomaticOSUpgrade') === true) checkSources(profile, AUTOMATIC_OS);
  return {
    ...policy,
    mode,
    ...(mode === 'Rolling' || isObject(rolling)
      ? { rollingUpgradePolicy: completeRollingPolicy(isObject(rolling) ? rolling : {}) }
      : {}),
    ...(isObject(automatic) ? { automaticOSUpgradePolicy: completeAutomaticPolicy(automatic) } : {}),
  };
}

export function completeRollingPolicy(policy: JsonObject): JsonObject {
  const percents = PERCENTS.map(([name, least]) => [name, percentAt(policy, name, least)] as const);
  const pause = policy['pauseTimeBetweenBatches'] ?? 'PT0S';
  if (typeof pause !== 'string' || parseDuration(pause) === undefined) {
    throw wrong('pauseTimeBetweenBatches', pause, 'an ISO 8601 duration');
  }
  const flags = FLAGS.filter((name) => policy[name] !== undefined || SHOWN.includes(name)).map((name) => {
    const value = policy[name] ?? false;
    const flag = flagAt(policy, name) ?? false;
    if (policy[name] !== undefined && flagAt(policy, name) === undefined) {
      throw wrong(name, value, 'true or false');
    }
    return [name, flag] as const;
  });
  const numbers: JsonObject = Object.fromEntries<Json>(percents);
  const switches: JsonObject = Object.fromEntries<Json>(flags);
  return { ...numbers, pauseTimeBetweenBatches: pause, ...policy, ...numbers, ...switches };
}

function percentAt(policy: JsonObject, name: string, least: number): number {
  const given = policy[name] ?? USUAL_PERCENT;
  const value = typeof given === 'string' && /^\d{1,3}$/.test(given) ? Number(given) : given;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 100) return value;
  throw wrong(name, given, `a whole number from ${least} to 100`);
}

function completeAutomaticPolicy(policy: JsonObject): JsonObject {
  return {
    ...policy,
    enableAutomaticOSUpgrade: flagAt(policy, 'enableAutomaticOSUpgrade') ?? false,
    useRollingUpgradePolicy: flagAt(policy, 'useRollingUpgradePolicy') ?? false,
    disableAutomaticRollback: flagAt(policy, 'disableAutomaticRollback') ?? false,
  };
}

interface Words {
  readonly what: string;
  readonly missing: string;
  readonly enabling: string;
}

const ROLLING: Words = {
  what: 'Rolling Upgrade mode',
  missing: 'provided',
  enabling: 'Rolling Upgrade mode',
};
const AUTOMATIC_OS: Words = {
  what: 'Automatic OS Upgrade',
  missing: 'specified',
  enabling: 'automatic OS upgrade',
};

/** Exactly one source, in the words that Azure has for none and for two. */
function checkSources(profile: JsonObject, { what, missing, enabling }: Words): void {
  const { extension, probe } = declaredSources(profile);
  if (extension !== probe) return;
  throw new Failure(
    'badRequest',
    extension
      ? `${what} is not supported for this Virtual Machine Scale Set because both a health probe and a health extension were provided. Remove the health probe or health extension prior to enabling ${enabling}.`
      : `${what} is not supported for this Virtual Machine Scale Set because a health probe or health extension was not ${missing}.`,
  );
}

function wrong(name: string, value: Json, must: string): Failure {
  const target = `upgradePolicy.rollingUpgradePolicy.${name}`;
  return new Failure(
    'invalidParameter',
    `The value '${asText(value)}' of parameter 'rollingUpgradePolicy.${name}' must be ${must}.`,
    { target },
  );
}
