// Inspection: everything about one instance on a page, as text for a person.

import type { Event, InstanceFacts, SetFacts, Difference } from '../../operator/inventory.ts';
import type { Alone } from '../../operator/neighbours.ts';
import { type ModeNote, modeNotes } from '../../operator/mode-difference.ts';
import { actionName, isNote } from '../../operator/event-facts.ts';
import { extensionOutput } from '../../operator/extension-facts.ts';
import { duration, table } from '../output.ts';
import { type Column, grid, oneLine, printable } from './grid.ts';
import { protectionWords } from './instances.ts';
import type { Paint } from './paint.ts';

export interface Inspection {
  readonly set: SetFacts;
  readonly facts: InstanceFacts;
  readonly differences: readonly Difference[];
  readonly alone: readonly Alone[];
  /** How many healthy neighbours it was compared with. */
  readonly neighbours: number;
  /** About it, newest first. */
  readonly events: readonly Event[];
  readonly bootLog: BootLog;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What of the modes' differences matters for it. */
function notesText(notes: readonly ModeNote[]): string {
  return notes.map(({ about, note }) => `${about}: ${note}`).join('\n');
}

export type BootLog =
  | { readonly kind: 'text'; readonly lines: readonly string[]; readonly cut: boolean }
  | { readonly kind: 'none'; readonly why: string };

/** Streams of an extension are cut to their ends. */
const OUTPUT_LINES = 20;

export function inspectionPage(page: Inspection, paint: Paint): string {
  const { facts, set } = page;
  const notes = modeNotes(facts, set);
  const parts = [
    `${paint(facts.name === '' ? facts.id : facts.name, 'strong')}  of ${set.group}/${set.name}\n${table(aboutRows(page))}`,
    section('Model', modelText(page), paint),
    section('Extensions', extensionsText(facts, paint), paint),
    section('Where it stands alone', aloneText(page), paint),
    section('Timeline', timelineText(page, paint), paint),
    section('Boot log', bootLogText(page.bootLog), paint),
    ...(notes.length === 0
      ? []
      : [section(`As the set is ${set.mode} (all: muster modes)`, notesText(notes), paint)]),
  ];
  return parts.join('\n');
}

function section(title: string, text: string, paint: Paint): string {
  const body = text
    .trimEnd()
    .split('\n')
    .map((part) => `  ${part}`.trimEnd())
    .join('\n');
  return `${paint(title, 'strong')}\n${body}\n`;
}

function aboutRows({ facts, now }: Inspection): readonly (readonly [string, string])[] {
  const { created, failure } = facts;
  const since =
    created === undefined ? '' : `${created.slice(0, 19)}Z, ${duration(now - Date.parse(created))} ago`;
  const rows: readonly (readonly [string, string])[] = [
    ['Id', facts.id],
    ['Computer', facts.computerName],
    ['Power', facts.power],
    [
      'Provisioning',
      `${facts.provisioning}${failure === undefined ? '' : `: ${failure.code}: ${failure.message}`}`,
    ],
    ['Health', facts.health],
    ['Balancer', facts.balance],
    ['Place', placeWords(facts)],
    ['Size', facts.size],
    ['Image', facts.image],
    ['Protection', protectionWords(facts)],
    [
      'Tags',
      Object.entries(facts.tags)
        .map(([name, value]) => `${name}=${value}`)
        .join(', '),
    ],
    ['Created', since],
    ['Agent', agentWords(facts)],
    ['Resource', facts.resourceId],
  ];
  return rows.map(([name, value]) => [name, oneLine(value) === '' ? '-' : oneLine(value)] as const);
}

function placeWords({ zone, faultDomain, updateDomain }: InstanceFacts): string {
  const words = [
    zone === '' ? '' : `zone ${zone}`,
    faultDomain === '' ? '' : `fault domain ${faultDomain}`,
    updateDomain === '' ? '' : `update domain ${updateDomain}`,
  ];
  return words.filter((word) => word !== '').join(', ');
}

function agentWords({ view }: InstanceFacts): string {
  const agent = view['vmAgent'];
  if (typeof agent !== 'object' || agent === null || Array.isArray(agent)) return '';
  const { vmAgentVersion, statuses } = agent as { vmAgentVersion?: unknown; statuses?: unknown };
  const first: unknown = Array.isArray(statuses) ? statuses[0] : undefined;
  const said =
    typeof first === 'object' && first !== null ? (first as Readonly<Record<string, unknown>>) : {};
  const words = [vmAgentVersion, said['displayStatus'], said['message']];
  return words.filter((word) => typeof word === 'string').join(', ');
}

function modelText({ facts, differences, set: { mode } }: Inspection): string {
  if (facts.ownModel === true) {
    return 'It has a model of its own, not the set’s: it was attached, and no update of the set concerns it.';
  }
  const latest =
    mode === 'Uniform' ? 'It has the latest model.' : 'Nothing that it shows differs from the model.';
  const applied = facts.latestModel ? latest : 'It does not have the latest model.';
  if (differences.length === 0) {
    return facts.latestModel ? applied : `${applied} In what ARM shows of it, it differs in nothing.`;
  }
  const columns: readonly Column<Difference>[] = [
    { title: 'FIELD', cell: ({ path }) => ({ text: path }) },
    { title: 'INSTANCE', cell: ({ instance }) => ({ text: cut(instance) }) },
    { title: 'SET', cell: ({ set }) => ({ text: cut(set) }) },
  ];
  return `${applied}\n${grid(columns, differences)}`;
}

/** A script of ten lines is no cell. */
function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function extensionsText(facts: InstanceFacts, paint: Paint): string {
  if (facts.extensions.length === 0) return 'It has none.';
  return facts.extensions
    .map((extension) => {
      const { name, type, version, state, message } = extension;
      const mark = state === 'failed' ? 'bad' : state === 'ok' ? 'good' : 'warn';
      const head = `${name}  ${paint(state, mark)}  ${[type, version].filter((word) => word !== '').join(' ')}`;
      const { stdout, stderr } = extensionOutput(facts.view, name);
      return [
        head.trimEnd(),
        ...indented('', message),
        ...indented('stdout: ', stdout),
        ...indented('stderr: ', stderr),
      ].join('\n');
    })
    .join('\n');
}

function indented(label: string, text: string): readonly string[] {
  if (text.trim() === '') return [];
  const lines = printable(text).trimEnd().split('\n').slice(-OUTPUT_LINES);
  return lines.map((line, index) => `  ${index === 0 ? label : ' '.repeat(label.length)}${line}`);
}

function aloneText({ alone, neighbours }: Inspection): string {
  if (neighbours === 0) return 'There is no healthy neighbour to compare it with.';
  if (alone.length === 0)
    return `In nothing: each of its values is some of ${neighbours} healthy neighbours’ as well.`;
  const columns: readonly Column<Alone>[] = [
    { title: 'FIELD', cell: ({ field }) => ({ text: field }) },
    { title: 'THIS ONE', cell: ({ mine }) => ({ text: cut(mine) }) },
    {
      title: 'ITS HEALTHY NEIGHBOURS',
      cell: ({ theirs, have, of }) => ({
        text: `${cut(theirs) === '' ? '-' : cut(theirs)} (${have} of ${of})`,
      }),
    },
  ];
  return grid(columns, alone);
}

function timelineText({ events }: Inspection, paint: Paint): string {
  if (events.length === 0) return 'The activity log has nothing about it.';
  const columns: readonly Column<Event>[] = [
    { title: 'TIME', cell: ({ time }) => ({ text: `${time.slice(0, 19)}Z` }) },
    {
      title: 'WHAT',
      cell: (event) => ({ text: isNote(event) ? event.operation.replace(/^.*?\//, '') : actionName(event) }),
    },
    {
      title: 'STATUS',
      cell: ({ status }) => ({ text: status, mark: status === 'Failed' ? 'bad' : undefined }),
    },
    { title: 'BY', cell: ({ caller }) => ({ text: caller }) },
    { title: 'WHY', cell: ({ description }) => ({ text: description }) },
  ];
  return grid(columns, events.toReversed(), paint);
}

function bootLogText(log: BootLog): string {
  if (log.kind === 'none') return log.why;
  if (log.lines.length === 0) return 'It is empty.';
  return printable([...(log.cut ? ['…'] : []), ...log.lines].join('\n'));
}
