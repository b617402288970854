// Ctrl-C in the middle of an action: what a person is told, and what the record says afterwards.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { inventoryOf } from '../../../test/testing/inventories.ts';
import { temporaryDirectory } from '../../../test/testing/temporary.ts';
import { toyFleet, type ToyFleet } from '../../../test/testing/toy-fleet.ts';
import { type Shell, toyShell } from '../../../test/testing/toy-operations.ts';

let state = '';
let fleet: ToyFleet;
let shell: Shell;

beforeEach(() => {
  state = temporaryDirectory();
  fleet = toyFleet(inventoryOf(20));
  shell = toyShell(fleet, state);
});

const lastEntry = (): { readonly kind: string; readonly why?: string } => {
  const directory = join(state, 'muster', 'evidence');
  const [name = ''] = readdirSync(directory).filter((one) => one.endsWith('.jsonl'));
  return JSON.parse(readFileSync(join(directory, name), 'utf8').trim().split('\n').at(-1) ?? '') as {
    kind: string;
  };
};

/** While ARM has the request and has not answered. */
function whileAsked(deed: () => void): void {
  const { arm } = shell;
  shell.arm = {
    ...arm,
    send: async (request) => {
      const answer = await arm.send(request);
      if (request.method === 'POST') deed();
      return answer;
    },
  };
}

describe('Ctrl-C', () => {
  test('is answered at once: what it waits for, and what a second one does', async () => {
    whileAsked(() => shell.interrupt());
    const { code, err } = await shell.muster('restart', '1', '2', '--confirm', 'web');
    expect([code, fleet.accepted]).toEqual([130, ['restart 1']]);
    expect(err).toContain(
      'Heard. It stops when ARM has answered to: restart 1. Ctrl-C again ends it at once; the record is true either way.\n',
    );
    expect(lastEntry()).toMatchObject({ kind: 'interrupted', why: 'The operator has interrupted it.' });
  });

  test('says what ARM has accepted and goes on there without it', async () => {
    const { arm } = shell;
    shell.arm = {
      ...arm,
      finish: async () => {
        shell.interrupt();
        return new Promise(() => {});
      },
    };
    const { code, err } = await shell.muster('restart', '1', '--yes');
    expect(code).toBe(130);
    expect(err).toContain(
      'Heard. It stops when what it is reading now is there. What ARM has accepted goes on there: restart 1.',
    );
  });

  test('again ends it now, with a record that says so and that is gone on with', async () => {
    whileAsked(() => {
      shell.interrupt();
      shell.interrupt();
    });
    const { code, err } = await shell.muster('restart', '1', '2', '--confirm', 'web');
    expect([code, fleet.accepted]).toEqual([130, ['restart 1']]);
    expect(err).toMatch(
      /Ended\. The record is true up to here\. To go on: muster resume \S+-restart-web-\w{4}\n/,
    );
    expect(lastEntry()).toMatchObject({
      kind: 'interrupted',
      why: 'The operator has ended it at once, by a second Ctrl-C.',
    });
    shell.arm = fleet.arm;
    expect((await shell.muster('evidence', 'list')).out).toContain('not finished');
    expect((await shell.muster('resume')).code).toBe(0);
    expect(fleet.accepted).toEqual(['restart 1', 'restart 2']);
  });
});
