// Plane status: what `muster status` tells, counted from the rows.

import type { Plane } from './app/plane.ts';
import type { Guests } from './app/ports/guests.ts';
import { isMember } from './domain/instance.ts';
import type { JsonObject } from './domain/json.ts';
import { isSolo } from './domain/scale-set.ts';
import { azureTime, type Time } from './domain/time.ts';

export interface Facts {
  readonly version: string;
  readonly pid: number;
  readonly endpoint: string;
  readonly data: string;
  readonly driver: string;
  readonly started: Time;
}

export async function planeStatus(plane: Plane, guests: Guests, facts: Facts): Promise<JsonObject> {
  const sets = await plane.store.scaleSets();
  const rows = (await Promise.all(sets.map((set) => plane.store.instances(set.uid)))).flat().filter(isMember);
  const powers: Record<string, number> = {};
  for (const { observed } of rows) {
    const power = observed.power ?? 'creating';
    powers[power] = (powers[power] ?? 0) + 1;
  }
  return {
    version: facts.version,
    pid: facts.pid,
    started: azureTime(facts.started),
    endpoint: facts.endpoint,
    data: facts.data,
    guests: { driver: facts.driver, isolation: guests.isolation },
    resourceGroups: (await plane.store.groups()).length,
    scaleSets: sets.filter((set) => !isSolo(set)).length,
    instances: { total: rows.length, byPower: powers },
  };
}
