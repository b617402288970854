// Deciding and committing: a decision that somebody else overtook is made again on what is there now.
import { describe, expect, test } from 'vitest';
import { refusalOf, testPlane } from '../../test/testing/plane.ts';
import { groupRow } from '../../test/testing/rows.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import { decideAndCommit, type Plane } from './plane.ts';
import { put } from './ports/store.ts';
import { lineCount } from './turns.ts';

/** Adds a tag to the group, on what it reads. */
async function addTag(
  plane: Plane,
  name: string,
  between: () => Promise<void> = async () => {},
): Promise<string> {
  return decideAndCommit(plane, async () => {
    const group = (await plane.store.group('rg')) as ResourceGroup;
    await between();
    return { changes: [put('group', { ...group, tags: { ...group.tags, [name]: '' } })], answer: name };
  });
}

async function tagNames(plane: Plane): Promise<readonly string[]> {
  return Object.keys((await plane.store.group('rg'))?.tags ?? {}).toSorted();
}

async function planeWithGroup(): Promise<Plane> {
  const plane = testPlane();
  await plane.store.commit([put('group', groupRow())]);
  return plane;
}

describe('a decision', () => {
  test('is made once when nobody comes in between', async () => {
    const plane = await planeWithGroup();
    let decided = 0;
    const answer = await addTag(plane, 'a', async () => {
      decided += 1;
    });
    expect([answer, decided]).toEqual(['a', 1]);
    expect(await tagNames(plane)).toEqual(['a']);
  });

  test('is made again when somebody came in between, and loses nothing of either', async () => {
    const plane = await planeWithGroup();
    let decided = 0;
    await addTag(plane, 'mine', async () => {
      decided += 1;
      if (decided === 1) await addTag(plane, 'theirs');
    });
    expect(decided).toBe(2);
    expect(await tagNames(plane)).toEqual(['mine', 'theirs']);
  });

  test('of many at once is made by each of them', async () => {
    const plane = await planeWithGroup();
    const names = Array.from({ length: 40 }, (_, index) => `t${index}`);
    expect(await Promise.all(names.map((name) => addTag(plane, name)))).toEqual(names);
    expect(await tagNames(plane)).toEqual(names.toSorted());
  });

  test('of many more at once than may come first is made twice by each at most', async () => {
    const plane = await planeWithGroup();
    const names = Array.from({ length: 300 }, (_, index) => `t${index}`);
    let decided = 0;
    const add = (name: string) =>
      addTag(plane, name, async () => {
        decided += 1;
      });
    expect(await Promise.all(names.map(add))).toEqual(names);
    expect(await tagNames(plane)).toEqual(names.toSorted());
    expect(decided).toBeLessThan(2 * names.length);
    expect(lineCount(plane.store)).toBe(0);
  });

  test('that always comes too late is a conflict, not an error of ours', async () => {
    const plane = await planeWithGroup();
    let others = 0;
    const late = addTag(plane, 'never', async () => {
      others += 1;
      await addTag(plane, `t${others}`);
    });
    expect((await refusalOf(late)).code).toBe('conflict');
    expect(await tagNames(plane)).not.toContain('never');
  });

  test('to change nothing commits nothing', async () => {
    const plane = await planeWithGroup();
    let commits = 0;
    plane.store.onCommit(() => {
      commits += 1;
    });
    expect(await decideAndCommit(plane, async () => ({ changes: [], answer: 7 }))).toBe(7);
    expect(commits).toBe(0);
  });

  test('that is refused, or that the store cannot take, is not made again', async () => {
    const plane = await planeWithGroup();
    let decided = 0;
    const refused = decideAndCommit(plane, async () => {
      decided += 1;
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    await plane.store.close();
    await expect(addTag(plane, 'a')).rejects.toThrow('closed');
    expect(decided).toBe(1);
  });
});
