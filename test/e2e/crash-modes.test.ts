// The plane dies and comes back while work is under way on everything that there is at once: a Uniform set, Flexible sets with a profile
// and without one, a machine without a set and one that joined a set by itself. What must hold whichever moment it is: what was
// acknowledged comes true, once; each guest booted as often as was asked; a move between sets is whole or has not happened, and its guest
// never notices; a set's capacity is the number of its members; every operation ends; no guest is without a row and no row without its guest.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseGuestHandle } from '../../src/domain/guest.ts';
import { seededRandom } from '../../src/system/random.ts';
import { type Answer, Arm, operationUrl, type ScaleSetBody, scaleSetBody } from './arm.ts';
import { guestProcesses, killNow, type Life, lifeOf } from './guests.ts';
import { type Muster, startMuster } from './muster.ts';

const COMPUTE = '/resourceGroups/rg/providers/Microsoft.Compute';
const MACHINES = `${COMPUTE}/virtualMachines`;
const setPath = (name: string): string => `${COMPUTE}/virtualMachineScaleSets/${name}`;
const SETS = ['uni', 'flex', 'bare'] as const;
const WAVE = 4;

/** What is seen of one instance or machine, all of which are to run. */
interface Seen {
  /** Name of its set; empty for a machine without one. */
  readonly set: string;
  readonly vmId: string;
  readonly handle: string;
  readonly boots: number;
  /** How often each command ran in it that is to run once. */
  readonly ran: string;
  readonly life: Life;
}

/** By path. */
type World = ReadonlyMap<string, Seen>;

interface Request {
  /** Whom it is about: a path, of one that is there or is to be made, or of a set. */
  readonly path: string;
  readonly send: () => Promise<Answer>;
  /** What it makes of that: `undefined` where nothing is left. */
  readonly becomes: (before: Seen | undefined) => Partial<Seen> | undefined;
}

interface Sent extends Request {
  /** `undefined` when the plane died before it answered. */
  readonly answer: Answer | undefined;
}

interface MachineBody {
  readonly name: string;
  readonly properties: { readonly vmId: string; readonly virtualMachineScaleSet?: { readonly id: string } };
}

let muster: Muster;
let arm: Arm;

beforeAll(async () => {
  muster = await startMuster();
  arm = await Arm.connect(muster);
  await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
  await Promise.all([
    arm.done('PUT', setPath('uni'), scaleSetBody('base', 3)),
    arm.done('PUT', setPath('flex'), flexibleBody(5)),
    arm.done('PUT', setPath('bare'), {
      location: 'westeurope',
      properties: { orchestrationMode: 'Flexible' },
    }),
    arm.done('PUT', `${MACHINES}/one`, machineBody()),
    arm.done('PUT', `${MACHINES}/two`, machineBody()),
  ]);
  await arm.done('PATCH', `${MACHINES}/two`, inSet('flex'));
});
afterAll(() => muster?.close());

test.each([
  { round: 1, moment: 'when the first request was acknowledged', after: 1, recoveries: 1 },
  { round: 2, moment: 'when half of them were', after: 5, recoveries: 1 },
  { round: 3, moment: 'when all of them were, and twice more while it recovers', after: 10, recoveries: 3 },
])('a plane of both modes that dies $moment loses nothing', async ({ round, after, recoveries }) => {
  const before = await look();
  const requests = await requestsFor(round, before);
  expect(requests).toHaveLength(10);
  const { pid } = muster;
  const sent = await burst(requests, (count) => {
    if (count === after) killNow(pid);
  });
  await muster.ended();
  for (let time = 1; time < recoveries; time += 1) {
    await muster.again();
    await muster.kill9();
  }
  await muster.again();
  arm = await Arm.connect(muster);

  const acknowledged = sent.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
  expect(acknowledged.length).toBeGreaterThanOrEqual(after);
  expect(acknowledged.filter(({ status }) => status >= 300)).toEqual([]);
  const urls = acknowledged.map(operationUrl).filter((url) => url !== undefined);
  expect(urls).not.toEqual([]);
  const ended = await Promise.all(urls.map((url) => arm.ended(url)));
  for (const operation of [...ended, ...(await arm.quiet('rg')).values()])
    expect(operation).toMatchObject({ status: 'Succeeded' });

  const now = await look();
  expectAsAsked(before, now, sent);
  await expectWholeSets(now, sent);
  expectEveryGuestOwned(now);
});

/** Fails where one of them does not run. */
async function look(): Promise<World> {
  const instances = (await arm.instances(setPath('uni'))).map(
    ({ instanceId, properties: { vmId } }) =>
      ({ path: `${setPath('uni')}/virtualMachines/${instanceId}`, set: 'uni', vmId }) as const,
  );
  const machines = (await arm.list<MachineBody>(MACHINES)).map(({ name, properties }) => {
    const id = properties.virtualMachineScaleSet?.id ?? '';
    return { path: `${MACHINES}/${name}`, set: id === '' ? '' : basename(id), vmId: properties.vmId };
  });
  const script =
    'echo "$MUSTER_GUEST"; cat "$MUSTER_ROOT/var/lib/muster/boots"; cat "$MUSTER_ROOT/root/ran" 2>/dev/null || true';
  const seen = [...instances, ...machines].map(async ({ path, ...one }): Promise<[string, Seen]> => {
    const [handle = '', boots, ...ran] = (await arm.inside(path, script)).split('\n');
    const life = lifeOf(muster.data, handle);
    return [path, { ...one, handle, boots: Number(boots), ran: ran.join(' '), life }];
  });
  return new Map(await Promise.all(seen));
}

/** One for each whom it is about, in another order in every round. */
async function requestsFor(round: number, before: World): Promise<readonly Request[]> {
  const membersOf = (set: string, own: RegExp): readonly string[] =>
    [...before].filter(([path, one]) => one.set === set && own.test(path)).map(([path]) => path);
  const [uniform = '', otherUniform = ''] = membersOf('uni', /./);
  const [restarted = '', commanded = '', deleted = ''] = membersOf('flex', /\/flex_\w+$/);
  const random = seededRandom(`modes ${round}`);
  const requests = [
    restart(uniform),
    run(round, otherUniform),
    restart(restarted),
    run(round, commanded),
    remove(deleted),
    await grow('uni'),
    // Later on, that nobody let it grow shows that it makes nothing in the place of who leaves.
    round === 1 ? await grow('flex') : make(`${MACHINES}/beside-${round}`, 'flex'),
    move(`${MACHINES}/one`, before, 'bare'),
    move(`${MACHINES}/two`, before, 'flex'),
    // In the third round the one of the second goes, if that came to be.
    round === 3 ? remove(`${MACHINES}/new-2`) : make(`${MACHINES}/new-${round}`, round === 1 ? '' : 'bare'),
  ];
  return requests
    .map((request) => ({ request, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ request }) => request);
}

function restart(path: string): Request {
  return {
    path,
    send: () => arm.send('POST', `${path}/restart`),
    becomes: (before) => ({ boots: (before?.boots ?? 0) + 1, ran: before?.ran ?? '' }),
  };
}

/** The command adds a mark; a second one would be a second run. */
function run(round: number, path: string): Request {
  const source = { script: `echo ${round} >>"$MUSTER_ROOT/root/ran"` };
  return {
    path,
    send: () =>
      arm.send('PUT', `${path}/runCommands/round-${round}`, {
        location: 'westeurope',
        properties: { source },
      }),
    becomes: (before) => before && { ...before, ran: `${before.ran} ${round}`.trim() },
  };
}

function remove(path: string): Request {
  return { path, send: () => arm.send('DELETE', path), becomes: () => undefined };
}

function make(path: string, set: string): Request {
  const body = machineBody(set === '' ? {} : inSet(set).properties);
  return { path, send: () => arm.send('PUT', path, body), becomes: () => ({ set, boots: 1, ran: '' }) };
}

/** Into the set, or out of it if it is there. The guest is the same, and has the same life. */
function move(path: string, before: World, set: string): Request {
  const to = before.get(path)?.set === set ? '' : set;
  return {
    path,
    send: () => arm.send('PATCH', path, inSet(to)),
    becomes: (was) => was && { ...was, set: to },
  };
}

/** By one more than there are. What becomes of that is seen by the set's members. */
async function grow(set: string): Promise<Request> {
  const path = setPath(set);
  const { sku } = await arm.must<ScaleSetBody>('GET', path);
  const body = { sku: { capacity: sku.capacity + 1 } };
  return { path, send: () => arm.send('PATCH', path, body), becomes: () => undefined };
}

/** Sends in small waves until the plane dies; `acknowledged` hears of each answer as it comes, and may kill it. */
async function burst(
  requests: readonly Request[],
  acknowledged: (count: number) => void,
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  let count = 0;
  for (let at = 0; at < requests.length && sent.every(({ answer }) => answer !== undefined); at += WAVE) {
    const wave = requests.slice(at, at + WAVE).map(async (request): Promise<Sent> => {
      try {
        const answer = await request.send();
        acknowledged((count += 1));
        return { ...request, answer };
      } catch {
        return { ...request, answer: undefined };
      }
    });
    sent.push(...(await Promise.all(wave)));
  }
  return sent;
}

/** Who was there or was to be made is as the request about it says, and as it was where there was none. */
function expectAsAsked(before: World, now: World, sent: readonly Sent[]): void {
  const paths = new Set([...before.keys(), ...sent.map(({ path }) => path)]);
  for (const path of paths) {
    if (SETS.some((set) => path === setPath(set))) continue;
    const was = before.get(path);
    const request = sent.find((one) => one.path === path);
    const changed = request === undefined ? was : request.becomes(was);
    // One that was not answered has come true or has not happened.
    const allowed = request !== undefined && request.answer === undefined ? [was, changed] : [changed];
    expect({ path, asked: request !== undefined, was, now: now.get(path) }).toSatisfy(
      ({ now: seen }: { now: Seen | undefined }) => allowed.some((expected) => agrees(seen, expected)),
    );
    if (was !== undefined && now.has(path))
      expect(now.get(path)).toMatchObject({ vmId: was.vmId, handle: was.handle });
  }
  // Who came without being named was made by its set, and booted once.
  for (const [path, one] of now) {
    if (paths.has(path)) continue;
    expect(one).toMatchObject({ boots: 1, ran: '' });
    expect(sent.map((request) => request.path)).toContain(setPath(one.set));
  }
}

/** Capacities are the numbers of members, and a set that was to grow has grown. */
async function expectWholeSets(now: World, sent: readonly Sent[]): Promise<void> {
  for (const set of SETS) {
    const path = setPath(set);
    const { sku, properties } = await arm.must<Partial<ScaleSetBody>>('GET', path);
    const members = [...now.values()].filter((one) => one.set === set).length;
    // A set without a profile shows no capacity: it is the number of those that its list has.
    expect(await arm.list<unknown>(`${path}/virtualMachines`)).toHaveLength(members);
    if (set !== 'bare') expect(sku?.capacity).toBe(members);
    expect(properties?.provisioningState).toBe('Succeeded');
  }
  const grown = sent.find(({ path }) => path === setPath('uni'))?.answer;
  if (grown !== undefined) {
    const { sku } = grown.body as ScaleSetBody;
    expect([...now.values()].filter(({ set }) => set === 'uni')).toHaveLength(sku.capacity);
  }
}

function expectEveryGuestOwned(now: World): void {
  const handles = [...now.values()].map(({ handle }) => handle);
  expect(new Set(handles).size).toBe(now.size);
  expect(new Set(guestProcesses(muster.data).keys())).toEqual(new Set(handles));
  const disks = readdirSync(join(muster.data, 'guests')).filter((name) => parseGuestHandle(name));
  expect(new Set(disks)).toEqual(new Set(handles));
}

/** `undefined` stands for one that is not there. */
function agrees(seen: Seen | undefined, expected: Partial<Seen> | undefined): boolean {
  if (seen === undefined || expected === undefined) return seen === expected;
  return Object.entries(expected).every(
    ([name, value]) => JSON.stringify(seen[name as keyof Seen]) === JSON.stringify(value),
  );
}

function flexibleBody(capacity: number) {
  const body = scaleSetBody('base', capacity);
  const { overprovision: _none, ...properties } = body.properties;
  return { ...body, properties: { ...properties, orchestrationMode: 'Flexible' } };
}

function machineBody(properties: object = {}) {
  const { storageProfile, networkProfile } = scaleSetBody('base', 1).properties.virtualMachineProfile;
  return {
    location: 'westeurope',
    properties: {
      hardwareProfile: { vmSize: 'Standard_B1s' },
      storageProfile,
      osProfile: { computerName: 'alone', adminUsername: 'azureuser', adminPassword: 'not-to-be-seen-1' },
      networkProfile: { networkApiVersion: '2020-11-01', ...networkProfile },
      ...properties,
    },
  };
}

/** Out of its set, for an empty name. */
function inSet(set: string) {
  const virtualMachineScaleSet = set === '' ? {} : { id: `${arm.subscription}${setPath(set)}` };
  return { properties: { virtualMachineScaleSet } };
}
