// Replay: carries out the steps of a wire case on a fresh plane and answers what came back, with every guid replaced by
// one that tells only in which order it first appeared, so that an expectation does not hang on how many ids were drawn. For
// the same reason the machines of a set are called by their order in it, in what is asked too: web_00000000, web_00000001.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../src/arm/json.ts';
import { numberOf } from '../../src/domain/machine-name.ts';
import { type Answered, ask } from './ask.ts';
import { ENDPOINT, openWorld, type WireWorld } from './world.ts';

export interface WireCase {
  /** Names of files in given/, whose steps are carried out first and not shown. */
  readonly given?: readonly string[];
  readonly steps: readonly Step[];
}

export type Step =
  | {
      /** `GET /subscriptions/{subscription}/…?api-version=…` */
      readonly request: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Json;
      /** A body that is not JSON. */
      readonly text?: string;
      /** No Authorization header of its own. */
      readonly anonymous?: true;
    }
  /** GETs the URL that the latest answer had in this header or member of its body. */
  | { readonly follow: string; readonly anonymous?: true }
  | { readonly advance: number }
  | { readonly settle: true };

export interface Shown {
  readonly request: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** Headers that say something about the answer; the others are the same on every one and have a test of their own. */
const SHOWN_HEADERS = [
  'allow',
  'azure-asyncnotification',
  'azure-asyncoperation',
  'etag',
  'location',
  'retry-after',
  'retry-after-ms',
  'www-authenticate',
  'x-ms-failure-cause',
  'x-ms-request-charge',
  'x-ms-retry-after-ms',
];

export async function replay({ given = [], steps }: WireCase): Promise<readonly Shown[]> {
  const world = await openWorld();
  try {
    const names = new Names(world);
    const player: Player = { world, names, links: new Map() };
    for (const name of given) for (const step of readGiven(name)) await play(player, step);
    const shown: Shown[] = [];
    for (const step of steps) {
      const answer = await play(player, step);
      if (answer !== undefined) shown.push(answer);
    }
    if (world.errors.length > 0) throw new Error(`errors were logged: ${JSON.stringify(world.errors)}`);
    return shown;
  } finally {
    await world.close();
  }
}

interface Player {
  readonly world: WireWorld;
  readonly names: Names;
  /** Every URL that an answer had, by where it stood; the latest counts. */
  readonly links: Map<string, string>;
}

function readGiven(name: string): readonly Step[] {
  const file = fileURLToPath(new URL(`given/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(file, 'utf8')) as Step[];
}

async function play(player: Player, step: Step): Promise<Shown | undefined> {
  if ('settle' in step || 'advance' in step) {
    await ('settle' in step ? player.world.settle() : player.world.advance(step.advance));
    return undefined;
  }
  await player.names.learn(player.world);
  const line = 'follow' in step ? linkLine(player, step.follow) : player.names.filled(step.request);
  const answered = await ask(player.world, line, {
    body: Buffer.from(bodyOf(step, player.names)),
    ...('headers' in step ? { headers: step.headers } : {}),
    anonymous: 'anonymous' in step,
  });
  noteLinks(player, answered);
  await player.names.learn(player.world);
  return shownOf(player.names, line, answered);
}

function linkLine({ links }: Player, place: string): string {
  const url = links.get(place);
  if (url === undefined) throw new Error(`no answer had a ${place}`);
  return `GET ${url}`;
}

function bodyOf(step: Step, names: Names): string {
  if ('text' in step && step.text !== undefined) return names.filled(step.text);
  return 'body' in step && step.body !== undefined ? names.filled(JSON.stringify(step.body)) : '';
}

function noteLinks({ links }: Player, { headers, json }: Answered): void {
  for (const [place, url] of Object.entries({ ...headers, ...(json as object) })) {
    if (typeof url === 'string' && url.startsWith(`${ENDPOINT}/`)) links.set(place, url);
  }
}

function shownOf(names: Names, line: string, { status, headers, text, json }: Answered): Shown {
  const shown = SHOWN_HEADERS.filter((name) => headers[name] !== undefined);
  return JSON.parse(
    names.replaced(
      JSON.stringify({
        request: line.replace(ENDPOINT, ''),
        status,
        headers: Object.fromEntries(shown.map((name) => [name, headers[name]])),
        ...(text === '' ? {} : { body: json ?? text }),
      }),
    ),
  ) as Shown;
}

/** Fixed names for what each run makes anew. */
class Names {
  readonly #fixed: Readonly<Record<string, string>>;
  readonly #known = new Map<string, string>();
  /** Of the machines of sets: what each is called, by what a case calls it. */
  readonly #machines = new Map<string, string>();

  constructor(world: WireWorld) {
    const { subscriptionId, tenantId, clientId, clientSecret } = world;
    this.#fixed = { subscription: subscriptionId, tenant: tenantId, client: clientId, secret: clientSecret };
    for (const [index, id] of [subscriptionId, tenantId, clientId].entries()) {
      const digit = String(index + 1);
      this.#known.set(id.replaceAll('-', ''), digit.repeat(32));
    }
  }

  /** What came with a machine ends in the same digits: of the first set that has a machine of that number. */
  #digitsOf(number: string): string {
    const found = [...this.#machines].find(([called]) => called.endsWith(`_${number}`));
    return found?.[1].slice(-8) ?? number;
  }

  /** Machines that are gone keep their names. */
  async learn({ store }: WireWorld): Promise<void> {
    for (const set of await store.scaleSets()) {
      for (const { id, machine } of await store.instances(set.uid)) {
        const [, digits] = /_([0-9a-f]{8})$/.exec(machine?.name ?? '') ?? [];
        if (machine === undefined || machine.name !== `${set.name}_${digits}`) continue;
        this.#machines.set(`${set.name}_${String(id).padStart(8, '0')}`, machine.name);
      }
    }
  }

  filled(text: string): string {
    return text
      .replaceAll(
        /\{(subscription|tenant|client|secret)\}/g,
        (_, name: string) => this.#fixed[name] as string,
      )
      .replaceAll(/\w+_\d{8}/g, (name) => this.#machines.get(name) ?? name)
      .replaceAll(/(?<=\w-)\d{8}\b/g, (digits) => this.#digitsOf(digits));
  }

  replaced(given: string): string {
    let text = given;
    for (const [called, name] of this.#machines) {
      text = text
        .replaceAll(name, called)
        .replaceAll(`-${name.slice(-8)}`, `-${called.slice(-8)}`)
        .replaceAll(base36(numberOf(name)), base36(Number(called.slice(-8))));
    }
    return text
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (guid) =>
        dashed(this.#name(guid.replaceAll('-', ''))),
      )
      .replaceAll(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g, (hex) => this.#name(hex))
      .replaceAll(/sig=[\w-]{43}/g, 'sig=signature')
      .replaceAll(/ey[\w-]+\.[\w-]+\.[\w-]+/g, 'token');
  }

  #name(hex: string): string {
    const isName = /^(\d)\1{31}$|^0{12}40008000[0-9]{12}$/.test(hex);
    const known = isName
      ? hex
      : (this.#known.get(hex) ?? `00000000000040008000${String(this.#known.size - 2).padStart(12, '0')}`);
    this.#known.set(hex, known);
    return known;
  }
}

/** The end of a computer name. */
function base36(number: number): string {
  return number.toString(36).toUpperCase().padStart(6, '0');
}

function dashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
