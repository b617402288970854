// Matching: case, trailing and doubled slashes, escapes, methods; and that every route of the table finds itself.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchRoute } from './match.ts';
import { type Route, ROUTES } from './routes.ts';

const SET = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';
const routes = Object.entries(ROUTES) as [string, Route][];

/** The route's own path with a name in each place. */
function example(route: Route): { path: string; names: Record<string, string> } {
  const names: Record<string, string> = {};
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, label: string) => {
    names[label] = `Some-${label}`;
    return names[label];
  });
  return { path, names };
}

describe('a route', () => {
  test.each(routes)('%s is found by its own method and path, in any case', (name, route) => {
    const { path, names } = example(route);
    expect(matchRoute(route.method, path)).toEqual({ kind: 'found', name, route, names });
    const shouted = matchRoute(route.method, path.toUpperCase());
    expect(shouted.kind === 'found' && shouted.name).toBe(name);
  });

  test.each(routes)('%s says of itself what its path says', (_, route) => {
    const named = [...route.path.matchAll(/\/providers\/(Microsoft\.\w+|Muster\.\w+)\//g)];
    const provider = named.at(-1)?.[1] ?? 'Microsoft.Resources';
    expect(route.provider).toBe(provider);
    const written: Partial<Record<string, RegExp>> = {
      GET: /\/read$/,
      HEAD: /\/read$/,
      PUT: /\/write$/,
      POST: /\/action$/,
    };
    expect(route.action).toMatch(written[route.method] ?? /\/(write|delete)$/);
    if (route.method === 'GET' || route.method === 'HEAD') expect(route.answers).toBe('now');
  });

  test('keeps the case of names and decodes them', () => {
    const match = matchRoute(
      'GET',
      '/SUBSCRIPTIONS/S/resourcegroups/My%20Rg/providers/microsoft.compute/virtualmachinescalesets/Web',
    );
    expect(match.kind === 'found' && match.names).toEqual({ subscription: 'S', group: 'My Rg', set: 'Web' });
  });

  test('may have a name where another has that word', () => {
    const match = matchRoute('GET', '/subscriptions/s/providers/microsoft.insights');
    expect(match.kind === 'found' && [match.name, match.names['namespace']]).toEqual([
      'providers.get',
      'microsoft.insights',
    ]);
  });

  test('takes an escaped star as an instance id', () => {
    const match = matchRoute('POST', `${SET}/virtualmachines/%2A/deallocate`);
    expect(match.kind === 'found' && match.name).toBe('instances.deallocate');
    expect(match.kind === 'found' && match.names['instance']).toBe('*');
  });

  test('is found with a trailing slash, not with a doubled one', () => {
    expect(matchRoute('GET', `${SET}/`).kind).toBe('found');
    expect(matchRoute('GET', `${SET}//`).kind).toBe('none');
    expect(matchRoute('GET', SET.replace('/web', '//web')).kind).toBe('none');
    expect(matchRoute('GET', `/${SET}`).kind).toBe('none');
    expect(matchRoute('GET', '/').kind).toBe('none');
    expect(matchRoute('GET', '').kind).toBe('none');
  });

  test('is found with nothing between the namespace and the type, where generic clients put a parent', () => {
    const generic = SET.replace('/Microsoft.Compute/', '/Microsoft.Compute//');
    expect(generic).not.toBe(SET);
    for (const method of ['GET', 'DELETE'])
      expect(matchRoute(method, generic)).toEqual(matchRoute(method, SET));
    expect(matchRoute('GET', SET.replace('/Microsoft.Compute/', '/Microsoft.Compute///')).kind).toBe('none');
    expect(matchRoute('GET', SET.replace('/Microsoft.Compute/', '//Microsoft.Compute/')).kind).toBe('none');
    expect(matchRoute('DELETE', `${SET}/virtualMachines//`).kind).toBe('none');
  });

  test.each(['%', '%2', '%zz', '%ff', 'a%2Fb', 'a%00b', 'a%0Ab'])('is malformed with %j in it', (segment) => {
    expect(matchRoute('GET', SET.replace('web', segment)).kind).toBe('malformed');
  });

  test('with another method says which there are', () => {
    expect(matchRoute('POST', SET)).toEqual({
      kind: 'otherMethod',
      allowed: ['PUT', 'PATCH', 'GET', 'DELETE'],
    });
    expect(matchRoute('GET', `${SET}/restart`)).toEqual({ kind: 'otherMethod', allowed: ['POST'] });
    expect(matchRoute('constructor', SET).kind).toBe('otherMethod');
  });

  test('does not exist for what only begins or ends like one', () => {
    expect(matchRoute('GET', '/subscriptions/s/resourceGroups/rg/providers').kind).toBe('none');
    expect(matchRoute('GET', `${SET}/virtualMachines/0/more`).kind).toBe('none');
    expect(matchRoute('GET', '/constructor').kind).toBe('none');
    expect(matchRoute('GET', '/__proto__/toString').kind).toBe('none');
  });

  test('is looked for in any text without a crash', () => {
    const piece = fc.oneof(
      fc.constantFrom('/', '%', '%2', '%2F', 'subscriptions', '..', 'providers'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.string(), fc.array(piece), (method, pieces) => {
        expect(['found', 'otherMethod', 'none', 'malformed']).toContain(
          matchRoute(method, `/${pieces.join('')}`).kind,
        );
      }),
    );
  });
});
