// Insist: asks the plane for something that must come true, whatever dies meanwhile.

import { type Instance, type MemberId, memberName } from '../../src/domain/instance.ts';
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

/** What an instance of the one set that there is goes by, or went by: its number, or its machine's name. */
export async function memberOf(universe: Universe, id: number): Promise<MemberId> {
  const [set] = await universe.store.scaleSets();
  const member = universe.machines.nameOf(set?.uid ?? '', id);
  if (member === undefined) throw new Error(`there never was an instance ${id}`);
  return member;
}

/** The same, as texts have it: `web_3`, or the machine's name. */
export async function called(universe: Universe, id: number): Promise<string> {
  const [set] = await universe.store.scaleSets();
  return memberName(set?.name ?? '', await memberOf(universe, id));
}
