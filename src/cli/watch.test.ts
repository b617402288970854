// Watching: what has changed is marked, nothing is written again without news, and a look that fails is not the end.
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../test/testing/operator-rows.ts';
import { recordingTerminal } from '../../test/testing/served-identity.ts';
import type { InstanceRow } from '../operator/fields.ts';
import type { InstanceFacts } from '../operator/inventory.ts';
import { EXIT, Problem } from './problem.ts';
import { COLUMNS } from './view/instances.ts';
import { plain } from './view/paint.ts';
import { watchInstances } from './watch.ts';

const rowOf = (id: number, changes: Partial<InstanceFacts> = {}, now = 0): InstanceRow => ({
  facts: factsOf(id, changes),
  last: undefined,
  now: Date.parse('2026-11-24T08:00:00Z') + now,
});

const columns = COLUMNS.filter(({ title }) => ['ID', 'POWER', 'HEALTH', 'AGE'].includes(title));

/** Looks as scripted, then ends with a Problem that watching does not survive. */
async function watched(
  looks: readonly (readonly InstanceRow[] | Error)[],
  width?: number,
): Promise<{ out: string; err: string }> {
  const terminal = { ...recordingTerminal(), columns: () => width };
  const script = [...looks];
  const read = async (): Promise<readonly InstanceRow[]> => {
    const look = script.shift() ?? new Problem('the end', EXIT.noPlane);
    if (look instanceof Error) throw look;
    return await Promise.resolve(look);
  };
  await expect(watchInstances(read, { terminal, paint: plain, columns, interval: 5000 })).rejects.toThrow(
    'the end',
  );
  return terminal.text;
}

describe('into a pipe', () => {
  test('a table is written again when something has changed, and what has is marked', async () => {
    const { out } = await watched([
      [rowOf(1), rowOf(2)],
      [rowOf(1, {}, 60_000), rowOf(2, {}, 60_000)],
      [rowOf(1, { power: 'stopped' }), rowOf(3)],
    ]);
    expect(out).toBe(`2026-11-24T08:00:00Z  2 instances
ID  POWER    HEALTH  AGE
1   running  -        1h
2   running  -        1h

2026-11-24T08:00:10Z  2 instances  2 changed (*)  gone: 2
ID  POWER     HEALTH  AGE
1   *stopped  -        1h
*3  *running  *-       1h

`);
  });
});

describe('on a terminal', () => {
  test('every look is drawn in place', async () => {
    const { out } = await watched([[rowOf(1)], [rowOf(1)]], 80);
    expect(out.split('\u001B[H\u001B[2J')).toHaveLength(3);
    expect(out).not.toContain('*');
  });
});

test('a look that is throttled or fails is said, and the next one taken', async () => {
  const { out, err } = await watched([
    [rowOf(1)],
    new Problem('ARM throttles.', EXIT.throttled),
    new Problem('It cannot be reached.'),
    [rowOf(1, { health: 'unhealthy' })],
  ]);
  expect(err).toBe('muster: ARM throttles.\nmuster: It cannot be reached.\n');
  expect(out).toContain('*unhealthy');
});

test('a fault of Muster’s own is not watched away', async () => {
  await expect(watched([new TypeError('x is not y')])).rejects.toThrow(/x is not y/);
});
