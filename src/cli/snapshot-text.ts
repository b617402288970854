// Snapshot text: a difference of two snapshots as a person reads it. Instances that came or went for the same reason are one line.

import type { Explanation } from '../operator/explanation.ts';
import type { Change, Changed, Moved, Recreated, SnapshotDiff } from '../operator/snapshot-diff.ts';
import { counted } from '../operator/words.ts';
import { duration, table } from './output.ts';
import type { listSnapshots } from './snapshot-store.ts';

export function renderDiff(diff: SnapshotDiff): string {
  const span = duration(Date.parse(diff.to) - Date.parse(diff.from));
  const sections = [
    section('The set', diff.setChanges.map(changeText)),
    section('Went', moved(diff.went)),
    section('Came', moved(diff.came)),
    section('Recreated under the same id', diff.recreated.map(recreatedLine)),
    section('Came and went between', moved(diff.passed)),
    section('Changed', changedLines(diff.changed)),
  ].filter((text) => text !== '');
  const body = sections.length === 0 ? 'Nothing changed.\n' : sections.join('\n');
  const same = `${counted(diff.unchanged, 'instance')} unchanged.`;
  return `${diff.group}/${diff.name}\n${diff.from} to ${diff.to} (${span})\n\n${body}\n${same}\n`;
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** Grouped by the explanation, in the order in which they first come. */
function moved(some: readonly Moved[]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { id, why } of some) {
    const text = explanationText(why);
    groups.set(text, [...(groups.get(text) ?? []), id]);
  }
  return [...groups].map(([text, ids]) => `${ids.join(', ')}: ${text}`);
}

function explanationText({ sentence, time, caller, correlationId }: Explanation): string {
  const said = caller === undefined || sentence.includes(caller) ? [] : [`by ${caller}`];
  const facts = [
    ...(time === undefined ? [] : [time]),
    ...said,
    ...(correlationId === undefined ? [] : [`correlation id ${correlationId}`]),
  ];
  return facts.length === 0 ? sentence : `${sentence} (${facts.join(', ')})`;
}

function recreatedLine({ id, went, came }: Recreated): string {
  return `${id}: went: ${explanationText(went)}; came: ${explanationText(came)}`;
}

/** Those that changed alike, by the same verb, are one line. */
function changedLines(some: readonly Changed[]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { id, changes, last } of some) {
    const by =
      last === undefined ? '' : ` (after ${last.verb} by ${last.caller || 'somebody'}, ${last.time})`;
    const text = `${changes.map(changeText).join('; ')}${by}`;
    groups.set(text, [...(groups.get(text) ?? []), id]);
  }
  return [...groups].map(([text, ids]) => `${ids.join(', ')}: ${text}`);
}

function changeText({ field, before, after }: Change): string {
  return `${field} ${before || 'none'} -> ${after || 'none'}`;
}

export function renderList(stored: ReturnType<typeof listSnapshots>): string {
  if (stored.length === 0) return 'There are no snapshots. muster snapshot save makes one.\n';
  return table(
    stored.map((one) => [
      one.name,
      'snapshot' in one
        ? `${one.snapshot.taken}  ${counted(one.snapshot.instances.length, 'instance')}  ${one.snapshot.set.group}/${one.snapshot.set.name}`
        : `cannot be read: it ${one.problem}`,
    ]),
  );
}
