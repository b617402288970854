// Triage text: a report as a person reads it in a terminal. Findings are numbered, the most pressing first; below each stands what
// to do, as a command that can be copied where it is short enough to be.

import { correlationSentences } from '../operator/correlation-words.ts';
import type { Action, Finding } from '../operator/finding.ts';
import { KINDS } from '../operator/finding.ts';
import type { TriageReport } from '../operator/triage.ts';
import { counted } from '../operator/words.ts';

/** A command with more ids is shortened: it would fill the screen, and `-o json` has it whole. */
const MOST_IDS = 40;
/** Of the factors that failing ones have in common; `-o json` has all. */
const MOST_FACTORS = 3;

export function renderTriage(report: TriageReport): string {
  const { findings, common, notes } = report;
  const head = [
    `${report.group}/${report.name}: ${counted(report.instances, 'instance')}, capacity ${report.capacity}, ${report.serving} serving (${report.taken})`,
  ];
  const body = findings.length === 0 ? ['', 'Nothing needs attention.'] : findings.flatMap(findingLines);
  const all =
    common === undefined
      ? []
      : [
          '',
          'All urgent ones together',
          ...correlationSentences(common).slice(0, MOST_FACTORS).map(indented),
        ];
  const noted = notes.length === 0 ? [] : ['', ...notes.map((note) => `Note: ${note}`)];
  return `${[...head, ...body, ...all, ...noted].join('\n')}\n`;
}

function findingLines(finding: Finding, index: number): readonly string[] {
  const { title, why } = KINDS[finding.kind];
  const { correlation } = finding;
  const words = correlation === undefined ? [] : correlationSentences(correlation).slice(0, MOST_FACTORS);
  return [
    '',
    `${index + 1}. ${finding.severity}: ${title}`,
    indented(finding.sentence),
    indented(`${why[0]?.toUpperCase()}${why.slice(1)}.`),
    ...words.map(indented),
    ...finding.actions.map(actionLine),
  ];
}

function actionLine({ verb, ids, command, reason }: Action): string {
  if (verb === 'none')
    return indented(`-> nothing to run${ids.length === 0 ? '' : ` for ${shown(ids)}`}: ${reason}`);
  const text =
    ids.length <= MOST_IDS ? command : `${commandStart(command)} … (${ids.length} ids; -o json has them all)`;
  return indented(`-> ${text}\n      ${reason}`);
}

function shown(ids: readonly string[]): string {
  const first = ids.slice(0, 12).join(', ');
  return ids.length <= 12 ? first : `${first} and ${ids.length - 12} more`;
}

/** The verb and its first ids. */
function commandStart(command: string): string {
  return command.split(' ').slice(0, 14).join(' ');
}

function indented(text: string): string {
  return `   ${text}`;
}
