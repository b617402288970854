// The plan as a person reads it before it begins. Ids that are many are shown as how many.

import type { ActionPlan, Stage } from './action-plan.ts';
import { outageWords } from './outage.ts';

const SHOWN = 12;

export function planText(plan: ActionPlan): string {
  const { place, verb, touched, serving, radius } = plan;
  if (touched.length === 0) {
    return `${verb} on ${place.group}/${place.name}: there is nothing to do.\n${lines(untouched(plan))}`;
  }
  return lines([
    `${verb} ${counted(touched.length, 'instance')} of ${serving.all} in ${place.group}/${place.name} (${place.mode})`,
    '',
    ...stagesText(plan.stages),
    ...untouched(plan),
    '',
    `  serving    ${serving.before} now, ${serving.during} at the fewest, ${serving.after} afterwards; the floor is ${serving.floor}`,
    `  at once    ${radius.peak} unavailable by this at most, of ${radius.limit} allowed`,
    ...already(radius),
    `  verified   within ${plan.verifySeconds} s of each step, else it stops`,
    ...plan.notes.map((note) => `  note       ${note}`),
  ]);
}

function already({ standing = [], together = 0, limit, peak }: ActionPlan['radius']): readonly string[] {
  if (standing.length === 0 || peak === 0) return [];
  return [
    `  already    out by earlier actions: ${outageWords(standing)}; ${together} at once with these, of ${limit}`,
  ];
}

function stagesText(stages: readonly Stage[]): readonly string[] {
  const width = Math.max(...stages.map(({ name }) => name.length));
  return stages.map(({ name, steps, gate }, index) => {
    const ids = listed(steps.map(({ id }) => id));
    const then = gate === 'heals' ? ', and done if that heals it' : '';
    return `  ${index + 1}. ${name.padEnd(width)}  ${ids}${then}`;
  });
}

/** Why, and who: the reason that most have first. */
function untouched({ untouched: all }: ActionPlan): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, why } of all) byReason.set(why, [...(byReason.get(why) ?? []), id]);
  if (byReason.size === 0) return [];
  const rows = [...byReason]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([why, ids]) => `  untouched  ${listed(ids)}: ${why}`);
  return ['', ...rows];
}

function listed(ids: readonly string[]): string {
  if (ids.length <= SHOWN) return ids.join(', ');
  return `${ids.slice(0, SHOWN).join(', ')} and ${ids.length - SHOWN} more`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line.trimEnd()}\n`).join('');
}
