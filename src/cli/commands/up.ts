// The options of `muster up`, and its failures in sentences. The plane itself is composed in main.ts.

import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { dataDirectory } from '../data-directory.ts';
import { readOptions } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Environment } from '../terminal.ts';

export interface UpOptions {
  /** Absolute. */
  readonly data: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly guests: 'process' | 'simulated';
  /** Absolute: a further directory of images. */
  readonly images?: string;
  readonly sample: boolean;
  /** How many times as fast as real time virtual time runs. */
  readonly timeScale: number;
  readonly seed?: string;
  /** From 0 to 1. */
  readonly faults: number;
  /** The quota of cores of each region. */
  readonly cores?: number;
}

export const upUsage = `Usage: muster up [options]

  --data DIR          where the plane keeps its state (default $MUSTER_HOME or ~/.muster)
  --port N            the port it listens on; 0 takes any free one (default 7443)
  --host NAME         the name or address it listens on (default localhost: this machine only)
  --guests KIND       process: each instance is a real process tree (default)
                      simulated: no processes, for thousands of instances
  --images DIR        a directory of images: each version is a directory NAME@VERSION in it, as each
                      in "images" in the data directory is
  --sample            make the resource group "sample" with three guests, if it is not there
  --time-scale N      let the plane's time run N times as fast (default 1)
  --seed N            a number from which chance is drawn, to repeat a run: which instances are
                      surplus, and what simulated guests of the same names do
  --cores N           how many cores may be had in each region, of all sizes together; quotas.json in
                      the data directory says it by region and family (default 100000)
  --faults PERCENT    how often each thing that can go wrong with a simulated guest does (default 0)
`;

/** Throws a Problem with exit code 2 and one sentence when the options are wrong. */
export function parseUpOptions(args: readonly string[], env: Environment): UpOptions {
  const values = readOptions('up', args, {
    data: { type: 'string' },
    port: { type: 'string', default: '7443' },
    host: { type: 'string', default: 'localhost' },
    guests: { type: 'string', default: 'process' },
    images: { type: 'string' },
    sample: { type: 'boolean', default: false },
    'time-scale': { type: 'string', default: '1' },
    seed: { type: 'string' },
    faults: { type: 'string' },
    cores: { type: 'string' },
  });
  const guests = parseGuests(values.guests);
  const seed = values.seed === undefined ? {} : { seed: parseSeed(values.seed) };
  return {
    data: dataDirectory(values.data, env),
    host: parseHost(values.host),
    port: parsePort(values.port),
    guests,
    ...(values.images === undefined ? {} : { images: parseImages(values.images) }),
    sample: values.sample,
    timeScale: parseTimeScale(values['time-scale'], guests),
    faults: parseFaults(values.faults, guests),
    ...(values.cores === undefined ? {} : { cores: parseCores(values.cores) }),
    ...seed,
  };
}

function wrong(option: string, must: string, text: string): Problem {
  return new Problem(`${option} must be ${must}, not '${text}'.`, EXIT.misused);
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw wrong('--port', 'a number from 0 to 65535', text);
  return Number(text);
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

function parseHost(text: string): string {
  if (isIP(text) === 0 && !HOST_NAME.test(text)) throw wrong('--host', 'a host name or an IP address', text);
  return text;
}

function parseGuests(text: string): 'process' | 'simulated' {
  if (text !== 'process' && text !== 'simulated') throw wrong('--guests', 'process or simulated', text);
  return text;
}

function parseImages(text: string): string {
  if (text === '') throw new Problem('--images needs a directory.', EXIT.misused);
  return resolve(text);
}

/** Real guests boot in real time: faster than this, their verbs would run out of time before they are done. */
const FASTEST_PROCESSES = 100;

function parseTimeScale(text: string, guests: UpOptions['guests']): number {
  const scale = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (!(scale > 0 && Number.isFinite(scale))) throw wrong('--time-scale', 'a number above 0', text);
  if (guests === 'process' && scale > FASTEST_PROCESSES) {
    throw wrong('--time-scale', `at most ${FASTEST_PROCESSES} with --guests process`, text);
  }
  return scale;
}

function parseFaults(text: string | undefined, guests: UpOptions['guests']): number {
  if (text === undefined) return 0;
  if (guests === 'process') throw new Problem('--faults goes with --guests simulated.', EXIT.misused);
  if (!/^\d{1,3}(\.\d+)?$/.test(text) || Number(text) > 100)
    throw wrong('--faults', 'a number from 0 to 100', text);
  return Number(text) / 100;
}

function parseCores(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw wrong('--cores', 'a whole number from 0 on', text);
  return Number(text);
}

function parseSeed(text: string): string {
  if (!/^\d{1,15}$/.test(text)) throw wrong('--seed', 'a whole number of at most 15 digits', text);
  return String(Number(text));
}

/** The sentence for a listening error of Node's, or the error itself where it is none. */
export function explainListenError(error: unknown, { host, port }: UpOptions): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new Problem(
        `Port ${port} is taken by another program. Choose another with --port; --port 0 takes any free one.`,
      );
    case 'EACCES':
      return new Problem(`Port ${port} may not be used by this user. Choose one above 1023 with --port.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Problem(`This machine has no address ${host}. Choose another with --host.`);
    default:
      return error;
  }
}
