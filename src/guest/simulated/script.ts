// Simulation script: how long things take in simulated guests and how often they go wrong. Everything is drawn from the
// seed and the name of what is drawn for, and from nothing else: a run replays, whatever order its requests came in.

/** At least and at most, in ms of the plane's clock; drawn evenly in between. */
export type Span = readonly [least: number, most: number];

/** A number from 0, never, to 1, always. */
export type Chance = number;

export interface SimulationScript {
  /** From power-on until the guest runs. */
  readonly boot: Span;
  /** From running until it says that it is ready. */
  readonly ready: Span;
  /** A graceful shutdown. */
  readonly shutdown: Span;
  /** Cutting the power. */
  readonly cut: Span;
  /** How long a command takes, beside its own sleeps. */
  readonly command: Span;

  /** Of a create that finds no room. */
  readonly noCapacity: Chance;
  /** Of any verb that fails for once: half of these have done their work all the same. */
  readonly transient: Chance;
  /** Of a boot that never becomes ready. */
  readonly neverReady: Chance;
  /** Of a ready guest that ends by itself, so much later. */
  readonly exits: Chance;
  readonly exitsAfter: Span;
  /** Of a ready guest whose application stops serving, so much later. */
  readonly fallsIll: Chance;
  readonly fallsIllAfter: Span;
  /** Of a boot after that which serves again. */
  readonly recovers: Chance;
  /** Of a graceful shutdown that takes so long instead. */
  readonly slowStop: Chance;
  readonly slowShutdown: Span;
  /** Of a guest that acknowledges that it is to go, so much after it was told. */
  readonly acknowledges: Chance;
  readonly acknowledgesAfter: Span;
  /** Of an extension that fails, whatever its script says. */
  readonly extensionFails: Chance;
  /** Of one that never ends by itself. */
  readonly extensionHangs: Chance;
}

const SECOND = 1000;

/** Nothing goes wrong, and times are those of small virtual machines. */
export const PLAIN: SimulationScript = {
  boot: [4 * SECOND, 12 * SECOND],
  ready: [1 * SECOND, 4 * SECOND],
  shutdown: [1 * SECOND, 5 * SECOND],
  cut: [50, 250],
  command: [100, 1 * SECOND],
  noCapacity: 0,
  transient: 0,
  neverReady: 0,
  exits: 0,
  exitsAfter: [10 * SECOND, 3600 * SECOND],
  fallsIll: 0,
  fallsIllAfter: [60 * SECOND, 3600 * SECOND],
  recovers: 1,
  slowStop: 0,
  slowShutdown: [30 * SECOND, 120 * SECOND],
  acknowledges: 0,
  acknowledgesAfter: [0, 60 * SECOND],
  extensionFails: 0,
  extensionHangs: 0,
};

/** A script in which each thing that can go wrong does so with that chance. */
export function faultyScript(chance: Chance): Partial<SimulationScript> {
  return { noCapacity: chance, transient: chance, neverReady: chance, exits: chance, slowStop: chance };
}

/** From 0 up to but not including 1, the same for the same seed and name for ever. Names that differ are unrelated. */
export function draw(seed: string, name: string): number {
  const text = `${seed}\n${name}`;
  // FNV-1a over the characters, and MurmurHash3's finish, which spreads what little differs over all bits.
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export function within([least, most]: Span, drawn: number): number {
  return Math.round(least + drawn * (most - least));
}
