// The simulated driver under the guest contract, on a clock that moves only as far as a test waits.

import { SimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { SimulatedHost } from '../../src/guest/simulated/host.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { describeGuests } from './guests.ts';
import type { GuestsHarness, ScriptBehaviour } from './guests-harness.ts';

describeGuests('simulated', async () => open('plain'));
describeGuests('simulated, with another seed', async () => open('another'));

/** The text in the words of the simulated guests' little language. */
function echoes(text: string | undefined, to: '' | ' >&2'): string[] {
  const lines = (text ?? '').split('\n');
  const rest = lines.pop();
  return [...lines.map((line) => `echo ${line}${to}`), ...(rest === '' ? [] : [`echo -n ${rest}${to}`])];
}

function script({ stdout, stderr, exitCode = 0, hangs = false }: ScriptBehaviour): string {
  return [...echoes(stdout, ''), ...echoes(stderr, ' >&2'), hangs ? 'hang' : `exit ${exitCode}`].join('\n');
}

function open(seed: string): GuestsHarness {
  const clock = manualClock();
  const host = new SimulatedHost({ clock, seed });
  let guests = new SimulatedGuests(host);
  let commands = 0;

  /** Moves the clock on until the driver calls. */
  const moveOn = async (): Promise<void> => {
    const heard = new Set<string>();
    const stop = guests.watch((handle) => heard.add(handle));
    try {
      while (heard.size === 0) {
        if (!clock.runNext()) throw new Error('nothing is left to happen');
        // The driver calls its listeners when the turn of the timer is over.
        await Promise.resolve();
      }
    } finally {
      stop();
    }
  };

  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition())) await moveOn();
  };

  /** Runs a script in the guest and answers what it printed; undefined when it failed. */
  const run = async (handle: string, text: string): Promise<string | undefined> => {
    const key = `harness ${(commands += 1)}`;
    await guests.exec(handle, key, { script: text, parameters: [], timeoutMs: 60_000 });
    await until(async () => (await guests.execution(handle, key))?.state !== 'running');
    const execution = await guests.execution(handle, key);
    return execution?.exitCode === 0 ? execution.stdout : undefined;
  };

  return {
    get guests() {
      return guests;
    },
    now: () => clock.now(),
    until,
    script,
    async reopen() {
      await guests.close();
      guests = new SimulatedGuests(host);
    },
    async crash(handle) {
      const key = `harness ${(commands += 1)}`;
      await guests.exec(handle, key, { script: 'crash', parameters: [], timeoutMs: 60_000 });
    },
    async serves() {
      // From the moment when it is up.
    },
    async stopServing(handle) {
      await run(handle, 'ill');
    },
    dataDisks: {
      async write(handle, lun, note) {
        await run(handle, `write /mnt/data/lun${lun}/note ${note}`);
      },
      read: (handle, lun) => run(handle, `cat /mnt/data/lun${lun}/note`),
    },
    async close() {
      const states = await guests.list();
      await Promise.all(states.map(({ handle }) => guests.delete(handle)));
      await until(async () => (await guests.list()).length === 0);
      await guests.close();
      if (clock.pending() > 0) throw new Error('a closed driver keeps a timer');
    },
  };
}
