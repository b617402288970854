// `muster up`: opens a plane, says when it serves, and stops it when it is told to. Here because it needs everything; the
// other commands speak ARM and load none of this.

import type { UpOptions } from './cli/commands/up.ts';
import { removePlaneFile, writePlaneFile } from './cli/plane-file.ts';
import { EXIT, Problem } from './cli/problem.ts';
import type { Terminal } from './cli/terminal.ts';
import { ownVersion } from './cli/version.ts';
import { DamagedCredentials } from './identity/credentials.ts';
import { openPlane, type RunningPlane } from './plane.ts';
import { UnfitDirectory } from './plane-directory.ts';
import { makeSample, SAMPLE, sampleAddresses, sampleFrontend } from './sample.ts';
import { StoreInUse } from './store/database.ts';
import { NetworkFileSystem } from './store/file-system.ts';
import { BadHandlers } from './system/extension-handlers.ts';
import { BadQuotas } from './system/quota-file.ts';

/** Serves until the plane has stopped; answers the exit code. */
export async function up(options: UpOptions, terminal: Terminal): Promise<number> {
  const running = await open(options);
  const interrupt = (): void => {
    terminal.err('\nmuster: stopping the plane\n');
    void running.stop({ poweredOff: false });
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  announce(options, running, terminal);
  try {
    if (options.sample) {
      // Not awaited: the plane may be stopped before the guests are up.
      addSample(running, terminal).catch((error: unknown) => {
        terminal.err(`muster: no sample: ${String(error)}\n`);
      });
    }
    const { poweredOff } = await running.stopped;
    terminal.err(
      `muster: the plane has stopped${poweredOff ? ', its guests are powered off' : goesOn(options)}\n`,
    );
    return EXIT.done;
  } finally {
    removePlaneFile(options.data, process.pid);
  }
}

function announce(options: UpOptions, { endpoint }: RunningPlane, terminal: Terminal): void {
  const started = new Date(terminal.now()).toISOString();
  writePlaneFile(options.data, { pid: process.pid, port: Number(new URL(endpoint).port), endpoint, started });
  terminal.out(`muster is ready: ${endpoint}\n`);
}

async function addSample({ plane, balancer }: RunningPlane, terminal: Terminal): Promise<void> {
  await makeSample(plane);
  terminal.err(
    `sample: scale set ${SAMPLE.set} in resource group ${SAMPLE.group}. In another terminal, try:\n` +
      `  npx muster az -- vmss list-instances -g ${SAMPLE.group} -n ${SAMPLE.set} -o table\n`,
  );
  for (const { name, url } of await sampleAddresses(plane)) terminal.err(`  ${name} answers at ${url}\n`);
  const frontend = await sampleFrontend(plane, balancer);
  if (frontend !== undefined) terminal.err(`  load balancer ${SAMPLE.balancer} answers at ${frontend}\n`);
}

function goesOn({ guests }: UpOptions): string {
  return guests === 'process' ? '; its guests go on running, and the next muster up takes them over' : '';
}

async function open(options: UpOptions): Promise<RunningPlane> {
  try {
    return await openPlane({ ...options, version: ownVersion() });
  } catch (error) {
    if (error instanceof StoreInUse) {
      throw new Problem(
        `Another plane is running on ${options.data}. Stop it with: muster down, or name another directory with --data.`,
      );
    }
    const isProblem =
      error instanceof NetworkFileSystem ||
      error instanceof DamagedCredentials ||
      error instanceof UnfitDirectory ||
      error instanceof BadHandlers ||
      error instanceof BadQuotas;
    throw isProblem ? new Problem(error.message) : error;
  }
}
