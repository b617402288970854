// The host's process table: which processes are still there. A process is its number and its start time together,
// because numbers are used again.
// On Linux everything is read from /proc. Elsewhere `ps` answers, which does not show environments, so there a process
// that leaves its guest's process group is lost sight of.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface ProcessRef {
  readonly pid: number;
  /** When it started, in whatever form this system has it. */
  readonly start: string;
}

export interface ProcessTable {
  /** Names this boot of the machine. No process outlives it. */
  readonly machine: string;
  /** `ended`: it is being taken apart and runs no code any more. `gone`: nothing is left but perhaps an unread exit code. */
  look(process: ProcessRef): 'running' | 'ended' | 'gone';
  parentOf(pid: number): number | undefined;
  /** The processes that were started with `NAME=value` in their environment, and all that descend from them. */
  marked(variable: string): ProcessRef[];
  /** Whether `marked` finds any. */
  readonly seesMarks: boolean;
}

export function openProcessTable(
  source: 'proc' | 'ps' = existsSync('/proc/self/stat') ? 'proc' : 'ps',
): ProcessTable {
  return source === 'proc' ? procTable() : psTable();
}

/** In the flags of /proc/PID/stat: the process is past its last instruction (include/linux/sched.h, PF_EXITING). */
const EXITING = 0x4;

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly flags: number;
  readonly start: string;
}

export function parseStat(text: string): Stat | undefined {
  // The name in brackets may hold anything, brackets and spaces included.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  const [state, parent, , , , , flags] = fields;
  const start = fields[19];
  if (state === undefined || start === undefined) return undefined;
  return { state, parent: Number(parent), flags: Number(flags), start };
}

function procTable(): ProcessTable {
  const machine = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const stat = (pid: number) => parseStat(readProc(pid, 'stat'));
  return {
    machine,
    seesMarks: true,
    look({ pid, start }) {
      const found = stat(pid);
      if (found === undefined || found.start !== start || found.state === 'Z' || found.state === 'X')
        return 'gone';
      return (found.flags & EXITING) === 0 ? 'running' : 'ended';
    },
    parentOf: (pid) => stat(pid)?.parent,
    marked(variable) {
      const parents = new Map<number, number>();
      const starts = new Map<number, string>();
      const found = new Set<number>();
      for (const name of readdirSync('/proc')) {
        const pid = Number(name);
        if (!Number.isInteger(pid)) continue;
        const entry = stat(pid);
        if (entry === undefined || entry.state === 'Z' || entry.state === 'X') continue;
        parents.set(pid, entry.parent);
        starts.set(pid, entry.start);
        if (`\0${readProc(pid, 'environ')}\0`.includes(`\0${variable}\0`)) found.add(pid);
      }
      return withDescendants(found, parents).map((pid) => ({ pid, start: starts.get(pid) ?? '' }));
    },
  };
}

/** Empty for a process that is gone or somebody else's. */
function readProc(pid: number, file: 'stat' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

export function withDescendants(found: ReadonlySet<number>, parents: ReadonlyMap<number, number>): number[] {
  const all = new Set(found);
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const [pid, parent] of parents) if (all.has(parent)) all.add(pid);
  }
  return [...all];
}

function psTable(): ProcessTable {
  const field = (pid: number, name: string) => ps('-o', `${name}=`, '-p', String(pid)).trim();
  return {
    machine: bootTime(),
    seesMarks: false,
    look({ pid, start }) {
      const state = field(pid, 'state');
      if (state === '' || state.startsWith('Z') || field(pid, 'lstart') !== start) return 'gone';
      return 'running';
    },
    parentOf(pid) {
      const parent = field(pid, 'ppid');
      return parent === '' ? undefined : Number(parent);
    },
    marked: () => [],
  };
}

function ps(...options: string[]): string {
  try {
    return execFileSync('ps', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function bootTime(): string {
  try {
    return execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
