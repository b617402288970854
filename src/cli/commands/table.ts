// The table of commands: one line each, in the order of the overview. `up` and `image` are not in it: they need more than
// ARM, so the composition root brings what they do.

import type { ActVerb } from './act.ts';
import type { Operations } from '../operating.ts';
import type { ReadFleet } from '../read-set.ts';
import type { Entry } from './command.ts';

export const COMMANDS: Readonly<Record<string, Entry>> = {
  status: { group: 'plane', load: async () => (await import('./status.ts')).status },
  down: { group: 'plane', load: async () => (await import('./down.ts')).down },
  env: { group: 'plane', load: async () => (await import('./env.ts')).env },
  az: { group: 'plane', load: async () => (await import('./az.ts')).az },
  use: { group: 'seeing', load: async () => (await import('./use.ts')).use },
  context: { group: 'seeing', load: async () => (await import('./context.ts')).context },
  sets: { group: 'seeing', load: async () => (await import('./sets.ts')).sets },
  list: { group: 'seeing', load: async () => (await import('./list.ts')).list },
  inspect: { group: 'seeing', load: async () => (await import('./inspect.ts')).inspect },
  modes: { group: 'seeing', load: async () => (await import('./modes.ts')).modes },
  triage: { group: 'seeing', load: async () => (await import('./triage.ts')).triageCommand(await reader()) },
  snapshot: {
    group: 'seeing',
    load: async () => (await import('./snapshot.ts')).snapshotCommand(await reader()),
  },
  repair: { group: 'acting', load: async () => (await import('./repair.ts')).repairCommand(world) },
  run: { group: 'acting', load: async () => (await import('./run.ts')).runCommand(world) },
  restart: verb('restart'),
  reimage: verb('reimage'),
  redeploy: verb('redeploy'),
  update: verb('update'),
  start: verb('start'),
  stop: verb('stop'),
  deallocate: verb('deallocate'),
  delete: verb('delete'),
  protect: verb('protect'),
  unprotect: verb('unprotect'),
  resume: { group: 'acting', load: async () => (await import('./resume.ts')).resumeCommand(world) },
  evidence: { group: 'proving', load: async () => (await import('./evidence.ts')).evidence },
};

function verb(name: ActVerb): Entry {
  return { group: 'acting', load: async () => (await import('./act.ts')).actCommand(name, world) };
}

async function world(): Promise<Operations> {
  return (await import('../operations.ts')).operations;
}

async function reader(): Promise<ReadFleet> {
  return (await import('../read-set.ts')).readFleet;
}
