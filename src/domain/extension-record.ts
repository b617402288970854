// Extension record: what became of an extension on the OS disk that an instance has now.
// What must hold: at most one of an instance is running; a run's number is used once, so it names the run to the guest
// for ever; a record is about the disk of `disk`, and goes with it.

import { type Extension, extensionPrint, named, withNamed } from './extension.ts';
import type { GuestState } from './guest.ts';
import type { Instance } from './instance.ts';
import type { Time } from './time.ts';

export interface ExtensionRecord {
  readonly name: string;
  /** `publisher.type`. */
  readonly handler: string;
  /** Of the handler, as it is shown. */
  readonly version: string;
  /** Of the extension as it was declared when it was begun. */
  readonly print: string;
  readonly run: number;
  readonly state: 'running' | 'succeeded' | 'failed';
  readonly since: Time;
  readonly endedAt?: Time;
  readonly message?: string;
  /** What it printed; absent when nothing ran in the guest. */
  readonly output?: { readonly stdout: string; readonly stderr: string };
}

export interface InstanceExtensions {
  /** Declared for this instance alone. */
  readonly own: readonly Extension[];
  readonly records: readonly ExtensionRecord[];
  /** The generation of the reimage that made the OS disk; 0 for its first one. */
  readonly disk: number;
  /** How many runs were begun. */
  readonly runs: number;
}

const NONE: InstanceExtensions = { own: [], records: [], disk: 0, runs: 0 };

export function extensionsState({ extensions }: Pick<Instance, 'extensions'>): InstanceExtensions {
  return extensions ?? NONE;
}

/** The key of the run in the guest. */
export function runKey({ run }: ExtensionRecord): string {
  return `extension-${run}`;
}

export function runningRecord(instance: Instance): ExtensionRecord | undefined {
  return instance.extensions?.records.find((record) => record.state === 'running');
}

/** The generation that made the OS disk which the guest has now. */
export function diskOf(instance: Instance, guest: GuestState | undefined): number {
  const { turn } = instance.wanted;
  const renewed = turn?.kind === 'reimage' || turn?.kind === 'reimageAll';
  return renewed && guest !== undefined && guest.generation >= turn.generation
    ? turn.generation
    : extensionsState(instance).disk;
}

/** Without what ran on a disk that is gone; the same object when there is nothing to forget. */
export function onThisDisk(instance: Instance, guest: GuestState | undefined): Instance {
  const { extensions } = instance;
  if (extensions === undefined) return instance;
  const disk = diskOf(instance, guest);
  const isThere = guest !== undefined || extensions.records.length === 0;
  return isThere && disk === extensions.disk
    ? instance
    : { ...instance, extensions: { ...extensions, records: [], disk } };
}

/** With this record in the place of the one of its name, or after the others. */
export function withRecord(instance: Instance, record: ExtensionRecord, disk: number): Instance {
  const state = extensionsState(instance);
  const records = withNamed(state.records, record);
  return { ...instance, extensions: { ...state, records, disk, runs: Math.max(state.runs, record.run) } };
}

/** Without the records that the rule does not keep; the same object when it keeps all. */
export function keepRecords(instance: Instance, keep: (record: ExtensionRecord) => boolean): Instance {
  const { extensions } = instance;
  if (extensions === undefined || extensions.records.every(keep)) return instance;
  return { ...instance, extensions: { ...extensions, records: extensions.records.filter(keep) } };
}

/** Its latest run, if that was of the extension as it is declared now. */
export function currentRecord(instance: Instance, extension: Extension): ExtensionRecord | undefined {
  const record = named(extensionsState(instance).records, extension.name);
  return record?.print === extensionPrint(extension) ? record : undefined;
}
