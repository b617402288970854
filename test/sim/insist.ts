// Insist: asks the plane for something that must come true, whatever dies meanwhile.

import type { Instance } from '../../src/domain/instance.ts';
import { must } from './must.ts';
import type { Universe } from './universe.ts';

/**
 * Asks until it is answered: a crash swallows an answer. Asked again, it may meet itself under way, which is answered with
 * one of these.
 */
export async function insist(
  universe: Universe,
  method: string,
  path: string,
  ...[content, itself = [409]]: [content?: unknown, itself?: readonly number[]]
): Promise<void> {
  let answer = await universe.ask(method, path, content);
  const wasLost = answer === undefined;
  while (answer === undefined) answer = await universe.ask(method, path, content);
  const isItself = wasLost && itself.includes(answer.status);
  if (!isItself) must(answer.status < 300, `${method} ${path}: ${String(answer.body)}`);
  await universe.settle();
}

/** The instances of the one set that there is. */
export async function rows(universe: Universe): Promise<readonly Instance[]> {
  const [set] = await universe.store.scaleSets();
  return universe.store.instances(set?.uid ?? '');
}
