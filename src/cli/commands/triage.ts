// `muster triage`: what of a scale set needs attention, most pressing first. It reads and judges; it acts on nothing.

import { readHeartbeats } from '../../operator/heartbeat.ts';
import { disturbedBy, triage, type TriageReport } from '../../operator/triage.ts';
import { readHeartbeatFile } from '../heartbeat-file.ts';
import { readOptions } from '../options.ts';
import { wantsJson } from '../output-format.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Fleet, ReadFleet } from '../read-set.ts';
import { scopeWords } from '../scope-words.ts';
import { SESSION_OPTIONS, SESSION_USAGE } from '../session-options.ts';
import { renderTriage } from '../triage-text.ts';
import type { Command } from './command.ts';

/** Milliseconds of the log: what made an instance, and what was tried on it, may be some days ago. */
const SPAN = 7 * 24 * 3_600_000;

const usage = `Usage: muster triage [options]

Says what of a scale set needs attention, most pressing first: why, with numbers; what the failing
instances have in common that the healthy ones do not; and the smallest action that would help.
It changes nothing.

${SESSION_USAGE}  --with FILE         join the application's own data, a CSV file with one row an instance
  --on COLUMN         the column of FILE that names the instance (default: the one that joins most)
  -o table|json       how it is written (default table)

urgent   requests are lost or capacity is missing now
soon     nothing is lost yet, but less is left than was asked for, or nobody can tell
later    drift, which costs something at the next change

A factor is called common when Fisher's exact test, corrected for everything that was compared, leaves
less than one chance in twenty that it is none, and only among three failing and three healthy instances
or more. Exits with 0 whatever it finds.
`;

export function triageCommand(readFleet: ReadFleet): Command {
  return {
    summary: 'show what needs attention, why, and the smallest action that would help',
    usage,
    async run(args, env, terminal) {
      const values = readOptions('triage', args, {
        ...SESSION_OPTIONS,
        with: { type: 'string' },
        on: { type: 'string' },
        output: { type: 'string', short: 'o', default: 'table' },
      });
      const { with: file, on, output, ...scope } = values;
      const asJson = wantsJson(output);
      if (on !== undefined && file === undefined) {
        throw new Problem('--on goes with --with.', EXIT.misused);
      }
      const table = file === undefined ? undefined : readHeartbeatFile(file);
      const judged = ({ inventory, events }: Fleet): TriageReport => {
        const heard = table && readHeartbeats(table, inventory, on);
        if (heard !== undefined && 'error' in heard)
          throw new Problem(`${file}: ${heard.error}`, EXIT.misused);
        return triage(inventory, events, heard);
      };
      const minded = (fleet: Fleet): readonly string[] => disturbedBy(judged(fleet));
      const fleet = await readFleet(scope, terminal.now() - SPAN, env, terminal, minded);
      const report = scoped(judged(fleet), scopeWords(scope));
      terminal.out(asJson ? `${JSON.stringify(report, null, 2)}\n` : renderTriage(report));
      return EXIT.done;
    },
  };
}

function scoped(report: TriageReport, words: string): TriageReport {
  const findings = report.findings.map((finding) => ({
    ...finding,
    actions: finding.actions.map((action) =>
      action.verb === 'none' ? action : { ...action, command: `${action.command}${words}` },
    ),
  }));
  return { ...report, findings };
}
