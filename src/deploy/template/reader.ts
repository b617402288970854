// The reader that evaluates: every text of a value becomes what it is worth, every count of a loop a number. Must hold: the
// work of one plan is bounded, however its loops are nested.

import type { Json } from '../../domain/json.ts';
import { loopCount } from './count.ts';
import { evaluateAt, type Held, type Sight, type Subject } from './evaluation.ts';
import { HELP, refuse } from './refusal.ts';
import { type Place, type Reader, walk } from './walk.ts';

/** Far more than a template of 4 MB with 800 resources can mean; loops within loops reach it quickly. */
const MOST_VALUES = 2_000_000;
/** As many deployments as Azure keeps of one group. */
const MOST_DEPLOYMENTS = 800;

/** How much one plan may still evaluate, all that is nested in it counted. */
export class Budget {
  #values = MOST_VALUES;
  #deployments = MOST_DEPLOYMENTS;

  spend(path: string): void {
    this.#values -= 1;
    if (this.#values >= 0) return;
    refuse(`The template has more than ${MOST_VALUES} values when it is evaluated. ${HELP.template}`, path);
  }

  spendDeployment(path: string): void {
    this.#deployments -= 1;
    if (this.#deployments >= 0) return;
    refuse(
      `The number of nested deployments limit exceeded. Limit: '${MOST_DEPLOYMENTS}'. ${HELP.resources}`,
      path,
    );
  }
}

/** @param heard told of every text that was evaluated: whether a secure value had a part in it, and where */
export function evaluating(
  sight: Sight,
  subject: Subject,
  heard: (held: Held, place: Place) => void = () => undefined,
): Reader {
  const text = (found: string, place: Place): Json => {
    const held = evaluateAt(found, place, sight, subject);
    heard(held, place);
    return held.value;
  };
  return {
    text,
    count: (found, place) =>
      loopCount(typeof found === 'string' ? text(found, place) : found, subject.name, place.path),
    budget: sight.budget,
  };
}

/** A whole value, evaluated; secure when any part of it is. */
export function evaluateValue(value: Json, place: Place, sight: Sight, subject: Subject): Held {
  let secure = false;
  const reader = evaluating(sight, subject, (held) => {
    secure ||= held.secure;
  });
  return { value: walk(value, place, reader), secure };
}
