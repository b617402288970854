// What a snapshot holds, what it does not, and how damaged ones are refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fleet, memberFacts, inventoryOf } from '../../test/testing/inventories.ts';
import { parseSnapshot, snapshotOf, snapshotText } from './snapshot.ts';

const SECRET = 'hunter2';

const inventory = inventoryOf(
  [
    memberFacts(0),
    memberFacts(1, {
      failure: { code: 'VMExtensionProvisioningError', message: SECRET },
      extensions: [{ name: 'app', type: 'T', version: '1', state: 'failed', message: `token ${SECRET}` }],
      latestModel: false,
      behind: [
        {
          path: 'virtualMachineProfile.extensionProfile.extensions[app].settings.commandToExecute',
          instance: `"${SECRET}"`,
          set: `"${SECRET}"`,
        },
        { path: 'virtualMachineProfile.userData', instance: `"${SECRET}"`, set: '' },
        { path: 'virtualMachineProfile.hardwareProfile.size', instance: '"a"', set: '"b"' },
      ],
      body: { properties: { vmId: 'v', userData: SECRET } },
      view: { extensions: [{ message: SECRET }] },
    }),
  ],
  { body: { properties: { secret: SECRET } } },
);

describe('a snapshot', () => {
  test('holds what instances are compared by, and comes back as it was', () => {
    const snapshot = snapshotOf(inventory);
    expect(parseSnapshot(snapshotText(snapshot))).toMatchObject(snapshot);
    expect(snapshot.instances[1]).toMatchObject({
      vmId: 'v',
      failure: { code: 'VMExtensionProvisioningError' },
    });
    expect(snapshot.instances[1]?.behind[2]).toEqual({
      path: 'virtualMachineProfile.hardwareProfile.size',
      instance: '"a"',
      set: '"b"',
    });
  });

  test('holds no body, no message and no setting', () => {
    expect(snapshotText(snapshotOf(inventory))).not.toContain(SECRET);
  });

  test('is the same text in whatever order its facts were put together', () => {
    const turned = {
      ...inventory,
      instances: inventory.instances.map(
        (one) => Object.fromEntries(Object.entries(one).toReversed()) as unknown as typeof one,
      ),
    };
    expect(snapshotText(snapshotOf(turned))).toBe(snapshotText(snapshotOf(inventory)));
  });
});

describe('a text that is none', () => {
  const good = JSON.parse(snapshotText(snapshotOf(inventoryOf(fleet(2))))) as Record<string, unknown>;
  const [first] = good.instances as Record<string, unknown>[];
  const withFirst = (changes: object): unknown => ({ ...good, instances: [{ ...first, ...changes }] });

  test.each<[unknown, string]>([
    ['{', 'is damaged: it is not JSON'],
    [[], 'is not a snapshot'],
    [{}, 'is not a snapshot'],
    [{ ...good, version: 2 }, 'has version 2; this program reads version 1'],
    [{ ...good, taken: 'soon' }, 'is damaged: taken is no time'],
    [{ ...good, set: null }, 'is damaged: set is missing'],
    [{ ...good, set: { ...(good.set as object), name: 1 } }, 'is damaged: set.name is missing'],
    [{ ...good, set: { ...(good.set as object), capacity: '2' } }, 'is damaged: set.capacity is missing'],
    [{ ...good, instances: {} }, 'is damaged: instances is missing'],
    [withFirst({ id: 3 }), 'is damaged: instances[0].id is missing'],
    [withFirst({ addresses: null }), 'is damaged: instances[0].addresses is missing'],
    [withFirst({ latestModel: 'yes' }), 'is damaged: instances[0].latestModel is missing'],
    [withFirst({ protection: {} }), 'is damaged: instances[0].protection is missing'],
    [withFirst({ protection: { scaleIn: true } }), 'is damaged: instances[0].protection is missing'],
    [withFirst({ tags: [] }), 'is damaged: instances[0].tags is missing'],
    [withFirst({ extensions: [{}] }), 'is damaged: instances[0].extensions is damaged'],
    [withFirst({ behind: [1] }), 'is damaged: instances[0].behind is damaged'],
  ])('%#', (value, problem) => {
    expect(parseSnapshot(typeof value === 'string' ? value : JSON.stringify(value))).toEqual({ problem });
  });

  test('is refused with a reason, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseSnapshot(text)).toHaveProperty('problem');
      }),
    );
  });
});
