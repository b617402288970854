// NAT rule: what Azure shows in a balancer for each instance behind a NAT pool: an inbound NAT rule of its own, named after the
// pool and the instance, `pool.3`. Nobody declares these rules, and a body that carries them back declares nothing by it.

import type { Member, NatPlace } from './balancing.ts';
import { type Json, listAt, textAt } from './json.ts';

/** By handle, within one pool. Two sets behind one pool may have the same ids: then the name says which set. */
export function natRuleNames(places: readonly NatPlace[]): ReadonlyMap<NatPlace, string> {
  const plain = (place: NatPlace): string => `${place.part.name}.${place.member.instance.id}`;
  const count = new Map<string, number>();
  for (const place of places) count.set(plain(place), (count.get(plain(place)) ?? 0) + 1);
  return new Map(
    places.map((place) => {
      const isAlone = count.get(plain(place)) === 1;
      return [place, isAlone ? plain(place) : `${place.part.name}.${longName(place.member)}`];
    }),
  );
}

function longName({ set, instance }: Member): string {
  return `${set.name}_${instance.id}`;
}

/** Whether the rule of a body is one of those, of a NAT pool that the body declares. */
export function isShownRule(rule: Json, properties: Json): boolean {
  const name = (textAt(rule, 'name') ?? '').toLowerCase();
  return listAt(properties, 'inboundNatPools').some((pool) => {
    const prefix = `${textAt(pool, 'name') ?? ''}.`.toLowerCase();
    return name.startsWith(prefix) && /^(?:.+_)?\d+$/.test(name.slice(prefix.length));
  });
}
