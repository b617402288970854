// So many requests at once, in the order in which they came, whatever becomes of them.
import { expect, test } from 'vitest';
import type { ArmAnswer, ArmClient, ArmOrigin } from '../app/ports/arm.ts';
import { paceArm } from './paced-arm.ts';

const ORIGIN: ArmOrigin = { caller: 'someone', correlationId: 'c', deployment: 'd' };
const DONE: ArmAnswer = { status: 200, body: {} };

test('no more are under way than there is room for, over all that share a pace, and a failure makes room too', async () => {
  const open: { readonly path: string; readonly end: PromiseWithResolvers<ArmAnswer> }[] = [];
  const ask = (path: string): Promise<ArmAnswer> => {
    const end = Promise.withResolvers<ArmAnswer>();
    open.push({ path, end });
    return end.promise;
  };
  const arm: ArmClient = { get: ask, put: ask, delete: ask };
  const pace = paceArm(2);
  const [one, other] = [pace(arm), pace(arm)];
  const first = one.put('a', 'v', {}, ORIGIN);
  const second = other.get('b', undefined, ORIGIN);
  const third = one.delete('c', undefined, ORIGIN);
  const fourth = other.get('d', undefined, ORIGIN);
  const paths = (): readonly string[] => open.map(({ path }) => path);
  expect(paths()).toEqual(['a', 'b']);
  open[1]?.end.reject(new Error('broken'));
  await expect(second).rejects.toThrow('broken');
  expect(paths()).toEqual(['a', 'b', 'c']);
  open[0]?.end.resolve(DONE);
  expect(await first).toBe(DONE);
  expect(paths()).toEqual(['a', 'b', 'c', 'd']);
  for (const { end } of open) end.resolve(DONE);
  expect(await Promise.all([third, fourth])).toEqual([DONE, DONE]);
  const later = one.get('e', undefined, ORIGIN);
  expect(paths().at(-1)).toBe('e');
  open.at(-1)?.end.resolve(DONE);
  expect(await later).toBe(DONE);
});
