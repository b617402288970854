// ReadSet: the inventory of the set that a command means, and the log of what was done to it.

import { ArmRefusal } from '../operator/arm-refusal.ts';
import { lastActions, type LastAction } from '../operator/event-facts.ts';
import type { Event, Inventory } from '../operator/inventory.ts';
import { withProtection } from '../operator/member-protection.ts';
import { eventsAbout, type EventsRead, readEvents } from '../operator/read-events.ts';
import { readInventory, type SetRef } from '../operator/read-inventory.ts';
import { aboutSet } from './explained.ts';
import type { SessionValues } from './session-options.ts';
import { openSession, requireSet, type Session } from './session.ts';
import type { Environment, Terminal } from './terminal.ts';

/** How far back the log is read, and how many pages of it at most: what is asked for first is the newest. */
export interface Reach {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly pages: number;
}

const DAY = 24 * 3_600_000;

/** Enough to say what was last done to an instance. */
export function recently(terminal: Terminal): Reach {
  return { since: terminal.now() - DAY, pages: 3 };
}

/** The set that a session means, for the functions of `operator/`. */
function setRefOf(session: Session): SetRef {
  return { subscription: session.subscription, ...requireSet(session) };
}

/** Throws a Problem where there is no such set. */
export async function readSet(session: Session, terminal: Terminal): Promise<Inventory> {
  const ref = setRefOf(session);
  const options = { balancers: session.context.kind === 'plane', now: terminal.now };
  return await aboutSet(
    ref,
    session.context.name,
    async () => await readInventory(session.arm, ref, options),
  );
}

/** Throws an ArmRefusal where the log may not be read. */
export async function requireLog(session: Session, reach: Reach): Promise<EventsRead> {
  return await readEvents(session.arm, setRefOf(session), reach);
}

/** Who may see a fleet may not always see its log: then there are no events, and standard error says why. */
export async function readLog(session: Session, terminal: Terminal, reach: Reach): Promise<EventsRead> {
  try {
    return await requireLog(session, reach);
  } catch (error) {
    if (!(error instanceof ArmRefusal)) throw error;
    terminal.err(`muster: the activity log cannot be read: ${error.message}\n`);
    return { events: [], calls: 1, truncated: false };
  }
}

export interface LogRead {
  /** About this set, in the order of their time. */
  readonly events: readonly Event[];
  readonly last: ReadonlyMap<string, LastAction>;
}

/** The log as far as it is about these instances and their set. */
export function logOf({ events }: EventsRead, { set, instances }: Inventory): LogRead {
  const machines = set.mode === 'Flexible' ? instances.map(({ resourceId }) => resourceId) : [];
  const about = eventsAbout(events, [set.resourceId, ...machines]);
  return { events: about, last: lastActions(about) };
}

/** What commands that judge need to read. */
export interface Fleet {
  readonly inventory: Inventory;
  /** In the order of their time. */
  readonly events: readonly Event[];
}

/**
 * @param since milliseconds since 1970: how far back the events go, as far as ARM keeps them
 * @param minded of a fleet, whose protection its judgement depends on: in a Flexible set they are asked for, and it is judged again
 */
export type ReadFleet = (
  values: SessionValues,
  since: number,
  env: Environment,
  terminal: Terminal,
  minded?: (fleet: Fleet) => readonly string[],
) => Promise<Fleet>;

/** Pages of the log at most: some ten thousand entries. */
const PAGES = 50;

/** Says on standard error where the log is longer than was read. */
export const readFleet: ReadFleet = async (values, since, env, terminal, minded) => {
  const session = openSession(values, env, terminal);
  try {
    const [inventory, log] = await Promise.all([
      readSet(session, terminal),
      readLog(session, terminal, { since, pages: PAGES }),
    ]);
    const [oldest] = log.events;
    if (log.truncated && oldest !== undefined) {
      terminal.err(`muster: the activity log is long; nothing from before ${oldest.time} was read.\n`);
    }
    const fleet = { inventory, events: logOf(log, inventory).events };
    return minded === undefined ? fleet : await withMinded(fleet, minded, session);
  } finally {
    session.arm.close();
  }
};

/** Whoever turns out to be protected is left alone and others are meant instead: a few rounds see to all of them. */
const ROUNDS = 4;

async function withMinded(
  fleet: Fleet,
  minded: (fleet: Fleet) => readonly string[],
  { arm }: Session,
): Promise<Fleet> {
  let seen = fleet;
  for (let round = 0; round < ROUNDS; round += 1) {
    const inventory = await withProtection(seen.inventory, minded(seen), arm);
    if (inventory === seen.inventory) break;
    seen = { ...seen, inventory };
  }
  return seen;
}
