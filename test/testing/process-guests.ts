// Real process guests for tests: their own directory below the system's temporary one, the real clock, and nothing
// left behind. Waiting is done on what the driver says and never on time.
import { once } from 'node:events';
import { mkdtempSync, promises as fs, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Guests } from '../../src/app/ports/guests.ts';
import type {
  Execution,
  GuestAddress,
  GuestCommand,
  GuestHandle,
  GuestPower,
  GuestSpec,
  GuestState,
} from '../../src/domain/guest.ts';
import { openProcessGuests, type ProcessGuestsOptions } from '../../src/guest/process/guests.ts';
import { canUseNamespaces } from '../../src/guest/process/isolation.ts';
import { openProcessTable } from '../../src/guest/process/process-table.ts';
import type { GuestRecord, Isolation } from '../../src/guest/process/record.ts';
import { openClock } from '../../src/system/clock.ts';
import { randomIds } from '../../src/system/ids.ts';
import { type GuestsHarness, type ScriptBehaviour, untilWatched } from '../contract/guests-harness.ts';

/** Ends the application of a guest of the image `web` from inside and waits until it is gone. */
export const STOP_SERVING = `
for file in $(grep -ls "\${MUSTER_ROOT-}/opt/muster/[w]eb.mjs" /proc/[0-9]*/cmdline); do
  process=\${file#/proc/}
  process=\${process%/cmdline}
  kill -9 $process
  while kill -0 $process 2>/dev/null; do :; done
done`;

export interface ProcessHarness extends GuestsHarness {
  readonly directory: string;
  /** As the suite's, with something happening while no plane is there. */
  reopen(meanwhile?: () => Promise<void>): Promise<void>;
  /** Changes what is on disk of a guest; only while no plane is there. */
  rewrite(handle: GuestHandle, change: (record: GuestRecord) => GuestRecord): Promise<void>;
  /** The host's number of the guest's first process. */
  firstProcess(handle: GuestHandle): number;
  /** Makes a guest and waits until it is ready; `base` unless the spec says otherwise. */
  created(handle: GuestHandle, spec?: Partial<GuestSpec>): Promise<GuestState>;
  ready(handle: GuestHandle, generation?: number): Promise<GuestState>;
  power(handle: GuestHandle, power: GuestPower): Promise<GuestState>;
  /** Runs a script in the guest to its end. */
  run(handle: GuestHandle, script: string, options?: Partial<GuestCommand>): Promise<Execution>;
  /** The host's numbers of all processes that came from this guest, by their environment. */
  processes(handle: GuestHandle): number[];
}

/** The handle of a test's guest. Test files run side by side, and their processes must not be mistaken for each other's. */
export const G: GuestHandle = `guest-${process.pid}`;

export const BASE: GuestSpec = {
  name: 'web_0',
  computerName: 'web000000',
  image: 'base',
  size: 'Standard_B1s',
  dataDisks: [],
};

/** Where the kernel, or a container around us, forbids namespaces, there is only the other isolation to test. */
export async function isolations(): Promise<readonly Isolation[]> {
  const directory = mkdtempSync(join(tmpdir(), 'muster-isolation-'));
  try {
    const allowed = await canUseNamespaces(directory, process.execPath);
    return allowed ? ['namespaces', 'process groups'] : ['process groups'];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export async function openProcessHarness(
  options: Partial<ProcessGuestsOptions> = {},
): Promise<ProcessHarness> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'muster-guests-'));
  const clock = openClock();
  // Beside the guests, and there only when something was published.
  const images = `${directory}-images`;
  const open = () => openProcessGuests({ directory, images: [images], clock, ids: randomIds, ...options });
  let guests: Guests = await open();
  const firstProcess = (handle: GuestHandle) =>
    Number(readFileSync(join(directory, handle, 'life'), 'utf8').split(' ')[1]);
  const note = (handle: GuestHandle, lun: number) => join(directory, handle, 'data', `lun${lun}`, 'note');
  const until = (condition: () => Promise<boolean>) => untilWatched(() => guests, condition);

  const reach = async (handle: GuestHandle, wanted: (state: GuestState) => boolean) => {
    let found: GuestState | undefined;
    await until(async () => {
      found = await guests.get(handle);
      return found !== undefined && wanted(found);
    });
    return found as GuestState;
  };
  const ready = (handle: GuestHandle, generation = 0) =>
    reach(handle, (state) => state.ready && state.generation === generation);
  let commands = 0;
  const run = async (handle: GuestHandle, script: string, command: Partial<GuestCommand> = {}) => {
    commands += 1;
    const key = `run-${commands}`;
    await guests.exec(handle, key, { script, parameters: [], timeoutMs: 3_600_000, ...command });
    let ended: Execution | undefined;
    await until(async () => {
      ended = await guests.execution(handle, key);
      return ended?.state !== 'running';
    });
    return ended as Execution;
  };
  return {
    directory,
    firstProcess,
    ready,
    power: (handle, power) => reach(handle, (state) => state.power === power),
    processes: (handle) =>
      openProcessTable()
        .marked(`MUSTER_GUEST=${handle}`)
        .map(({ pid }) => pid),
    async created(handle, spec = {}) {
      await guests.create(handle, { ...BASE, ...spec });
      return ready(handle);
    },
    run,
    get guests() {
      return guests;
    },
    now: () => (options.clock ?? clock).now(),
    until,
    script: scriptOf,
    async reopen(meanwhile = async () => {}) {
      await guests.close();
      await meanwhile();
      guests = await open();
    },
    async rewrite(handle, change) {
      const file = join(directory, handle, 'guest.json');
      const record = JSON.parse(await fs.readFile(file, 'utf8')) as GuestRecord;
      await fs.writeFile(file, JSON.stringify(change(record)));
    },
    async crash(handle) {
      process.kill(firstProcess(handle), 'SIGKILL');
    },
    async serves(handle) {
      // Nobody tells: it is tried, and something is waited for in between.
      while (!(await isListening((await guests.get(handle))?.address))) await run(handle, ':');
    },
    async stopServing(handle) {
      await run(handle, STOP_SERVING);
    },
    dataDisks: {
      write: (handle, lun, text) => fs.writeFile(note(handle, lun), text),
      read: (handle, lun) => fs.readFile(note(handle, lun), 'utf8').catch(() => undefined),
    },
    images: {
      async publish(image, version, text) {
        const etc = join(images, `${image}@${version}`, 'etc');
        await fs.mkdir(etc, { recursive: true });
        await fs.writeFile(join(etc, 'note'), text);
      },
      read: (handle) => fs.readFile(join(directory, handle, 'os/etc/note'), 'utf8').catch(() => undefined),
    },
    async close() {
      for (const { handle } of await guests.list()) await guests.delete(handle);
      await until(async () => (await guests.list()).length === 0);
      await guests.close();
      await fs.rm(directory, { recursive: true });
      await fs.rm(images, { recursive: true, force: true });
    },
  };
}

async function isListening(address: GuestAddress | undefined): Promise<boolean> {
  if (address === undefined) return false;
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function scriptOf({ stdout = '', stderr = '', exitCode = 0, hangs = false }: ScriptBehaviour): string {
  const word = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return [
    `printf %s ${word(stdout)}`,
    `printf %s ${word(stderr)} >&2`,
    hangs ? 'sleep 2147483647' : `exit ${exitCode}`,
    '',
  ].join('\n');
}
