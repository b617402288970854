// Instances as commands show them: the columns of a table, and the records that programs read.

import type { InstanceRow } from '../../operator/fields.ts';
import type { InstanceFacts } from '../../operator/inventory.ts';
import type { Cell, Column } from './grid.ts';
import type { Mark } from './paint.ts';

export const COLUMNS: readonly Column<InstanceRow>[] = [
  { title: 'ID', cell: ({ facts }) => ({ text: facts.id }) },
  { title: 'NAME', cell: ({ facts }) => ({ text: facts.name }) },
  {
    title: 'POWER',
    cell: ({ facts: { power } }) => ({ text: power, mark: power === 'running' ? undefined : 'warn' }),
  },
  {
    title: 'PROVISIONING',
    cell: ({ facts }) => ({ text: facts.provisioning, mark: provisioningMark(facts) }),
  },
  { title: 'HEALTH', cell: ({ facts }) => ({ text: absent(facts.health), mark: healthMark(facts) }) },
  {
    title: 'BALANCER',
    cell: ({ facts: { balance } }) => ({
      text: absent(balance),
      mark: balance === 'out' ? 'bad' : undefined,
    }),
  },
  { title: 'MODEL', cell: ({ facts }) => modelCell(facts) },
  { title: 'ZONE', cell: ({ facts }) => ({ text: facts.zone }) },
  { title: 'FD', cell: ({ facts }) => ({ text: facts.faultDomain }) },
  { title: 'UD', cell: ({ facts }) => ({ text: facts.updateDomain }) },
  { title: 'EXTENSIONS', cell: ({ facts }) => extensionsCell(facts) },
  { title: 'PROTECTED', cell: ({ facts }) => ({ text: protectionWords(facts) }) },
  { title: 'AGE', cell: (row) => ({ text: ageOf(row) }), align: 'right' },
  { title: 'LAST ACTION', cell: lastCell },
];

export const WIDE: readonly Column<InstanceRow>[] = [
  ...COLUMNS,
  { title: 'COMPUTER', cell: ({ facts }) => ({ text: facts.computerName }) },
  { title: 'SIZE', cell: ({ facts }) => ({ text: facts.size }) },
  { title: 'IMAGE', cell: ({ facts }) => ({ text: facts.image }) },
];

/** What passes with time alone is no change of an instance. */
export const PASSING: ReadonlySet<string> = new Set(['AGE', 'LAST ACTION']);

/** What json, yaml and --query have of an instance. */
export function recordOf({ facts, last }: InstanceRow): Readonly<Record<string, unknown>> {
  const { body: _body, view: _view, addresses: _addresses, ...rest } = facts;
  return { ...rest, lastAction: last ?? null };
}

/** What tsv and csv have of an instance: one text a column. */
export function flatRecordOf({ facts, last }: InstanceRow): Readonly<Record<string, unknown>> {
  return {
    id: facts.id,
    name: facts.name,
    power: facts.power,
    provisioning: facts.provisioning,
    health: facts.health,
    balance: facts.balance,
    model: modelCell(facts).text,
    zone: facts.zone,
    faultDomain: facts.faultDomain,
    updateDomain: facts.updateDomain,
    extensions: extensionsCell(facts).text,
    protected: protectionWords(facts),
    created: facts.created ?? '',
    lastAction: last === undefined ? '' : `${last.verb} ${last.status}`,
    lastActionTime: last?.time ?? '',
    computerName: facts.computerName,
    size: facts.size,
    image: facts.image,
  };
}

function absent(word: string): string {
  return word === 'none' ? '' : word;
}

function provisioningMark({ provisioning }: InstanceFacts): Mark | undefined {
  if (provisioning === 'Succeeded') return undefined;
  return provisioning === 'Failed' ? 'bad' : 'warn';
}

function healthMark({ health }: InstanceFacts): Mark | undefined {
  const marks = {
    healthy: 'good',
    unhealthy: 'bad',
    initializing: 'warn',
    unknown: 'warn',
    none: undefined,
  } as const;
  return marks[health];
}

function modelCell({ latestModel, ownModel, behind }: InstanceFacts): Cell {
  if (ownModel === true) return { text: 'own' };
  if (latestModel) return { text: 'latest' };
  return { text: behind.length === 0 ? 'behind' : `${behind.length} behind`, mark: 'warn' };
}

/** `ok`, or the names of the failed ones; else how many are still running. */
function extensionsCell({ extensions }: InstanceFacts): Cell {
  if (extensions.length === 0) return { text: '' };
  const named = (state: string): string =>
    extensions
      .filter((extension) => extension.state === state)
      .map(({ name }) => name)
      .join(',');
  if (named('failed') !== '') return { text: `failed: ${named('failed')}`, mark: 'bad' };
  if (named('running') !== '') return { text: `running: ${named('running')}`, mark: 'warn' };
  return named('unknown') === '' ? { text: 'ok' } : { text: `unknown: ${named('unknown')}`, mark: 'warn' };
}

export function protectionWords({ protection }: InstanceFacts): string {
  if (protection.unseen === true) return 'unknown';
  const words = [protection.scaleIn ? 'scale-in' : '', protection.scaleSetActions ? 'actions' : ''];
  return words.filter((word) => word !== '').join(',');
}

function ageOf({ facts: { created }, now }: InstanceRow): string {
  return created === undefined ? '' : shortly(now - Date.parse(created));
}

function lastCell({ last, now }: InstanceRow): Cell {
  if (last === undefined) return { text: '' };
  const failed = last.status === 'Failed';
  const outcome = last.status === 'Succeeded' ? '' : ` ${last.status.toLowerCase()}`;
  const ago = shortly(now - Date.parse(last.time));
  return { text: `${last.verb}${outcome} ${ago}`, mark: failed ? 'bad' : undefined };
}

/** One unit: `45s`, `12m`, `5h`, `3d`. */
export function shortly(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
  ] as const;
  const [size, name] = units.find(([unit]) => seconds >= unit) ?? [1, 's'];
  return Number.isNaN(seconds) ? '' : `${Math.floor(seconds / size)}${name}`;
}
