// A user's own extension handlers: extensions.json in the data directory maps `publisher.type` to a script, which lies in a
// file beside it or stands there itself. Read once, when the plane starts: what is wrong with it is said then.

import { join } from 'node:path';

import type { CustomHandler, HandlerTable } from '../domain/extension-handler.ts';
import { isObject } from '../domain/json.ts';
import { readIfThere } from './read-if-there.ts';

const HANDLERS_FILE = 'extensions.json';

export class BadHandlers extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.name = 'BadHandlers';
  }
}

/** An empty table when there is no such file. Throws BadHandlers. */
export function readHandlers(directory: string): HandlerTable {
  const file = join(directory, HANDLERS_FILE);
  const text = readIfThere(file);
  if (text === undefined) return new Map();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadHandlers(file, 'is not JSON');
  }
  if (!isObject(value)) throw new BadHandlers(file, 'must be an object of handlers by publisher.type');
  return new Map(
    Object.entries(value).map(([name, given]) => {
      if (!/^[\w-]+(\.[\w-]+)+$/.test(name)) throw new BadHandlers(file, `'${name}' is no publisher.type`);
      return [name.toLowerCase(), handlerOf(file, directory, name, given)];
    }),
  );
}

function handlerOf(file: string, directory: string, name: string, given: unknown): CustomHandler {
  const { script, file: place, version } = isObject(given) ? given : {};
  const wrongVersion =
    version !== undefined && (typeof version !== 'string' || !/^\d+(\.\d+)*$/.test(version));
  if (wrongVersion)
    throw new BadHandlers(file, `the version of '${name}' must be a string of numbers and points`);
  const versioned = typeof version === 'string' ? { version } : {};
  if (typeof script === 'string' && place === undefined) return { script, ...versioned };
  if (typeof place !== 'string' || script !== undefined)
    throw new BadHandlers(file, `'${name}' must have either a 'script' or a 'file'`);
  const read = readIfThere(join(directory, place));
  if (read === undefined) throw new BadHandlers(file, `the file '${place}' of '${name}' is not there`);
  return { script: read, ...versioned };
}
