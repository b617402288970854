// Merging. What never happens: a document merged into itself changes it, a PUT loses what it does not name, a read-only
// member is taken over, an unknown one is lost. The cases marked recorded are in azure-wire section 2.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declaredRow, scaleSetBody } from '../../test/testing/rows.ts';
import { type Draft, merge, type MergeStyle, normalLocation, without } from './declaration.ts';
import { complete } from './declaration-rules.ts';
import { at, type Json, type JsonObject } from './json.ts';
import type { Declared } from './scale-set.ts';

const STYLES: readonly MergeStyle[] = ['put', 'patch'];
const current = complete('web', merge(undefined, scaleSetBody(), 'put'), undefined);

function put(body: JsonObject, base: Declared = current): Draft {
  return merge(base, body, 'put');
}

function patch(body: JsonObject, base: Declared = current): Draft {
  return merge(base, body, 'patch');
}

function withProfile(profile: JsonObject): JsonObject {
  return { properties: { virtualMachineProfile: profile } };
}

/** What a client would send that read the declaration. */
function bodyOf(declared: Declared | Draft): JsonObject {
  const { location, tags, sku, zones, properties, extra } = declared;
  return {
    ...(location === undefined ? {} : { location }),
    tags,
    sku: { ...sku },
    zones,
    properties,
    ...extra,
  };
}

function profileOf({ properties }: Draft, ...path: readonly string[]): Json | undefined {
  return at(properties, 'virtualMachineProfile', ...path);
}

describe('a PUT', () => {
  test('of location and sku alone keeps the whole model (recorded: az vmss scale)', () => {
    const draft = put({ location: 'westus', sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 5 } });
    expect(draft).toEqual({ ...current, sku: { ...current.sku, capacity: 5 } });
  });

  test('of part of the sku keeps the rest of it', () => {
    expect(put({ sku: { capacity: 0 } }).sku).toEqual({
      name: 'Standard_B1s',
      tier: 'Standard',
      capacity: 0,
    });
    expect(put({ sku: { name: 'Standard_B2s' } }).sku).toEqual({ ...current.sku, name: 'Standard_B2s' });
    expect(put({ sku: { capacity: '7' } }).sku.capacity).toBe(7);
  });

  test('without an imageReference keeps it, and with one replaces it whole', () => {
    const kept = put(withProfile({ storageProfile: { osDisk: { caching: 'None' } } }));
    expect(profileOf(kept, 'storageProfile', 'imageReference')).toEqual(
      at(current.properties, 'virtualMachineProfile', 'storageProfile', 'imageReference'),
    );
    const other = put(withProfile({ storageProfile: { imageReference: { id: '/images/base' } } }));
    expect(profileOf(other, 'storageProfile', 'imageReference')).toEqual({ id: '/images/base' });
  });

  test('without the password, which no answer shows, keeps it', () => {
    const draft = put(withProfile({ osProfile: { computerNamePrefix: 'web', adminUsername: 'azureuser' } }));
    expect(profileOf(draft, 'osProfile', 'adminPassword')).toBe('S3cret!');
  });

  test('replaces the scale-in policy whole (recorded)', () => {
    const oldest = {
      ...current,
      properties: { ...current.properties, scaleInPolicy: { rules: ['OldestVM'] } },
    };
    const draft = put({ properties: { scaleInPolicy: { forceDeletion: true } } }, oldest);
    expect(draft.properties['scaleInPolicy']).toEqual({ forceDeletion: true });
  });

  test('merges the terminate notification (recorded: a time alone keeps it enabled)', () => {
    const notification = (given: JsonObject): JsonObject =>
      withProfile({ scheduledEventsProfile: { terminateNotificationProfile: given } });
    const enabled = put(notification({ enable: true, notBeforeTimeout: 'PT5M' }));
    const base = { ...current, properties: enabled.properties };
    const draft = put(notification({ notBeforeTimeout: 'PT9M' }), base);
    expect(profileOf(draft, 'scheduledEventsProfile', 'terminateNotificationProfile')).toEqual({
      enable: true,
      notBeforeTimeout: 'PT9M',
    });
  });

  test('replaces lists whole', () => {
    const disks = withProfile({ storageProfile: { dataDisks: [{ lun: 0 }, { lun: 1 }] } });
    const base = { ...current, properties: put(disks).properties };
    const draft = put(withProfile({ storageProfile: { dataDisks: [{ lun: 4 }] } }), base);
    expect(profileOf(draft, 'storageProfile', 'dataDisks')).toEqual([{ lun: 4 }]);
    expect(put({ zones: ['3', '1'] }).zones).toEqual(['3', '1']);
  });

  test('takes null for what az does not set: it changes nothing, at any depth', () => {
    const base = { ...current, tags: { a: 'b' }, extra: { identity: { type: 'SystemAssigned' } } };
    const nothing = {
      tags: null,
      zones: null,
      plan: null,
      identity: null,
      sku: { name: null, tier: null, capacity: null },
      properties: {
        upgradePolicy: null,
        virtualMachineProfile: {
          osProfile: { adminPassword: null },
          storageProfile: { imageReference: null },
        },
      },
    };
    expect(put(nothing, base)).toEqual(base);
  });

  test('keeps no null inside what is new', () => {
    const draft = put({
      properties: { automaticRepairsPolicy: { enabled: true, gracePeriod: null, deep: { a: null } } },
    });
    expect(draft.properties['automaticRepairsPolicy']).toEqual({ enabled: true, deep: {} });
  });

  test('replaces tags whole', () => {
    expect(put({ tags: { b: 2 } }, { ...current, tags: { a: '1' } }).tags).toEqual({ b: '2' });
    expect(put({ tags: {} }, { ...current, tags: { a: '1' } }).tags).toEqual({});
  });
});

describe('a PATCH', () => {
  test('merges objects at every depth', () => {
    const base = { ...current, properties: { ...current.properties, a: { b: { c: 1, d: 2 } } } };
    expect(patch({ properties: { a: { b: { c: 3 } } } }, base).properties['a']).toEqual({
      b: { c: 3, d: 2 },
    });
  });

  test('removes what is null', () => {
    const base = {
      ...current,
      properties: { ...current.properties, a: { b: 1, c: 2 } },
      extra: { plan: { name: 'p' } },
    };
    const draft = patch({ plan: null, properties: { a: { b: null }, upgradePolicy: null } }, base);
    expect(draft.properties['a']).toEqual({ c: 2 });
    expect(draft.properties).not.toHaveProperty('upgradePolicy');
    expect(draft.extra).toEqual({});
  });

  test('merges what stands at the top too', () => {
    const identity = { type: 'UserAssigned', userAssignedIdentities: { a: {}, b: {} } };
    const draft = patch(
      { identity: { userAssignedIdentities: { b: null } } },
      { ...current, extra: { identity } },
    );
    expect(draft.extra['identity']).toEqual({ type: 'UserAssigned', userAssignedIdentities: { a: {} } });
  });

  test('of the capacity alone changes nothing else (recorded)', () => {
    expect(patch({ sku: { capacity: 3 } })).toEqual({ ...current, sku: { ...current.sku, capacity: 3 } });
  });
});

describe('either', () => {
  test.each(STYLES)('%s drops read-only members', (style) => {
    const draft = merge(
      current,
      {
        id: '/x',
        name: 'other',
        type: 'T',
        etag: '"9"',
        properties: {
          provisioningState: 'Failed',
          uniqueId: 'u',
          timeCreated: 't',
          virtualMachineProfile: { timeCreated: 't', licenseType: 'None' },
        },
      },
      style,
    );
    for (const member of ['id', 'name', 'type', 'etag']) expect(draft.extra).not.toHaveProperty(member);
    for (const member of ['provisioningState', 'uniqueId', 'timeCreated']) {
      expect(draft.properties).not.toHaveProperty(member);
    }
    expect(profileOf(draft, 'timeCreated')).toBeUndefined();
    expect(profileOf(draft, 'licenseType')).toBe('None');
  });

  test.each(STYLES)(
    '%s keeps what it does not know, at the top, in the properties and in the profile',
    (style) => {
      const body = {
        plan: { name: 'p' },
        properties: { later: [1], virtualMachineProfile: { newThing: { a: 1 } } },
      };
      const draft = merge(current, body, style);
      expect(draft.extra['plan']).toEqual({ name: 'p' });
      expect(draft.properties['later']).toEqual([1]);
      expect(profileOf(draft, 'newThing')).toEqual({ a: 1 });
    },
  );

  test.each(STYLES)('%s takes a member named __proto__ for what it is: a member like any other', (style) => {
    const body = JSON.parse(
      '{"__proto__":{"a":1},"properties":{"__proto__":{"overprovision":false}}}',
    ) as JsonObject;
    const draft = merge(current, body, style);
    expect(Object.getPrototypeOf(draft.properties)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(draft.extra)).toBe(Object.prototype);
    expect(JSON.stringify(draft.properties)).toContain('"__proto__":{"overprovision":false}');
    expect({}).not.toHaveProperty('overprovision');
  });

  test('never changes the document that it starts from', () => {
    const before = structuredClone(current);
    patch({
      tags: { a: 'b' },
      properties: { upgradePolicy: null, virtualMachineProfile: { osProfile: null } },
    });
    expect(current).toEqual(before);
  });
});

describe('whatever the document', () => {
  const member = fc.constantFrom(
    'a',
    'b',
    'virtualMachineProfile',
    'osProfile',
    'storageProfile',
    'osDisk',
    'scheduledEventsProfile',
    'terminateNotificationProfile',
    'timeCreated',
    '__proto__',
  );
  const { tree } = fc.letrec<{ tree: Json; node: Json; leaf: Json }>((tie) => ({
    leaf: fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.integer(), { maxLength: 2 }),
    ),
    node: fc.dictionary(member, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    tree: fc.oneof({ maxDepth: 5 }, tie('leaf'), tie('node')),
  }));
  const object = fc.dictionary(member, tree, {
    maxKeys: 5,
    noNullPrototype: true,
  }) as fc.Arbitrary<JsonObject>;
  const body = fc
    .record(
      {
        properties: object,
        extra: object,
        tags: fc.dictionary(fc.string(), fc.string()),
        sku: fc.record({ name: fc.string(), tier: fc.string(), capacity: fc.nat(9) }, { requiredKeys: [] }),
        zones: fc.array(fc.constantFrom('1', '2', '3')),
      },
      { requiredKeys: [] },
    )
    .map(({ extra, ...rest }): JsonObject => ({ ...extra, ...rest }));
  const style = fc.constantFrom<MergeStyle[]>('put', 'patch');

  /** What stands in the store: a draft of a body, made whole only as far as merging goes. */
  function stored(given: JsonObject): Declared {
    const { sku, ...draft } = merge(undefined, given, 'put');
    return { ...draft, location: 'westus', sku: { name: 'n', tier: 't', capacity: 1, ...sku } };
  }

  test('merged into itself it is as before', () => {
    fc.assert(
      fc.property(body, style, (given, by) => {
        const base = stored(given);
        expect(merge(base, bodyOf(base), by)).toEqual(base);
      }),
      { numRuns: 200 },
    );
  });

  test('the same body merged twice is as merged once', () => {
    fc.assert(
      fc.property(body, body, style, (first, second, by) => {
        const once = merge(stored(first), second, by);
        const base = { ...stored(first), ...once } as Declared;
        expect(merge(base, second, by)).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });

  test('an empty body changes nothing', () => {
    fc.assert(
      fc.property(body, style, (given, by) => {
        const base = stored(given);
        expect(merge(base, {}, by)).toEqual(base);
        expect(merge(base, { properties: {} }, by)).toEqual(base);
      }),
    );
  });

  test('nothing that is stored is null or undefined, outside of lists', () => {
    const hasNothing = (value: Json | undefined): boolean =>
      value === null ||
      value === undefined ||
      (typeof value === 'object' &&
        !Array.isArray(value) &&
        Object.values(value).some((each) => hasNothing(each)));
    fc.assert(
      fc.property(body, body, style, (first, second, by) => {
        const { properties, extra } = merge(stored(first), second, by);
        expect([properties, extra].some(hasNothing)).toBe(false);
      }),
    );
  });
});

test('a location is written without spaces and in lower case', () => {
  expect(normalLocation('Southeast Asia')).toBe('southeastasia');
  expect(merge(undefined, { location: 'SoutheastAsia' }, 'put').location).toBe('southeastasia');
  expect(merge(undefined, {}, 'put')).not.toHaveProperty('location');
});

test('without takes members away and leaves the object alone', () => {
  const object = { a: 1, b: 2, c: 3 };
  expect(without(object, 'a', 'c', 'x')).toEqual({ b: 2 });
  expect(object).toEqual({ a: 1, b: 2, c: 3 });
});

test('the declared row of the test builders is what a declaration is', () => {
  expect(Object.keys(declaredRow()).toSorted()).toEqual(Object.keys(current).toSorted());
});
