// Wire cases: each *.input.json is replayed on a plane of its own and must answer exactly what its *.output.json says.
// UPDATE_WIRE=1 writes the outputs anew; they are expectations, so read the difference before you keep it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { matchRoute } from '../../src/arm/match.ts';
import { type Route, ROUTES } from '../../src/arm/routes.ts';
import { replay, type Shown, type WireCase } from './replay.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(folder);
const cases = files
  .filter((file) => file.endsWith('.input.json'))
  .map((file) => file.replace('.input.json', ''));

function read(name: string): unknown {
  return JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
}

describe('the wire', () => {
  test.each(cases)('%s', async (name) => {
    const shown = await replay(read(`${name}.input.json`) as WireCase);
    const text = `${JSON.stringify(shown, null, 2)}\n`;
    if (process.env['UPDATE_WIRE'] === '1') writeFileSync(`${folder}/${name}.output.json`, text);
    // Compared as text: the order of members is part of the wire.
    expect(text).toBe(readFileSync(`${folder}/${name}.output.json`, 'utf8'));
  });

  test('has no expectation without a case', () => {
    const outputs = files.filter((file) => file.endsWith('.output.json'));
    expect(outputs.map((file) => file.replace('.output.json', '')).toSorted()).toEqual(cases.toSorted());
  });

  test('has a successful case for every route, and one that says why not for those that are always refused', () => {
    const hit = new Set<string>();
    const refused = (route: Route, status: number): boolean => route.answers === 'refused' && status === 409;
    for (const name of cases) {
      for (const { request, status } of read(`${name}.output.json`) as Shown[]) {
        const [method = '', url = ''] = request.split(' ');
        const match = matchRoute(method, url.replace(/\?.*$/, ''));
        if (match.kind === 'found' && (status < 300 || refused(match.route, status))) hit.add(match.name);
      }
    }
    expect(Object.keys(ROUTES).filter((route) => !hit.has(route))).toEqual([]);
  });
});
