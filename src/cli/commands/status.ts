// `muster status`: what the plane says of itself, for a person or, with --json, for a script.

import { connect } from '../client.ts';
import { dataDirectory } from '../data-directory.ts';
import { type Fields, isFields } from '../json-file.ts';
import { readOptions } from '../options.ts';
import { counted } from '../../operator/words.ts';
import { duration, table } from '../output.ts';
import { requirePlane } from '../plane-file.ts';
import { EXIT } from '../problem.ts';
import type { Command } from './command.ts';

export const status: Command = {
  summary: 'show whether a plane runs, where, and what is in it',
  usage: `Usage: muster status [--data DIR] [--json]

Exits with 0 when a plane runs and with 3 when none does.
`,
  async run(args, env, terminal) {
    const values = readOptions('status', args, {
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const data = dataDirectory(values.data, env);
    const client = await connect(data, requirePlane(data));
    const body = await client.get('/providers/Muster.Plane/status');
    terminal.out(values.json ? `${JSON.stringify(body, null, 2)}\n` : describe(body, terminal.now()));
    return EXIT.done;
  },
};

/** The table of a status body; what a newer or older plane leaves out is shown as unknown. */
function describe(body: unknown, now: number): string {
  const fields = fieldsOf(body);
  const guests = fieldsOf(fields.guests);
  const started = Date.parse(String(fields.started));
  const up = Number.isNaN(started) ? '' : `, up ${duration(now - started)}`;
  return table([
    ['Endpoint', word(fields.endpoint)],
    ['Process', `${word(fields.pid)}${up}`],
    ['Version', word(fields.version)],
    ['Guests', `${word(guests.driver)}, isolation: ${word(guests.isolation)}`],
    ['Resource groups', word(fields.resourceGroups)],
    ['Scale sets', word(fields.scaleSets)],
    ['Instances', instances(fieldsOf(fields.instances))],
    ['Data', word(fields.data)],
  ]);
}

/** `4: 3 running, 1 stopped`, in the order of the alphabet so that two runs read alike. */
function instances({ total, byPower }: Fields): string {
  const powers = Object.entries(fieldsOf(byPower)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (powers.length === 0) return word(total);
  return `${word(total)}: ${powers.map(([power, count]) => `${word(count)} ${power}`).join(', ')}`;
}

/** How many instances a status body counts as running. */
export function runningInstances(body: unknown): string {
  const count = fieldsOf(fieldsOf(fieldsOf(body).instances).byPower).running ?? 0;
  return counted(typeof count === 'number' ? count : 0, 'running instance');
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown';
}
