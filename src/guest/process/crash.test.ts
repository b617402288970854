// A plane that is killed at any point of a verb: whoever comes next replays the verb, and the guest is as if nothing had
// happened. The plane really is a process of its own, and really is killed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, promises as fs, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { isolations, openProcessHarness, type ProcessHarness } from '../../../test/testing/process-guests.ts';
import { story } from '../../../test/testing/process-story.ts';
import type { Isolation } from './record.ts';

const PLANE = new URL('../../../test/testing/process-plane.ts', import.meta.url).pathname;
/** The story has about this many effects; a point beyond its end is a story without a crash. */
const EFFECTS = 242;
/** Every point would take minutes; over the steps of the story this meets different parts of each. */
const STRIDE = 13;
const points = Array.from({ length: Math.floor(EFFECTS / STRIDE) }, (_, index) => (index + 1) * STRIDE);

describe.for((await isolations()).map((isolation) => ({ isolation })))('with $isolation', ({ isolation }) => {
  test.for(points)('killed before effect %i, its successor ends the story', async (point) => {
    const directory = mkdtempSync(join(tmpdir(), 'muster-crash-'));
    const handle = `crash-${process.pid}-${point}`;
    const begun = runPlane(directory, isolation, handle, point);
    const harness = await openProcessHarness({ directory, isolation });
    onTestFinished(() => harness.close());
    const rest = story.slice(story.findIndex((step) => step.name === begun));
    for (const step of begun === 'end' ? [] : rest) {
      await step.begin(harness.guests, handle);
      await harness.until(() => step.isOver(harness.guests, handle));
      await expectConsistent(harness, handle);
    }
    expect(harness.processes(handle)).toEqual([]);
    expect((await fs.readdir(directory)).filter((name) => !name.startsWith('.'))).toEqual(['progress']);
  });
});

/** Answers the step at which it was killed. */
function runPlane(directory: string, isolation: Isolation, handle: string, point: number): string {
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    [PLANE, directory, isolation, handle, String(point)],
    {
      encoding: 'utf8',
    },
  );
  expect({ ok: status === 0 || signal === 'SIGKILL', stderr }).toEqual({ ok: true, stderr: '' });
  return readFileSync(join(directory, 'progress'), 'utf8');
}

/** One boot at the most, and it is the one that the record names; no data disk that the spec does not know. */
async function expectConsistent(harness: ProcessHarness, handle: string): Promise<void> {
  const state = await harness.guests.get(handle);
  const boots = new Set(
    harness
      .processes(handle)
      .map((pid) => /\0?MUSTER_BOOT=([^\0]+)/.exec(environment(pid))?.[1])
      .filter((token) => token !== undefined),
  );
  expect(boots.size).toBe(state?.power === 'running' ? 1 : 0);
  const execution = await harness.guests.execution(handle, 'key');
  // Counts how often it ran before.
  if (execution?.state === 'exited') expect(execution.stdout).toBe('0\n');
}

function environment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
