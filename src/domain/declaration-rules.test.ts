// Declared sets: the defaults that Azure fills in, what it refuses, and that nothing out of range gets through. What never
// happens: anything but a Failure is thrown at a body that the wire lets in.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healthExtension } from '../../test/testing/health.ts';
import { scaleSetBody as baseBody } from '../../test/testing/rows.ts';
import { parseBody, scaleSetBody } from '../arm/schemas.ts';
import { merge } from './declaration.ts';
import { checkBase64, checkDataDisks, checkScaleSetName, checkTags, complete } from './declaration-rules.ts';
import { missing } from './parameter-failure.ts';
import { Failure } from './failure.ts';
import { at, type Json, type JsonObject, listAt } from './json.ts';
import type { Declared } from './scale-set.ts';

function declare(body: JsonObject, current?: Declared): Declared {
  return complete('web', merge(current, body, 'put'), current);
}

/** The base body with these properties, and these members of its profile. */
function given(properties: JsonObject, profile: JsonObject = {}): JsonObject {
  const base = baseBody()['properties'] as JsonObject;
  const merged = { ...(base['virtualMachineProfile'] as JsonObject), ...profile };
  return baseBody({ properties: { ...base, ...properties, virtualMachineProfile: merged } });
}

function refused(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const profileAt = (declared: Declared, ...path: readonly string[]): Json | undefined =>
  at(declared.properties, 'virtualMachineProfile', ...path);

describe('the defaults of a new set', () => {
  test('are those that Azure fills in', () => {
    const declared = declare({
      location: 'West US',
      sku: { name: 'Standard_B1s' },
      properties: { virtualMachineProfile: { storageProfile: { imageReference: { offer: 'web' } } } },
    });
    expect(declared).toEqual({
      location: 'westus',
      tags: {},
      sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 1 },
      zones: [],
      properties: {
        singlePlacementGroup: true,
        orchestrationMode: 'Uniform',
        upgradePolicy: { mode: 'Manual' },
        virtualMachineProfile: {
          osProfile: {
            secrets: [],
            allowExtensionOperations: true,
            requireGuestProvisionSignal: true,
            computerNamePrefix: 'web',
          },
          storageProfile: {
            imageReference: { offer: 'web' },
            osDisk: {
              osType: 'Linux',
              createOption: 'FromImage',
              caching: 'ReadWrite',
              diskSizeGB: 30,
              managedDisk: { storageAccountType: 'Standard_LRS' },
            },
            diskControllerType: 'SCSI',
          },
        },
        overprovision: true,
        doNotRunExtensionsOnOverprovisionedVMs: false,
        platformFaultDomainCount: 5,
      },
      extra: {},
    });
  });

  test('give way to what was declared', () => {
    const declared = declare(
      given(
        { overprovision: false, platformFaultDomainCount: 2, upgradePolicy: { mode: 'automatic', more: 1 } },
        { osProfile: { computerNamePrefix: 'x', allowExtensionOperations: false } },
      ),
    );
    expect(declared.properties).toMatchObject({
      overprovision: false,
      platformFaultDomainCount: 2,
      upgradePolicy: { mode: 'Automatic', more: 1 },
    });
    expect(profileAt(declared, 'osProfile')).toMatchObject({
      computerNamePrefix: 'x',
      allowExtensionOperations: false,
    });
  });

  test('are one fault domain in zones, and several placement groups beyond a hundred instances', () => {
    expect(declare({ ...given({}), zones: ['1'] }).properties['platformFaultDomainCount']).toBe(1);
    const large = declare({ ...given({}), sku: { name: 'Standard_B1s', capacity: 101 } });
    expect(large.properties['singlePlacementGroup']).toBe(false);
    const full = declare({ ...given({}), sku: { name: 'Standard_B1s', capacity: 100 } });
    expect(full.properties['singlePlacementGroup']).toBe(true);
  });

  test('of a Windows image are a Windows disk', () => {
    const image = { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer' };
    const windows = declare(given({}, { storageProfile: { imageReference: image } }));
    expect(profileAt(windows, 'storageProfile', 'osDisk')).toMatchObject({
      osType: 'Windows',
      diskSizeGB: 127,
    });
  });

  test('of automatic repairs are ten minutes of grace and Replace (recorded)', () => {
    expect(
      declare(given({ automaticRepairsPolicy: { enabled: false } })).properties['automaticRepairsPolicy'],
    ).toEqual({
      enabled: false,
      gracePeriod: 'PT10M',
      repairAction: 'Replace',
    });
  });

  test('of data disks are their size and how they are made', () => {
    const dataDisks = [{ lun: '3' }, { lun: 0, diskSizeGB: '8', createOption: 'Attach', caching: 'None' }];
    expect(checkDataDisks(dataDisks)).toEqual([
      { lun: 3, diskSizeGB: 32, createOption: 'Empty' },
      { lun: 0, diskSizeGB: 8, createOption: 'Attach', caching: 'None' },
    ]);
  });

  test('stay as they are when the set is written again', () => {
    const first = declare(given({}));
    expect(declare({}, first)).toEqual(first);
    expect(declare({ location: 'westus', sku: { capacity: 3 } }, first)).toEqual({
      ...first,
      sku: { ...first.sku, capacity: 3 },
    });
  });
});

describe('what is missing is refused in Azure’s words', () => {
  test.each<[string, JsonObject]>([
    ['location', { ...given({}), location: null }],
    ['name', { ...given({}), sku: { capacity: 1 } }],
    ['virtualMachineProfile', { ...given({}), properties: {} }],
    ['imageReference', given({}, { storageProfile: {} })],
  ])('%s', (member, body) => {
    expect(refused(() => declare(body))).toMatchObject({
      code: 'invalidParameter',
      target: member,
      message: `Required parameter '${member}' is missing (null).`,
    });
  });

  test('by the last part of its path', () => {
    expect(missing('sku.name').target).toBe('name');
  });
});

describe('what is out of range is refused', () => {
  test.each<[string, JsonObject, string]>([
    ['a negative capacity', { sku: { name: 'Standard_B1s', capacity: -1 } }, 'sku.capacity'],
    ['more than a thousand', { sku: { name: 'Standard_B1s', capacity: 1001 } }, 'sku.capacity'],
    ['a size that is not there', { sku: { name: 'Standard_Foo', capacity: 1 } }, 'vmSize'],
    ['a broken capacity', { sku: { name: 'Standard_B1s', capacity: 1.5 } }, 'sku.capacity'],
    ['a zone that there is not', { zones: ['4'] }, 'zones'],
    ['a zone twice', { zones: ['1', '1'] }, 'zones'],
    ['no fault domain', given({ platformFaultDomainCount: 0 }), 'platformFaultDomainCount'],
    ['six fault domains', given({ platformFaultDomainCount: 6 }), 'platformFaultDomainCount'],
    ['an unknown upgrade mode', given({ upgradePolicy: { mode: 'Yearly' } }), 'upgradePolicy.mode'],
    ['an unknown scale-in rule', given({ scaleInPolicy: { rules: ['Worst'] } }), 'scaleInPolicy.rules'],
    [
      'two scale-in rules',
      given({ scaleInPolicy: { rules: ['Default', 'OldestVM'] } }),
      'scaleInPolicy.rules',
    ],
    [
      'an OS disk of no size',
      given({}, { storageProfile: { imageReference: {}, osDisk: { diskSizeGB: 0 } } }),
      'osDisk.diskSizeGB',
    ],
    [
      'a prefix with a blank',
      given({}, { osProfile: { computerNamePrefix: 'a b' } }),
      'osProfile.computerNamePrefix',
    ],
    ['no prefix', given({}, { osProfile: { computerNamePrefix: '' } }), 'osProfile.computerNamePrefix'],
    [
      'a prefix too long',
      given({}, { osProfile: { computerNamePrefix: 'a'.repeat(59) } }),
      'osProfile.computerNamePrefix',
    ],
    ['custom data that is no Base64', given({}, { osProfile: { customData: 'a b=' } }), 'customData'],
    ['user data that is no Base64', given({}, { userData: 'abc' }), 'userData'],
    [
      'fifty-one tags',
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, ''])) },
      'tags',
    ],
  ])('%s', (_, body, target) => {
    const first = declare(given({}));
    for (const work of [() => declare({ ...given({}), ...body }), () => declare(body, first)]) {
      expect(refused(work)).toMatchObject({ code: 'invalidParameter', target });
    }
  });

  test('with Azure’s own words where they are known', () => {
    expect(refused(() => declare(given({ platformFaultDomainCount: 0 }))).message).toBe(
      'The specified fault domain count 0 must fall in the range 1 to 5.',
    );
    expect(refused(() => declare(given({ scaleInPolicy: { rules: [] } })))).toMatchObject({
      code: 'badRequest',
      message: 'Virtual Machine Scale Sets scale in policy must contain at least one rule.',
    });
    expect(refused(() => declare(given({}, { osProfile: { customData: '!' } }))).message).toBe(
      'Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.',
    );
    expect(refused(() => checkDataDisks([{ lun: 1 }, { lun: 1 }]))).toMatchObject({
      code: 'invalidParameter',
      message: 'A disk at LUN 1 already exists.',
    });
  });

  test('an orchestration mode that there is not, and another one later', () => {
    expect(refused(() => declare(given({ orchestrationMode: 'Elastic' })))).toMatchObject({
      code: 'invalidParameter',
      target: 'orchestrationMode',
    });
    expect(
      refused(() => declare({ properties: { orchestrationMode: 'Flexible' } }, declare(given({})))),
    ).toMatchObject({ code: 'propertyChangeNotAllowed', target: 'orchestrationMode' });
    expect(declare(given({ orchestrationMode: 'uniform' })).properties['orchestrationMode']).toBe('Uniform');
  });

  test('more than a hundred instances in one placement group', () => {
    const one = { ...given({ singlePlacementGroup: true }), sku: { name: 'Standard_B1s', capacity: 101 } };
    expect(refused(() => declare(one))).toMatchObject({ code: 'invalidParameter', target: 'sku.capacity' });
    const first = declare(given({}));
    expect(refused(() => declare({ sku: { capacity: 101 } }, first))).toMatchObject({
      target: 'sku.capacity',
    });
  });

  test.each<[string, readonly Json[]]>([
    ['a lun that is missing', [{}]],
    ['a lun below 0', [{ lun: -1 }]],
    ['a lun above 63', [{ lun: 64 }]],
    ['a broken lun', [{ lun: 0.5 }]],
    ['a size of 0', [{ lun: 0, diskSizeGB: 0 }]],
    ['a size too large', [{ lun: 0, diskSizeGB: 32_768 }]],
    ['no disk at all', [null]],
  ])('a data disk with %s', (_, disks) => {
    expect(refused(() => checkDataDisks(disks)).code).toBe('invalidParameter');
  });
});

describe('what may not be changed', () => {
  const first = declare({
    ...given({ singlePlacementGroup: false, platformFaultDomainCount: 1 }),
    zones: ['1', '2'],
  });

  test.each<[string, JsonObject]>([
    ['singlePlacementGroup', { properties: { singlePlacementGroup: true } }],
    ['platformFaultDomainCount', { properties: { platformFaultDomainCount: 2 } }],
    ['zones', { zones: ['1'] }],
    [
      'osProfile.adminUsername',
      { properties: { virtualMachineProfile: { osProfile: { adminUsername: 'bob' } } } },
    ],
    ['priority', { properties: { virtualMachineProfile: { priority: 'Spot' } } }],
    [
      'osProfile.computerNamePrefix',
      { properties: { virtualMachineProfile: { osProfile: { computerNamePrefix: 'x' } } } },
    ],
  ])('%s', (target, body) => {
    expect(refused(() => declare(body, first))).toMatchObject({
      code: 'propertyChangeNotAllowed',
      target,
      message: `Changing property '${target}' is not allowed.`,
    });
  });

  test('is not what is said again, nor a zone more', () => {
    expect(declare({ properties: { singlePlacementGroup: false } }, first)).toEqual(first);
    expect(declare({ zones: ['2', '1', '3'] }, first).zones).toEqual(['2', '1', '3']);
    const one = declare(given({ singlePlacementGroup: true }));
    expect(
      declare({ properties: { singlePlacementGroup: false } }, one).properties['singlePlacementGroup'],
    ).toBe(false);
  });
});

test('a terminate notification that is turned off is gone (recorded)', () => {
  const notification = (terminateNotificationProfile: JsonObject): JsonObject =>
    given({}, { scheduledEventsProfile: { terminateNotificationProfile } });
  const on = declare(notification({ enable: true, notBeforeTimeout: 'PT5M' }));
  expect(profileAt(on, 'scheduledEventsProfile')).toEqual({
    terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT5M' },
  });
  expect(profileAt(declare(notification({ enable: false }), on), 'scheduledEventsProfile')).toEqual({});
});

describe('names', () => {
  test.each(['web', 'a', '9', 'web-1.x_y', 'a'.repeat(64)])('%s is one', (name) => {
    expect(() => checkScaleSetName(name)).not.toThrow();
  });

  test.each(['', '_web', '-web', '.web', 'web-', 'web.', 'a b', 'a/b', 'ä', 'a'.repeat(65), 'web\n'])(
    '%j is none',
    (name) => {
      expect(refused(() => checkScaleSetName(name))).toMatchObject({
        code: 'invalidParameter',
        target: 'vmScaleSetName',
      });
    },
  );

  test('of any set that is one make computer names without being told', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]$/), (name) => {
        checkScaleSetName(name);
        const body = given({}, { osProfile: {} });
        const declared = complete(name, merge(undefined, body, 'put'), undefined);
        expect(profileAt(declared, 'osProfile', 'computerNamePrefix')).toBe(name.slice(0, 9));
      }),
    );
  });
});

describe('checks that others share', () => {
  test('Base64 is what decodes to whole bytes', () => {
    const check = (value: Json): void => checkBase64({ userData: value }, ['userData']);
    for (const right of ['', 'YQ==', 'YWI=', 'YWJj', 'a'.repeat(87_380), null, 5])
      expect(() => check(right)).not.toThrow();
    for (const wrong of ['Y', 'YQ', '====', 'YQ=a', 'YQ==YQ==', 'Y Q=', 'YQ-_', 'a'.repeat(87_384)]) {
      expect(() => check(wrong)).toThrow(Failure);
    }
  });

  test('tags have limits', () => {
    expect(() => checkTags({ ['n'.repeat(512)]: 'v'.repeat(256) })).not.toThrow();
    expect(() => checkTags({ ['n'.repeat(513)]: '' })).toThrow(Failure);
    expect(() => checkTags({ n: 'v'.repeat(257) })).toThrow(Failure);
  });
});

const odd = fc.oneof(
  fc.constantFrom<Json[]>(
    0,
    1,
    2,
    -1,
    1.5,
    64,
    1001,
    '3',
    'true',
    '',
    'Uniform',
    'Automatic',
    'YQ==',
    '2',
    true,
    null,
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

/** A body with something in every place that the rules read. */
const FULL = {
  ...given(
    {
      singlePlacementGroup: true,
      orchestrationMode: 'Uniform',
      scaleInPolicy: { rules: ['OldestVM'], forceDeletion: true },
      automaticRepairsPolicy: { enabled: true },
      platformFaultDomainCount: 2,
      doNotRunExtensionsOnOverprovisionedVMs: false,
    },
    {
      osProfile: { computerNamePrefix: 'web', customData: 'YQ==', windowsConfiguration: {} },
      storageProfile: {
        imageReference: { id: '/images/web' },
        osDisk: { diskSizeGB: 30, managedDisk: {}, caching: 'None' },
        dataDisks: [{ lun: 0, diskSizeGB: 8 }, { lun: 1 }],
      },
      scheduledEventsProfile: { terminateNotificationProfile: { enable: true } },
      userData: 'YQ==',
      extensionProfile: { extensions: [healthExtension()] },
    },
  ),
  zones: ['1', '2'],
  tags: { a: 'b' },
};

function pathsOf(value: Json | undefined, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member as Json, [...path, key]))];
}

function changed(value: Json | undefined, [key, ...rest]: readonly string[], to: Json): Json {
  if (key === undefined) return to;
  const copy = (Array.isArray(value) ? [...(value as Json[])] : { ...(value as JsonObject) }) as Record<
    string,
    Json
  >;
  copy[key] = changed(copy[key], rest, to);
  return copy;
}

const paths = pathsOf(FULL).filter((path) => path.length > 0);
const edits = fc.array(fc.tuple(fc.constantFrom(...paths, ['properties', 'whatever'], ['identity']), odd), {
  maxLength: 4,
});

/** That body with anything at all in some of those places. */
const anyBody = edits.map((list) =>
  list.reduce<Json>((body, [path, value]) => changed(body, path, value), FULL),
);

function expectInRange({ sku, zones, properties }: Declared): void {
  expect(Number.isInteger(sku.capacity) && sku.capacity >= 0 && sku.capacity <= 1000).toBe(true);
  expect(zones.every((zone) => ['1', '2', '3'].includes(zone)) && new Set(zones).size === zones.length).toBe(
    true,
  );
  expect([1, 2, 3, 4, 5]).toContain(properties['platformFaultDomainCount']);
  expect([true, false]).toContain(properties['singlePlacementGroup']);
  expect([true, false]).toContain(properties['overprovision']);
  expect(['Manual', 'Automatic', 'Rolling']).toContain(at(properties, 'upgradePolicy', 'mode'));
  const luns = listAt(properties, 'virtualMachineProfile', 'storageProfile', 'dataDisks').map((disk) =>
    at(disk, 'lun'),
  );
  expect(luns.every((lun) => Number.isInteger(lun) && Number(lun) >= 0 && Number(lun) <= 63)).toBe(true);
  expect(new Set(luns).size).toBe(luns.length);
}

describe('whatever the body that the wire lets in', () => {
  test('it is made whole and in range, or refused with a Failure; never anything else', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyBody, anyBody, fc.constantFrom('put', 'patch'), (first, second, style) => {
        let current: Declared | undefined;
        for (const raw of [first, second]) {
          const parsed = parseBody(scaleSetBody, raw);
          if (!parsed.ok) continue;
          try {
            current = complete(
              'web',
              merge(current, parsed.body, current === undefined ? 'put' : style),
              current,
            );
            accepted += 1;
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
            continue;
          }
          expectInRange(current);
          // Complete is complete: to say it again changes nothing.
          expect(complete('web', merge(current, {}, 'put'), current)).toEqual(current);
        }
      }),
      { numRuns: 1000 },
    );
    // Or the property would say nothing.
    expect(accepted).toBeGreaterThan(200);
  });
});
