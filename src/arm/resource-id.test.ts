// Resource ids: parsing without regard to case, canonical formatting, and that the two undo each other.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatResourceId, groupId, parseResourceId, resourceTypeOf, scaleSetId } from './resource-id.ts';

const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111';

describe('a resource id', () => {
  test('is read whatever its case, and written as ARM spells it', () => {
    const id = parseResourceId(
      `/Subscriptions/${SUBSCRIPTION}/RESOURCEGROUPS/Rg1/Providers/microsoft.compute/virtualmachinescalesets/Web/VIRTUALMACHINES/3/`,
    );
    expect(id).toEqual({
      subscriptionId: SUBSCRIPTION,
      group: 'Rg1',
      provider: 'Microsoft.Compute',
      parts: [
        { type: 'virtualMachineScaleSets', name: 'Web' },
        { type: 'virtualMachines', name: '3' },
      ],
    });
    expect(formatResourceId(id!)).toBe(`${scaleSetId(SUBSCRIPTION, 'Rg1', 'Web')}/virtualMachines/3`);
    expect(resourceTypeOf(id!)).toBe('Microsoft.Compute/virtualMachineScaleSets/virtualMachines');
  });

  test('may name a subscription or a resource group', () => {
    const subscription = parseResourceId(`/subscriptions/${SUBSCRIPTION}`);
    expect(subscription).toEqual({ subscriptionId: SUBSCRIPTION, parts: [] });
    expect(resourceTypeOf(subscription!)).toBe('Microsoft.Resources/subscriptions');
    const group = parseResourceId(groupId(SUBSCRIPTION, 'rg'));
    expect(group).toEqual({ subscriptionId: SUBSCRIPTION, group: 'rg', parts: [] });
    expect(resourceTypeOf(group!)).toBe('Microsoft.Resources/resourceGroups');
  });

  test.each([
    '',
    'subscriptions/x',
    '/',
    '/subscriptions',
    '/subscriptions/',
    '/subscriptions//resourceGroups/rg',
    '/subscriptions/x/resourceGroups',
    '/subscriptions/x/other/y',
    '/subscriptions/x/resourceGroups/rg/providers',
    '/subscriptions/x/resourceGroups/rg/providers/Microsoft.Compute',
    '/subscriptions/x/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets',
    '/subscriptions/x/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/a/virtualMachines',
  ])('is not %j', (text) => {
    expect(parseResourceId(text)).toBeUndefined();
  });

  test('comes back unchanged from its canonical form', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
    const part = fc.record({
      type: fc.constantFrom('virtualMachineScaleSets', 'virtualMachines', 'other'),
      name: word,
    });
    const id = fc.record({
      subscriptionId: fc.uuid(),
      group: word,
      provider: fc.constantFrom('Microsoft.Compute', 'Contoso.Thing'),
      parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(id, (value) => {
        expect(parseResourceId(formatResourceId(value))).toEqual(value);
      }),
    );
  });

  test('reads the same in upper case, as far as providers and types go', () => {
    const canonical = `${scaleSetId(SUBSCRIPTION, 'RG', 'WEB')}/virtualMachines/0`;
    expect(formatResourceId(parseResourceId(canonical.toUpperCase())!)).toBe(canonical);
  });
});
