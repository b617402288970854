// A user's quotas: quotas.json in the data directory says how many cores may be taken, in all regions or in one, of all
// families of sizes or of one. Read once, when the plane starts: what is wrong with it is said then.

import { join } from 'node:path';

import { isObject, type Json, type JsonObject } from '../domain/json.ts';
import type { Quotas, RegionQuota } from '../domain/quota.ts';
import { VM_FAMILIES } from '../domain/vm-size.ts';
import { readIfThere } from './read-if-there.ts';

const QUOTAS_FILE = 'quotas.json';

export class BadQuotas extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.name = 'BadQuotas';
  }
}

/** Nothing when there is no such file. Throws BadQuotas. */
export function readQuotas(directory: string): Quotas {
  const file = join(directory, QUOTAS_FILE);
  const wrong = (problem: string): BadQuotas => new BadQuotas(file, problem);
  const text = readIfThere(file);
  if (text === undefined) return {};
  const value = parsed(text);
  if (!isObject(value)) throw wrong('must be a JSON object with cores, families and regions');
  const { regions, ...everywhere } = value;
  if (regions === undefined) return quotaOf(everywhere, '', wrong);
  if (!isObject(regions)) throw wrong("'regions' must be an object of quotas by location");
  const byName = Object.entries(regions).map(([name, given]): [string, RegionQuota] => {
    if (!/^[a-z0-9]+$/.test(name)) throw wrong(`'${name}' is no location: write it as in westeurope`);
    return [name, quotaOf(given, ` of '${name}'`, wrong)];
  });
  return { ...quotaOf(everywhere, '', wrong), regions: Object.fromEntries(byName) };
}

function quotaOf(given: Json | undefined, where: string, wrong: (problem: string) => BadQuotas): RegionQuota {
  if (!isObject(given)) throw wrong(`the quotas${where} must be an object with cores and families`);
  const { cores, families, ...rest } = given;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw wrong(`'${unknown}'${where} is neither cores nor families nor regions`);
  if (families !== undefined && !isObject(families))
    throw wrong(`'families'${where} must be an object of cores by family`);
  return {
    ...(cores === undefined ? {} : { cores: coresOf(cores, `'cores'${where}`, wrong) }),
    ...(families === undefined ? {} : { families: familiesOf(families, where, wrong) }),
  };
}

function familiesOf(
  given: JsonObject,
  where: string,
  wrong: (problem: string) => BadQuotas,
): Readonly<Record<string, number>> {
  const entries = Object.entries(given).map(([asked, cores]): [string, number] => {
    const family = VM_FAMILIES.find((one) => one.toLowerCase() === asked.toLowerCase());
    if (family === undefined)
      throw wrong(`'${asked}'${where} is no family of sizes. There are: ${VM_FAMILIES.join(', ')}`);
    return [family, coresOf(cores, `'${asked}'${where}`, wrong)];
  });
  return Object.fromEntries(entries);
}

function coresOf(given: Json | undefined, what: string, wrong: (problem: string) => BadQuotas): number {
  if (Number.isSafeInteger(given) && Number(given) >= 0) return Number(given);
  throw wrong(`${what} must be a whole number from 0 on`);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
