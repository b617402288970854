// Fields: what an instance is asked for by name, in filters, in orders and in tables. One table, so that whatever is shown can
// also be asked for.

import type { LastAction } from './event-facts.ts';
import type { InstanceFacts } from './inventory.ts';

/** An instance as commands show it. */
export interface InstanceRow {
  readonly facts: InstanceFacts;
  readonly last: LastAction | undefined;
  /** Milliseconds since 1970: when the inventory was taken. */
  readonly now: number;
}

/** A list holds when one of its members does. */
export type FieldValue = string | number | boolean | readonly string[] | undefined;

export interface Field {
  readonly kind: 'text' | 'id' | 'number' | 'duration' | 'flag';
  readonly help: string;
  /** All values that it can have, where they are known: another one is a slip and is refused. */
  readonly values?: readonly string[];
  /** Durations are milliseconds. */
  readonly read: (row: InstanceRow) => FieldValue;
}

const POWERS = ['starting', 'running', 'stopping', 'stopped', 'deallocating', 'deallocated', 'unknown'];

function text(
  help: string,
  read: (facts: InstanceFacts) => string | readonly string[],
  values?: readonly string[],
): Field {
  return {
    kind: 'text',
    help,
    read: ({ facts }) => read(facts),
    ...(values === undefined ? {} : { values }),
  };
}

function flag(help: string, read: (facts: InstanceFacts) => boolean): Field {
  return { kind: 'flag', help, read: ({ facts }) => read(facts) };
}

export const FIELDS = {
  id: { kind: 'id', help: 'the instance id', read: ({ facts }) => facts.id },
  name: text('web_3', ({ name }) => name),
  computer: text('the computer name', ({ computerName }) => computerName),
  power: text('running, stopped, deallocated, …', ({ power }) => power, POWERS),
  provisioning: text('succeeded, updating, failed, …', ({ provisioning }) => provisioning),
  health: text('healthy, unhealthy, initializing, unknown; none without a source', ({ health }) => health, [
    'healthy',
    'unhealthy',
    'initializing',
    'unknown',
    'none',
  ]),
  balance: text('in or out of the balancer, unknown; none without one', ({ balance }) => balance, [
    'in',
    'out',
    'none',
    'unknown',
  ]),
  latest: flag('has the latest model', ({ latestModel }) => latestModel),
  behind: {
    kind: 'number',
    help: 'in how many fields its model is behind',
    read: ({ facts }) => facts.behind.length,
  },
  zone: text('availability zone', ({ zone }) => zone),
  fd: text('fault domain', ({ faultDomain }) => faultDomain),
  ud: text('update domain', ({ updateDomain }) => updateDomain),
  size: text('Standard_D2s_v5', ({ size }) => size),
  image: text('publisher:offer:sku:version', ({ image }) => image),
  extension: text('names of its extensions', ({ extensions }) => extensions.map(({ name }) => name)),
  failed: text('names of its failed extensions', ({ extensions }) =>
    extensions.filter(({ state }) => state === 'failed').map(({ name }) => name),
  ),
  protected: flag(
    'protected from scale-in or from actions; of a Flexible set one request for each instance',
    ({ protection }) => protection.scaleIn || protection.scaleSetActions,
  ),
  tag: text('its tags, name=value', ({ tags }) =>
    Object.entries(tags).map(([name, value]) => `${name}=${value}`),
  ),
  age: {
    kind: 'duration',
    help: 'since its creation: 90s, 15m, 2h, 3d',
    read: ({ facts: { created }, now }) =>
      created === undefined ? undefined : Math.max(0, now - Date.parse(created)),
  },
  action: { kind: 'text', help: 'what was last done to it', read: ({ last }) => last?.verb ?? '' },
  since: {
    kind: 'duration',
    help: 'since what was last done to it',
    read: ({ last, now }) => (last === undefined ? undefined : Math.max(0, now - Date.parse(last.time))),
  },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof FIELDS;

/** Fields that the activity log has to be read for. */
export const LOGGED: ReadonlySet<FieldName> = new Set(['action', 'since']);

/** Fields that a Flexible set's machines are asked for one by one, only where they are named. */
export const ASKED: ReadonlySet<FieldName> = new Set(['protected']);

export function isField(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name);
}

export function fieldOf(name: FieldName): Field {
  return FIELDS[name];
}
