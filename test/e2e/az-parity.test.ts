// The page of parity with az is true: it has every command of the az that is installed, each with a test that runs that
// command, or with the words that it is not there.
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findAz, runCaptured } from '../../src/cli/az/executable.ts';
import { isAzInstalled } from './installed-az.ts';
import { ROOT } from './muster.ts';

interface Row {
  readonly command: string;
  readonly versions: Readonly<Record<string, boolean>>;
  readonly witness: string | undefined;
  readonly remark: string;
  /** How it does on a Flexible set. */
  readonly flexible: string;
}

const PAGE = readFileSync(join(ROOT, 'docs', 'az-parity.md'), 'utf8');

const [SETS = '', MACHINES = ''] = PAGE.split('\n## Machines\n');
const WITNESS = /`(test\/.+?)`/;

function rowsOf(part: string): readonly string[] {
  return part.split('\n').filter((line) => line.startsWith('| `'));
}

function readPage(): readonly Row[] {
  const rows = rowsOf(SETS);
  return rows.map((line) => {
    const [command = '', old, newer, witness = '', remark = '', flexible = ''] = cellsOf(line);
    return {
      command: command.replaceAll('`', ''),
      versions: { '2.45': old === 'yes', '2.74': newer === 'yes' },
      witness: /`(.+)`/.exec(witness)?.[1],
      remark,
      flexible,
    };
  });
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}

const ROWS = readPage();

describe('the page of parity with az', () => {
  test('has each command once, in order', () => {
    const commands = ROWS.map(({ command }) => command);
    expect(commands).toEqual([...new Set(commands)].toSorted());
    expect(commands.length).toBeGreaterThan(50);
  });

  test.for(ROWS.map((row) => [row.command, row] as const))('%s', ([command, { witness, remark }]) => {
    if (witness === undefined) {
      expect(remark).toMatch(/^Not there/);
      return;
    }
    expectRun(witness, command);
  });
});

describe('the same page, of Flexible sets and machines', () => {
  test.for(ROWS.map((row) => [row.command, row] as const))('%s', ([command, { flexible }]) => {
    expect(flexible).not.toBe('');
    const witness = WITNESS.exec(flexible)?.[1];
    if (witness !== undefined) expectRun(witness, command);
  });

  const machines = rowsOf(MACHINES).map(cellsOf);

  test('has each command of machines once, in order', () => {
    const commands = machines.map(([command = '']) => command.replaceAll('`', ''));
    expect(commands).toEqual([...new Set(commands)].toSorted());
    expect(commands.length).toBeGreaterThan(80);
  });

  test.for(machines)('%s', ([command = '', cell = '', remark = '']) => {
    const witness = WITNESS.exec(cell)?.[1];
    if (witness === undefined) expect(remark).toMatch(/^Not (there|run with az)/);
    else expectRun(witness, command.replaceAll('`', ''));
  });
});

describe.skipIf(!isAzInstalled())('the installed az', () => {
  test('has the commands that the page says it has, and no others', async () => {
    const { path } = findAz(process.env);
    const env = { ...process.env, AZURE_CONFIG_DIR: mkdtempSync(join(tmpdir(), 'muster-parity-')) };
    const az = async (...words: readonly string[]) => (await runCaptured(path, words, env)).stdout;
    const versions = JSON.parse(await az('version', '--output', 'json')) as { 'azure-cli': string };
    const version = versions['azure-cli'].split('.').slice(0, 2).join('.');
    const known = ROWS.filter((row) => row.versions[version]);
    if (!['2.45', '2.74'].includes(version)) return;
    if (version === '2.45') await az('cloud', 'set', '-n', 'AzureCloud', '--profile', '2020-09-01-hybrid');
    expect(await commandsOf(az, ['vmss'])).toEqual(known.map(({ command }) => command));
    if (version !== '2.74') return;
    const machines = rowsOf(MACHINES).map((line) => cellsOf(line)[0]?.replaceAll('`', ''));
    expect(await commandsOf(az, ['vm'])).toEqual(machines);
  });
});

function expectRun(witness: string, command: string): void {
  expect(existsSync(join(ROOT, witness))).toBe(true);
  expect(readFileSync(join(ROOT, witness), 'utf8')).toMatch(new RegExp(`${command}(?![-\\w])`));
}

/** As its help lists them, with those of its subgroups. */
async function commandsOf(
  az: (...words: readonly string[]) => Promise<string>,
  group: readonly string[],
): Promise<readonly string[]> {
  const help = await az(...group, '--help');
  // A group may have only groups below it.
  const [, groups = ''] = /\nSubgroups:\n([\s\S]*?)(?:\nCommands:\n|$)/.exec(help) ?? [];
  const [, commands = ''] = /\nCommands:\n([\s\S]*)/.exec(help) ?? [];
  const below = await Promise.all(namesIn(groups).map((name) => commandsOf(az, [...group, name])));
  return [...namesIn(commands).map((name) => [...group, name].join(' ')), ...below.flat()].toSorted();
}

/** Names stand four spaces in, with their summary after a colon. */
function namesIn(section: string): readonly string[] {
  return [...section.matchAll(/^ {4}([a-z][a-z-]*) +(?:\[.*?\] *)*:/gm)].map(([, name]) => name ?? '');
}
