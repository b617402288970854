// The README's transcript "Watch a repair", typed as it stands there into a plane that was started as it says: every command
// prints what it is said to print, but for addresses, process numbers, times, and which guest answers how often.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm, until } from './arm.ts';
import { allUp, frontend, SET } from './balanced.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';
import { transcript, type Typed } from './transcript.ts';

/** Without what differs from one time to the next. */
function lasting(text: string): string {
  const lines = text
    .replaceAll(/http:\/\/[\d.:]+\//g, 'http://ADDRESS/')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g, 'TIME')
    .replaceAll(/^ *\d+ \?.*node /gm, 'PROCESS node ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const names = lines.map((line) =>
    /^(?:web_\d ?)+$/.test(line) ? [...new Set(line.split(' '))].toSorted().join(' ') : line,
  );
  return names.join('\n');
}

const [start, ...typed] = transcript('Watch a repair');
const started = /^npm start -- (.*)$/.exec(start?.command ?? '')?.[1]?.split(' ') ?? [];
/** Those change something, and are typed once; the others look until they see what is said. */
const isDeed = ({ command }: Typed): boolean => / restart | kill -9 /.test(command.replaceAll("'", ' '));

describe.skipIf(!isAzInstalled())('the README’s transcript of a repair', () => {
  let muster: Muster;
  let arm: Arm;

  /** With this fleet's address, and this guest's process, in place of the README's. */
  const type = async (command: string, pid: string): Promise<string> =>
    muster.shell(
      command
        .replaceAll(/http:\/\/[\d.:]+\//g, await frontend(arm))
        .replaceAll(/kill -9 \d+/g, `kill -9 ${pid}`),
    );

  beforeAll(async () => {
    muster = await startMuster('--sample', ...started);
    arm = await Arm.connect(muster);
    await until(async () => (await arm.send('GET', SET)).status === 200);
    await allUp(arm, '0', '1', '2');
  });
  afterAll(() => muster?.close());

  test('has a plane that says where the fleet answers', async () => {
    await until(async () => muster.stderr.includes('load balancer web-lb answers'));
    const said = `muster is ready: ${muster.endpoint}\n${muster.stderr}`;
    expect(started).toContain('--time-scale');
    expect(lasting(said).replace(/localhost:\d+/, 'localhost:7443')).toBe(lasting(start?.printed ?? ''));
  });

  test('goes as it stands there', async () => {
    expect(typed.filter(isDeed)).toHaveLength(2);
    let pid = '';
    let variables = '';
    for (const step of typed) {
      if (/^[A-Z]+=\S*$/.test(step.command)) {
        variables += `${step.command}\n`;
        continue;
      }
      const expected = lasting(step.printed);
      const look = async (): Promise<string> => {
        const printed = await type(`${variables}${step.command}`, pid);
        pid = /^ *(\d+) \?.*web\.mjs$/m.exec(printed)?.[1] ?? pid;
        return lasting(printed);
      };
      if (isDeed(step)) expect(await look()).toBe(expected);
      else await until(async () => (await look()) === expected);
    }
  });
});
