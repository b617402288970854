// Scale-in: which instances go when the capacity shrinks. Balance first: the fullest zone gives one up, within it (by the
// Default policy) the fullest fault domain; then the policy decides. A protected instance is never chosen.
// Source: Azure's scale-in policy page (azure-fleet). That page does not say where unhealthy ones come in when they are
// prioritized; here they go first within their zone, so that zones stay balanced.

import { isUnhealthy } from './health.ts';
import { type Instance, isMember } from './instance.ts';
import { at, flagAt, listAt } from './json.ts';
import type { Declared } from './scale-set.ts';

export type ScaleInRule = 'Default' | 'NewestVM' | 'OldestVM';

export function scaleInRule(declared: Declared): ScaleInRule {
  const [rule] = listAt(declared.properties, 'scaleInPolicy', 'rules');
  return rule === 'NewestVM' || rule === 'OldestVM' ? rule : 'Default';
}

export function forceDeletion(declared: Declared): boolean {
  return at(declared.properties, 'scaleInPolicy', 'forceDeletion') === true;
}

export function prioritizesUnhealthy(declared: Declared): boolean {
  return flagAt(declared.properties, 'scaleInPolicy', 'prioritizeUnhealthyVMs') === true;
}

export function protectedFromScaleIn(instance: Instance): boolean {
  return (
    instance.protection?.protectFromScaleIn === true ||
    instance.protection?.protectFromScaleSetActions === true
  );
}

/** Up to `count` members in the order in which they go; fewer when the rest is protected. */
export function chooseForScaleIn(
  instances: readonly Instance[],
  count: number,
  rule: ScaleInRule,
  unhealthyFirst = false,
): readonly Instance[] {
  const left = new Set(instances.filter(isMember));
  const chosen: Instance[] = [];
  while (chosen.length < count) {
    const victim = chooseOne([...left], rule, unhealthyFirst);
    if (victim === undefined) break;
    left.delete(victim);
    chosen.push(victim);
  }
  return chosen;
}

/** Zones and domains are weighed with all their members, protected ones too; only free ones can go. */
function chooseOne(
  members: readonly Instance[],
  rule: ScaleInRule,
  unhealthyFirst: boolean,
): Instance | undefined {
  const free = members.filter((instance) => !protectedFromScaleIn(instance));
  const inZone = fullest(free, members, (instance) => instance.zone ?? '');
  const poor = unhealthyFirst ? inZone.filter(isPoor) : [];
  const zone = poor.length === 0 ? inZone : poor;
  if (rule !== 'Default') return zone.toSorted(byAge(rule)).at(0);
  return fullest(zone, members, (instance) => `${instance.zone ?? ''} ${instance.faultDomain}`)
    .toSorted((a, b) => b.id - a.id)
    .at(0);
}

/** What `prioritizeUnhealthyVMs` calls unhealthy and inactive: it failed, is not to run, or does not serve. */
function isPoor(instance: Instance): boolean {
  return instance.failure !== undefined || instance.wanted.power !== 'running' || isUnhealthy(instance);
}

/** The candidates in the classes that have most of `all`, among the classes that have a candidate. */
function fullest(
  candidates: readonly Instance[],
  all: readonly Instance[],
  classOf: (instance: Instance) => string,
): readonly Instance[] {
  const counts = new Map<string, number>();
  for (const instance of all) counts.set(classOf(instance), (counts.get(classOf(instance)) ?? 0) + 1);
  const sizeOf = (instance: Instance): number => counts.get(classOf(instance)) ?? 0;
  const most = Math.max(...candidates.map(sizeOf));
  return candidates.filter((instance) => sizeOf(instance) === most);
}

function byAge(rule: ScaleInRule): (a: Instance, b: Instance) => number {
  const sign = rule === 'OldestVM' ? 1 : -1;
  return (a, b) => sign * (a.created - b.created || a.id - b.id);
}
