// Managed identities: what a request declares, who that is, and which one a request for a token means. What never happens:
// a principal changes while it is assigned.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declaredRow } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { completeIdentity, findPrincipal, type Identities, identitiesOf } from './managed-identity.ts';

const NAMED = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities';
const ONE = `${NAMED}/one`;
const TWO = `${NAMED}/two`;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function counted(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  };
}

function identities(identity: JsonObject, before?: Identities, guid = counted()): Identities {
  return identitiesOf({ ...declaredRow(), extra: completeIdentity({ identity }) }, before, guid);
}

const both = { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [ONE]: {}, [TWO]: {} } };

describe('what is declared', () => {
  test.each([
    ['systemassigned', 'SystemAssigned'],
    ['UserAssigned,SystemAssigned', 'SystemAssigned, UserAssigned'],
    ['SystemAssigned,UserAssigned', 'SystemAssigned, UserAssigned'],
  ])('has Azure’s spelling: %s', (type, kept) => {
    const given = { type, userAssignedIdentities: { [ONE]: null } } as JsonObject;
    expect(completeIdentity({ identity: given })['identity']).toMatchObject({ type: kept });
  });

  test('has nothing read-only in it, so that a body that is sent back changes nothing', () => {
    const shown = {
      type: 'SystemAssigned, UserAssigned',
      principalId: 'p',
      tenantId: 't',
      userAssignedIdentities: { [ONE]: { principalId: 'p', clientId: 'c' } },
    };
    expect(completeIdentity({ plan: { name: 'p' }, identity: shown })).toEqual({
      plan: { name: 'p' },
      identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [ONE]: {} } },
    });
  });

  test('is none when the type is None, and forgets the named ones with their type', () => {
    expect(completeIdentity({ identity: { type: 'None' } })).toEqual({});
    expect(completeIdentity({ identity: { ...both, type: 'SystemAssigned' } })).toEqual({
      identity: { type: 'SystemAssigned' },
    });
    expect(completeIdentity({ plan: 1 })).toEqual({ plan: 1 });
  });

  test.each([
    ['an unknown type', { type: 'Assigned' }],
    ['no type', {}],
    ['UserAssigned without any', { type: 'UserAssigned' }],
    ['an id of something else', { type: 'UserAssigned', userAssignedIdentities: { '/subscriptions/s': {} } }],
    ['one twice', { type: 'UserAssigned', userAssignedIdentities: { [ONE]: {}, [ONE.toUpperCase()]: {} } }],
  ])('is refused with %s', (_, identity) => {
    expect(() => completeIdentity({ identity })).toThrow(Failure);
  });
});

describe('a principal', () => {
  test('stays while it is assigned, and is another one when it is assigned again', () => {
    const guid = counted();
    const first = identities({ type: 'SystemAssigned' }, undefined, guid);
    expect(first.system).toEqual({
      principalId: '00000000-0000-4000-8000-000000000001',
      clientId: '00000000-0000-4000-8000-000000000002',
    });
    expect(identities(both, first, guid).system).toEqual(first.system);
    const gone = identities({ type: 'None' }, first, guid);
    expect(gone).toEqual({ user: {} });
    expect(identities({ type: 'SystemAssigned' }, gone, guid).system).not.toEqual(first.system);
  });

  test('of a named identity is the same everywhere, in whatever case it is written', () => {
    const here = identities(both).user[ONE];
    expect(here?.principalId).toMatch(GUID);
    expect(here?.clientId).toMatch(GUID);
    expect(here?.principalId).not.toBe(here?.clientId);
    expect(identities(both).user[TWO]).not.toEqual(here);
    const upper = identities({ type: 'UserAssigned', userAssignedIdentities: { [ONE.toUpperCase()]: {} } });
    expect(Object.values(upper.user)).toEqual([here]);
  });

  test('is never changed by a write that keeps it, whatever else it changes', () => {
    const kinds = fc.constantFrom<JsonObject>({ type: 'SystemAssigned' }, both, {
      type: 'SystemAssigned, UserAssigned',
      userAssignedIdentities: { [ONE]: {} },
    });
    fc.assert(
      fc.property(fc.array(kinds, { minLength: 1, maxLength: 8 }), (writes) => {
        const guid = counted();
        const all = writes.reduce<Identities[]>(
          (done, write) => [...done, identities(write, done.at(-1), guid)],
          [],
        );
        expect(new Set(all.map(({ system }) => JSON.stringify(system))).size).toBe(1);
      }),
    );
  });
});

describe('a request for a token', () => {
  const given = identities(both);
  const named = identities({ type: 'UserAssigned', userAssignedIdentities: { [ONE]: {} } });
  const many = identities({ type: 'UserAssigned', userAssignedIdentities: { [ONE]: {}, [TWO]: {} } });

  test('means the system-assigned identity, or else the only one', () => {
    expect(findPrincipal(given, {})).toBe(given.system);
    expect(findPrincipal(named, {})).toBe(named.user[ONE]);
    expect(findPrincipal(many, {})).toBe('many');
    expect(findPrincipal({ user: {} }, {})).toBeUndefined();
  });

  test('may name one, in any case', () => {
    const two = given.user[TWO];
    expect(findPrincipal(given, { clientId: two?.clientId.toUpperCase() ?? '' })).toBe(two);
    expect(findPrincipal(given, { principalId: given.system?.principalId ?? '' })).toBe(given.system);
    expect(findPrincipal(given, { resourceId: TWO.toUpperCase() })).toBe(two);
  });

  test('that names nobody gets nobody', () => {
    expect(findPrincipal(given, { clientId: 'x' })).toBeUndefined();
    expect(findPrincipal(given, { principalId: 'x' })).toBeUndefined();
    expect(findPrincipal(given, { resourceId: `${NAMED}/three` })).toBeUndefined();
  });
});
