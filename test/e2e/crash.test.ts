// The plane dies and comes back, with real guests that go on meanwhile. What must hold whichever moment it is: what was
// acknowledged comes true, once; every operation ends; no guest is without a row and no row without its guest; an id is used
// once; and nothing happens to a guest that nobody named.
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle, parseGuestHandle } from '../../src/domain/guest.ts';
import { seededRandom } from '../../src/system/random.ts';
import { type Answer, Arm, operationUrl, powerOf, type ScaleSetBody, scaleSetBody, until } from './arm.ts';
import { askWeb, guestProcesses, killNow, type Life, lifeOf, type WebAnswer } from './guests.ts';
import { type Muster, startMuster } from './muster.ts';

const SETS = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets';
/** Its instances are named in the burst. */
const BURST = `${SETS}/burst`;
/** Its instances are named by nobody. */
const CALM = `${SETS}/calm`;
const CAPACITY = 8;
const WAVE = 3;

/** What is seen of one instance. */
interface Seen {
  readonly power: string | undefined;
  readonly hasProcesses: boolean;
  readonly vmId: string;
  /** Of a running one: how often it booted from this OS disk, and which of its marks are left. */
  readonly boots?: number;
  readonly marks?: string;
  readonly life?: Life | undefined;
}

type Verb = keyof typeof EFFECTS;

/** What each verb makes of an instance that was running with all its marks. */
const EFFECTS = {
  restart: ({ boots = 0 }: Seen) => ({ power: 'running', boots: boots + 1, marks: 'os data' }),
  redeploy: ({ boots = 0 }: Seen) => ({ power: 'running', boots: boots + 1, marks: 'os data' }),
  reimage: () => ({ power: 'running', boots: 1, marks: 'data' }),
  reimageall: () => ({ power: 'running', boots: 1, marks: '' }),
  poweroff: () => ({ power: 'stopped', hasProcesses: false }),
  deallocate: () => ({ power: 'deallocated', hasProcesses: false }),
  delete: () => undefined,
  // The command adds a mark; a second one would be a second run.
  run: ({ boots = 0, life }: Seen) => ({ power: 'running', boots, life, marks: 'os data ran' }),
} as const satisfies Record<string, (before: Seen) => Partial<Seen> | undefined>;

interface Request {
  readonly verb: Verb;
  readonly id: string;
}

interface Sent extends Request {
  /** `undefined` when the plane died before it answered. */
  readonly answer: Answer | undefined;
}

describe('a plane that dies', () => {
  let muster: Muster;
  let arm: Arm;
  const uids = new Map<string, string>();
  /** Every instance of the burst there ever was, by its id. */
  const everSeen = new Map<string, string>();
  let calmBefore: readonly { life: Life; answer: WebAnswer }[] = [];

  const uidOf = (set: string) => uids.get(set) ?? '';
  const create = async (set: string, image: 'base' | 'web', capacity: number) => {
    await arm.done('PUT', set, scaleSetBody(image, capacity));
    uids.set(set, (await arm.must<ScaleSetBody>('GET', set)).properties.uniqueId);
  };
  const look = async (): Promise<ReadonlyMap<string, Seen>> => {
    const processes = guestProcesses(muster.data);
    const instances = await arm.instances(BURST);
    const all = instances.map(async (instance): Promise<[string, Seen]> => {
      const { instanceId: id, properties } = instance;
      const handle = guestHandle(uidOf(BURST), Number(id));
      const power = powerOf(instance);
      const seen = { power, hasProcesses: processes.has(handle), vmId: properties.vmId };
      if (power !== 'running') return [id, seen];
      const script =
        'cat "$MUSTER_ROOT/var/lib/muster/boots" "$MUSTER_ROOT/root/mark" "$MUSTER_DATA/lun0/mark"';
      const ran = '"$MUSTER_ROOT/root/ran" 2>/dev/null | xargs echo';
      const [boots, ...marks] = (
        await arm.inside(`${BURST}/virtualMachines/${id}`, `${script} ${ran}`)
      ).split(' ');
      return [
        id,
        { ...seen, boots: Number(boots), marks: marks.join(' '), life: lifeOf(muster.data, handle) },
      ];
    });
    return new Map(await Promise.all(all));
  };
  const calm = async () =>
    Promise.all(
      [0, 1].map(async (id) => {
        const handle = guestHandle(uidOf(CALM), id);
        return { life: lifeOf(muster.data, handle), answer: await askWeb(muster.data, handle) };
      }),
    );
  const expectCalm = async () => {
    const now = await calm();
    expect(now.map(({ life }) => life)).toEqual(calmBefore.map(({ life }) => life));
    now.forEach(({ answer }, id) => {
      const before = calmBefore[id]?.answer;
      expect({ ...answer, upSeconds: 0 }).toEqual({ ...before, upSeconds: 0 });
      expect(answer.upSeconds).toBeGreaterThanOrEqual(before?.upSeconds ?? Infinity);
    });
  };
  const restart = async () => {
    await muster.again();
    arm = await Arm.connect(muster);
  };

  /** All instances of the burst running, as many as the capacity, each with a mark on either disk. */
  const makeReady = async () => {
    await arm.done('PUT', BURST, {
      location: 'westeurope',
      sku: { name: 'Standard_B1s', capacity: CAPACITY },
    });
    await arm.done('POST', `${BURST}/start`);
    const script =
      'rm -f "$MUSTER_ROOT/root/ran"; echo os >"$MUSTER_ROOT/root/mark"; echo data >"$MUSTER_DATA/lun0/mark"';
    const instances = await arm.instances(BURST);
    await Promise.all(
      instances.map(({ instanceId }) => arm.inside(`${BURST}/virtualMachines/${instanceId}`, script)),
    );
  };

  const send = (round: number, { verb, id }: Request): Promise<Answer> => {
    const instance = `${BURST}/virtualMachines/${id}`;
    if (verb === 'delete') return arm.send('DELETE', instance);
    if (verb !== 'run') return arm.send('POST', `${instance}/${verb}`);
    const source = { script: 'echo ran | tee -a "$MUSTER_ROOT/root/ran"' };
    return arm.send('PUT', `${instance}/runCommands/round-${round}`, {
      location: 'westeurope',
      properties: { source },
    });
  };

  /** Sends in small waves until the plane dies; `acknowledged` hears of each answer as it comes, and may kill it. */
  const burst = async (
    round: number,
    requests: readonly Request[],
    acknowledged: (count: number) => void,
  ) => {
    const sent: Sent[] = [];
    let count = 0;
    for (let at = 0; at < requests.length && sent.every(({ answer }) => answer !== undefined); at += WAVE) {
      const wave = requests.slice(at, at + WAVE).map(async (request): Promise<Sent> => {
        try {
          const answer = await send(round, request);
          acknowledged((count += 1));
          return { ...request, answer };
        } catch {
          return { ...request, answer: undefined };
        }
      });
      sent.push(...(await Promise.all(wave)));
    }
    return sent;
  };

  /** No guest without a row, no running row without its guest, and nothing on the disk of what is gone. */
  const expectEveryGuestOwned = async () => {
    const instances = await Promise.all(
      [BURST, CALM].map(async (set) =>
        (await arm.instances(set)).map((one) => ({
          handle: guestHandle(uidOf(set), Number(one.instanceId)),
          power: powerOf(one),
        })),
      ),
    );
    const rows = instances.flat();
    const running = rows.filter(({ power }) => power === 'running').map(({ handle }) => handle);
    expect(new Set(guestProcesses(muster.data).keys())).toEqual(new Set(running));
    const disks = readdirSync(join(muster.data, 'guests')).filter((name) => parseGuestHandle(name));
    expect(new Set(disks)).toEqual(new Set(rows.map(({ handle }) => handle)));
  };

  const expectIdsUsedOnce = (seen: ReadonlyMap<string, Seen>) => {
    const highest = Math.max(-1, ...[...everSeen.keys()].map(Number));
    for (const [id, { vmId }] of seen) {
      const known = everSeen.get(id);
      if (known === undefined) expect(Number(id)).toBeGreaterThan(highest);
      else expect(vmId).toBe(known);
      everSeen.set(id, vmId);
    }
  };

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
    await Promise.all([create(CALM, 'web', 2), create(BURST, 'base', CAPACITY)]);
    calmBefore = await calm();
    expectIdsUsedOnce(await look());
  });
  afterAll(() => muster?.close());

  test('is alone on its data directory while it lives', async () => {
    const second = await muster.run('up', '--data', muster.data, '--port', '0');
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(/^muster: Another plane is running on \S+\. Stop it with: muster down/);
    expect((await arm.instances(CALM)).map(powerOf)).toEqual(['running', 'running']);
    await expectCalm();
  });

  test('by Ctrl-C says that its guests go on, and the next one takes them over', async () => {
    const before = guestProcesses(muster.data);
    const { code, stderr } = await muster.interrupt();
    expect(code).toBe(0);
    expect(stderr).toMatch(/its guests go on running/);
    expect(guestProcesses(muster.data)).toEqual(before);
    await expectCalm();
    await restart();
    expect(guestProcesses(muster.data)).toEqual(before);
    expect((await arm.instances(CALM)).map(powerOf)).toEqual(['running', 'running']);
    // It is the master of what it took over, too.
    await arm.done('POST', `${BURST}/virtualMachines/0/restart`);
    expect((await look()).get('0')).toMatchObject({ power: 'running', boots: 2 });
    await expectCalm();
  });

  test('learns afterwards which guests died meanwhile', async () => {
    await muster.kill9();
    const { pid } = lifeOf(muster.data, guestHandle(uidOf(BURST), 1));
    process.kill(pid, 'SIGKILL');
    await restart();
    const stopped = async () =>
      (await arm.instances(BURST))
        .filter((one) => powerOf(one) === 'stopped')
        .map(({ instanceId }) => instanceId);
    await until(async () => (await stopped()).length > 0);
    expect(await stopped()).toEqual(['1']);
    await arm.done('POST', `${BURST}/start`, { instanceIds: ['1'] });
    await expectEveryGuestOwned();
    await expectCalm();
  });

  test('does not end the commands that run in its guests, and their output is not lost', async () => {
    const instance = `${BURST}/virtualMachines/2`;
    await arm.inside(instance, 'cd "$MUSTER_ROOT/root" && mkfifo begun gate');
    const script = ['cd "$MUSTER_ROOT/root"; echo before; echo >begun; cat gate; echo after'];
    const begun = await arm.send('POST', `${instance}/runCommand`, { commandId: 'RunShellScript', script });
    // Who reads from a pipe waits for its writer, and who writes for its reader.
    const home = join(muster.data, 'guests', guestHandle(uidOf(BURST), 2), 'os', 'root');
    await readFile(join(home, 'begun'));
    await muster.kill9();
    await writeFile(join(home, 'gate'), 'while nobody was looking\n');
    await restart();
    expect(await arm.ended(operationUrl(begun) ?? '')).toMatchObject({ status: 'Succeeded' });
    const { pathname, search } = new URL(begun.headers.get('location') ?? '');
    const message = 'Enable succeeded: \n[stdout]\nbefore\nwhile nobody was looking\nafter\n\n[stderr]\n';
    expect(await arm.must('GET', `${pathname}${search}`)).toMatchObject({ value: [{ message }] });
  });

  test.each([
    { round: 1, moment: 'when the first request was acknowledged', after: 1, recoveries: 1 },
    { round: 2, moment: 'when half of them were', after: 4, recoveries: 1 },
    { round: 3, moment: 'when all of them were', after: CAPACITY, recoveries: 1 },
    { round: 4, moment: 'when some operations had ended', after: Infinity, recoveries: 1 },
    { round: 5, moment: 'and twice more while it recovered', after: 6, recoveries: 3 },
  ])('in a burst of verbs, $moment, loses nothing', async ({ round, after, recoveries }) => {
    await makeReady();
    const before = await look();
    expectIdsUsedOnce(before);
    const requests = shuffled(round, [...before.keys()]);
    const { pid } = muster;
    const sent = await burst(round, requests, (count) => {
      if (count === after) killNow(pid);
    });
    if (after === Infinity) await arm.ended(operationUrl(sent[0]?.answer as Answer) ?? '');
    killNow(pid);
    await muster.ended();
    await expectCalm();
    for (let time = 1; time < recoveries; time += 1) {
      await muster.again();
      await muster.kill9();
    }
    await restart();

    const acknowledged = sent.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
    expect(acknowledged.length).toBeGreaterThanOrEqual(Math.min(after, requests.length));
    const urls = acknowledged.map(operationUrl);
    expect(urls).not.toContain(undefined);
    for (const operation of await Promise.all(urls.map((url) => arm.ended(url ?? ''))))
      expect(operation).toMatchObject({ status: 'Succeeded' });
    for (const operation of (await arm.quiet('rg')).values())
      expect(operation).toMatchObject({ status: 'Succeeded' });

    const now = await look();
    expectIdsUsedOnce(now);
    for (const [id, was] of before) {
      const request = sent.find((one) => one.id === id);
      const changed = request === undefined ? was : EFFECTS[request.verb](was);
      // One that was not answered has come true or has not happened.
      const allowed = request?.answer === undefined ? [was, changed] : [changed];
      expect({ id, verb: request?.verb, now: now.get(id) }).toSatisfy((seen: { now: Seen | undefined }) =>
        allowed.some((expected) => agrees(seen.now, expected)),
      );
    }
    const run = sent.find(({ verb, answer }) => verb === 'run' && answer !== undefined);
    if (run !== undefined) {
      const command = `${BURST}/virtualMachines/${run.id}/runCommands/round-${round}?$expand=instanceView`;
      const view = { executionState: 'Succeeded', exitCode: 0, output: 'ran\n' };
      expect(await arm.must('GET', command)).toMatchObject({ properties: { instanceView: view } });
    }
    const { sku } = await arm.must<ScaleSetBody>('GET', BURST);
    expect(now.size).toBe(sku.capacity);
    await expectEveryGuestOwned();
    await expectCalm();
  });

  test('on purpose takes all guests with it, and the next one starts them again', async () => {
    await makeReady();
    await arm.done('POST', `${BURST}/poweroff`, { instanceIds: [[...(await look()).keys()][0]] });
    const before = await look();
    const { pid } = muster;
    const { code, stdout } = await muster.down();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Powered off 9 running instances and stopped the plane/);
    expect(guestProcesses(muster.data).size).toBe(0);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    await restart();
    const runningIn = (powers: Iterable<readonly [string, string | undefined]>) =>
      [...powers].filter(([, power]) => power === 'running').map(([id]) => id);
    const wasRunning = runningIn([...before].map(([id, { power }]) => [id, power] as const));
    const running = async () =>
      runningIn((await arm.instances(BURST)).map((one) => [one.instanceId, powerOf(one)] as const));
    await until(async () => (await running()).length >= wasRunning.length);
    expect(await running()).toEqual(wasRunning);
  });
});

/** A verb for each instance: which one, and in which order, is another in every round. */
function shuffled(round: number, ids: readonly string[]): readonly Request[] {
  const random = seededRandom(`burst ${round}`);
  const verbs = Object.keys(EFFECTS) as Verb[];
  const turn = Math.floor(random() * verbs.length);
  return ids
    .map((id) => ({ id, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ id }, index) => ({ id, verb: verbs[(index + turn) % verbs.length] as Verb }));
}

/** `undefined` stands for one that is not there. */
function agrees(seen: Seen | undefined, expected: Partial<Seen> | undefined): boolean {
  if (seen === undefined || expected === undefined) return seen === expected;
  return Object.entries(expected).every(
    ([name, value]) => JSON.stringify(seen[name as keyof Seen]) === JSON.stringify(value),
  );
}
