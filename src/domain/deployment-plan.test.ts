// What a deployment does next, and the rules that hold whatever its steps and whatever becomes of them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deploymentRow, stepRow, THEN } from '../../test/testing/rows.ts';
import type { Deployment, DeploymentStep, StepState } from './deployment.ts';
import {
  CANCELED,
  canceled,
  FAILED,
  failed,
  isUnanswered,
  standing,
  stepsError,
  succeeded,
  withAnswers,
  withBegun,
  withOutcomes,
} from './deployment-plan.ts';

const LATER = THEN + 1000;
const ERROR = { code: 'Conflict', message: 'no' };

function chain(...given: readonly StepState[]): Deployment {
  const steps = given.map((state, index) =>
    stepRow({
      name: `s${index}`,
      state,
      dependsOn: index === 0 ? [] : [stepRow({ name: `s${index - 1}` }).id],
    }),
  );
  return deploymentRow({ steps });
}

function states({ steps }: Deployment): readonly StepState[] {
  return steps.map(({ state }) => state);
}

describe('what begins', () => {
  test('is what waits for nothing, all of it at once', () => {
    const row = deploymentRow({ steps: [stepRow({ name: 'a' }), stepRow({ name: 'b' })] });
    const begun = withBegun(row, LATER);
    expect(states(begun)).toEqual(['Running', 'Running']);
    expect(begun).toMatchObject({ state: 'Running', steps: [{ started: LATER }, { started: LATER }] });
  });

  test('is a step whose turn has come, when the one before it is done or was skipped', () => {
    expect(states(withBegun(chain('Succeeded', 'NotStarted', 'NotStarted'), LATER))).toEqual([
      'Succeeded',
      'Running',
      'NotStarted',
    ]);
    expect(states(withBegun(chain('Skipped', 'NotStarted'), LATER))).toEqual(['Skipped', 'Running']);
  });

  test('is nothing while the one before is under way', () => {
    const row = chain('Running', 'NotStarted');
    expect(withBegun(row, LATER)).toBe(row);
  });

  test('is nothing after a failure, although others could', () => {
    const row = deploymentRow({ steps: [stepRow({ name: 'a', state: 'Failed' }), stepRow({ name: 'b' })] });
    expect(withBegun(row, LATER)).toBe(row);
  });

  test('is nothing of a deployment that has ended', () => {
    const row = deploymentRow({ state: 'Canceled', steps: [stepRow()] });
    expect(withBegun(row, LATER)).toBe(row);
  });

  test('waits for the one that is made, where another of the same id was skipped', () => {
    const [before, after] = [stepRow({ name: 'a' }), stepRow({ name: 'b' })];
    const steps = [{ ...before, state: 'Skipped' as const }, before, { ...after, dependsOn: [before.id] }];
    expect(states(withBegun(deploymentRow({ steps }), LATER))).toEqual(['Skipped', 'Running', 'NotStarted']);
  });
});

describe('an answer', () => {
  const row = deploymentRow({ steps: [stepRow({ state: 'Running', started: THEN })] });
  const answered = (
    answer: Parameters<typeof withAnswers>[1] extends ReadonlyMap<string, infer A> ? A : never,
  ) => withAnswers(row, new Map([[stepRow().id, answer]]), LATER).steps[0];

  test('with an operation leaves the step waiting for it', () => {
    const step = answered({ status: 201, operation: 'op' });
    expect(step).toMatchObject({ state: 'Running', status: 201, operation: 'op' });
    expect(step?.ended).toBeUndefined();
  });

  test('without one ends it', () => {
    expect(answered({ status: 200 })).toMatchObject({ state: 'Succeeded', status: 200, ended: LATER });
  });

  test('that refuses fails it, with the reason', () => {
    expect(answered({ status: 409, error: ERROR })).toMatchObject({
      state: 'Failed',
      status: 409,
      error: ERROR,
    });
  });

  test('quotes no secret', () => {
    const error = { ...ERROR, message: "The location 'S3cret-word' is not there." };
    const answer = new Map([[stepRow().id, { status: 400, error }]]);
    const step = withAnswers({ ...row, secrets: ['S3cret-word'] }, answer, LATER).steps[0];
    expect(step?.error?.message).toBe("The location '******' is not there.");
  });

  test('to a step that nobody asked for, or that has an answer, changes nothing', () => {
    const answer = new Map([[stepRow().id, { status: 200 }]]);
    for (const step of [
      stepRow(),
      stepRow({ state: 'Running', operation: 'op' }),
      stepRow({ state: 'Canceled' }),
    ]) {
      const other = deploymentRow({ steps: [step] });
      expect(withAnswers(other, answer, LATER)).toBe(other);
    }
  });
});

describe('an operation that has ended', () => {
  const row = deploymentRow({ steps: [stepRow({ state: 'Running', operation: 'op', started: THEN })] });

  test('ends the step that waits for it, well or not', () => {
    expect(withOutcomes(row, new Map([['op', {}]]), LATER).steps[0]).toMatchObject({
      state: 'Succeeded',
      ended: LATER,
    });
    expect(withOutcomes(row, new Map([['op', { error: ERROR }]]), LATER).steps[0]).toMatchObject({
      state: 'Failed',
      error: ERROR,
    });
  });

  test('is nothing to any other step', () => {
    expect(withOutcomes(row, new Map([['other', {}]]), LATER)).toBe(row);
  });
});

describe('where a deployment stands', () => {
  test('it goes on while anything is under way, a failure or not', () => {
    expect(standing(chain('Running', 'NotStarted'))).toBe('go on');
    expect(
      standing(
        deploymentRow({ steps: [stepRow({ state: 'Failed' }), stepRow({ name: 'b', state: 'Running' })] }),
      ),
    ).toBe('go on');
  });

  test('it fails when nothing is under way any more', () => {
    expect(standing(chain('Failed', 'NotStarted'))).toBe('fail');
  });

  test('it concludes when all is done, but sweeps first in Complete mode, once', () => {
    const done = chain('Succeeded', 'Skipped');
    expect(standing(done)).toBe('conclude');
    expect(standing({ ...done, mode: 'Complete' })).toBe('sweep');
    expect(standing({ ...done, mode: 'Complete', swept: true })).toBe('conclude');
    expect(standing(chain())).toBe('conclude');
  });

  test('one that waits for itself is a broken invariant', () => {
    const own = stepRow();
    expect(() => standing(deploymentRow({ steps: [{ ...own, dependsOn: [own.id] }] }))).toThrow(
      'waits for itself',
    );
  });
});

describe('the end', () => {
  const row = deploymentRow({
    state: 'Running',
    parameters: { password: { value: 'S3cret-word' } },
    secrets: ['S3cret-word'],
    template: { outputs: {}, resources: [{ tags: { word: 'S3cret-word' } }] },
    hidden: true,
    steps: [
      stepRow({ name: 'a', state: 'Failed', error: ERROR }),
      stepRow({ name: 'b', state: 'Running', operation: 'op' }),
      stepRow({ name: 'c' }),
      stepRow({ name: 'd', state: 'Succeeded' }),
    ],
  });

  test.each([
    ['Succeeded', succeeded(row, undefined, LATER)],
    ['Failed', failed(row, { ...ERROR, message: "'S3cret-word' is wrong" }, LATER)],
    ['Canceled', canceled(row, LATER)],
  ])('leaves no secret in the row (%s)', (state, ended) => {
    expect(ended).toMatchObject({
      state,
      ended: LATER,
      parameters: {},
      template: { outputs: {}, resources: [] },
    });
    expect(JSON.stringify(ended)).not.toContain('S3cret');
  });

  test('keeps the template of one that nothing secret was put into', () => {
    const { hidden: _hidden, ...plain } = row;
    expect(succeeded(plain, { a: 1 }, LATER)).toMatchObject({ template: row.template, outputs: { a: 1 } });
  });

  test('by a failure names what failed', () => {
    expect(stepsError(row)).toEqual({ code: 'DeploymentFailed', message: FAILED, details: [ERROR] });
  });

  test('by a cancel stops waiting, and leaves what is done', () => {
    const ended = canceled(row, LATER);
    expect(states(ended)).toEqual(['Failed', 'Canceled', 'Canceled', 'Succeeded']);
    expect(ended.error).toEqual(CANCELED);
  });
});

/** Steps that depend on some of those before them, in any order. */
const graph = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.integer({ min: 0, max: 9 })), { maxLength: 12 })
  .map((list) => {
    const names = list.map((_, index) => stepRow({ name: `s${index}` }).id);
    return list.map(([picks, draw], index): DeploymentStep => ({
      ...stepRow({ name: `s${index}` }),
      state: draw === 0 ? 'Skipped' : 'NotStarted',
      dependsOn: index === 0 ? [] : [...new Set(picks.map((pick) => names[pick % index] as string))],
    }));
  })
  .chain((steps) => fc.shuffledSubarray(steps, { minLength: steps.length }));

/** One turn of the world: what is answered, what has ended, whether the plane dies before it has saved. */
const turn = fc.record({
  pick: fc.nat(),
  luck: fc.integer({ min: 0, max: 19 }),
  dies: fc.integer({ min: 0, max: 9 }),
});

describe('whatever the steps and whatever becomes of them', () => {
  test('none begins before those that it depends on, none twice, none after a failure, and it ends', () => {
    fc.assert(
      fc.property(graph, fc.array(turn, { minLength: 80, maxLength: 80 }), (steps, turns) => {
        let row = deploymentRow({ steps });
        const begun = new Set<string>();
        const look = (next: Deployment): void => {
          for (const [index, step] of next.steps.entries()) {
            const was = row.steps[index];
            if (was?.state !== 'NotStarted' || step.state !== 'Running') continue;
            expect(begun.has(step.id)).toBe(false);
            begun.add(step.id);
            expect(row.steps.some(({ state }) => state === 'Failed')).toBe(false);
            const before = row.steps.filter(({ id }) => step.dependsOn.includes(id));
            expect(before.every(({ state }) => state === 'Succeeded' || state === 'Skipped')).toBe(true);
          }
          row = next;
        };
        for (const { pick, luck, dies } of turns) {
          const next = oneTurn(row, pick, luck);
          // What was not saved is decided again.
          if (dies > 0) look(next);
        }
        // Enough luck and no deaths: it comes to its end.
        for (let count = 0; count < 4 * steps.length + 1; count += 1) look(oneTurn(row, 0, 5));
        expect(['conclude', 'fail']).toContain(standing(row));
        if (standing(row) === 'conclude') {
          expect(begun.size).toBe(steps.filter(({ state }) => state !== 'Skipped').length);
        }
      }),
    );
  });
});

/** What the executor does in one look, with a world that answers one thing at a time. */
function oneTurn(row: Deployment, pick: number, luck: number): Deployment {
  const begun = withBegun(row, LATER);
  if (begun !== row) return begun;
  const unanswered = row.steps.filter(isUnanswered);
  const waiting = row.steps.filter((step) => step.state === 'Running' && step.operation !== undefined);
  const error = luck === 0 ? { error: ERROR } : {};
  const asked = unanswered[pick % Math.max(1, unanswered.length)];
  if (asked !== undefined) {
    const operation = luck > 10 ? { operation: `operation of ${asked.id}` } : {};
    return withAnswers(row, new Map([[asked.id, { status: 200, ...operation, ...error }]]), LATER);
  }
  const waited = waiting[pick % Math.max(1, waiting.length)];
  if (waited?.operation === undefined) return row;
  return withOutcomes(row, new Map([[waited.operation, error]]), LATER);
}
