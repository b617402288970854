// Served types: which resource types and versions are taken, and Azure's words for those that are not.
import { expect, test } from 'vitest';
import { plan, refusal, vnet, vnetId } from '../../../test/testing/templates.ts';

test('a resource type that is not served is refused whole, with a detail', () => {
  const resources = [vnet('fine'), vnet('a', { type: 'Microsoft.Network/routeTables' })];
  const failure = refusal(() => plan({ resources }));
  expect(failure.code).toBe('invalidTemplateDeployment');
  expect(failure.message).toMatch(
    /^The template deployment 'first' is not valid according to the validation procedure\. The tracking id is '[0-9a-f-]{36}'\. See inner errors for details\.$/,
  );
  expect(failure.details).toEqual([
    {
      code: 'InvalidResourceType',
      message:
        "The resource type 'routeTables' could not be found in the namespace 'Microsoft.Network' for api version '2024-05-01'.",
      target: vnetId('a').replace('virtualNetworks', 'routeTables'),
    },
  ]);
});

test('a namespace that there is not is refused', () => {
  const { details } = refusal(() => plan({ resources: [vnet('a', { type: 'Microsoft.Web/sites' })] }));
  expect(details.map(({ code, message }) => [code, message])).toEqual([
    ['InvalidResourceNamespace', "The resource namespace 'Microsoft.Web' is invalid."],
  ]);
});

test.each(['2014-01-01', '2024-13-01', 'latest', '2024-05', ''])(
  'api-version %j is refused',
  (apiVersion) => {
    const failure = refusal(() => plan({ resources: [vnet('a', { apiVersion, location: 'eastus' })] }));
    expect(failure.details).toEqual([
      {
        code: 'NoRegisteredProviderFound',
        message: `No registered resource provider found for location 'eastus' and API version '${apiVersion}' for type 'virtualNetworks'. The supported api-versions are '2024-05-01, 2015-06-15'. The supported locations are 'westus, eastus'.`,
        target: vnetId('a'),
      },
    ]);
  },
);

test.each(['2024-05-01', '2015-06-15', '2019-02-03', '2031-01-01', '2023-01-01-preview'])(
  'api-version %s is taken: any date from the oldest on',
  (apiVersion) => {
    expect(plan({ resources: [vnet('a', { apiVersion })] }).resources).toHaveLength(1);
  },
);

test('the location of the group is told where a resource has none of its own', () => {
  const failure = refusal(() => plan({ resources: [vnet('a', { apiVersion: '1', location: '[nowhere]' })] }));
  // A location that cannot be evaluated is refused first.
  expect(failure.code).toBe('invalidTemplate');
  const { details } = refusal(() => plan({ resources: [vnet('a', { apiVersion: '1' })] }));
  expect(details[0]?.message).toContain("for location 'westus'");
});

test('every one of several is told', () => {
  const resources = [vnet('a', { type: 'A.B/c' }), vnet('b', { apiVersion: '1' }), vnet('c')];
  expect(refusal(() => plan({ resources })).details.map(({ code }) => code)).toEqual([
    'InvalidResourceNamespace',
    'NoRegisteredProviderFound',
  ]);
});

test('what is turned off or exists already needs not be served', () => {
  const off = vnet('a', { type: 'A.B/c', condition: false });
  expect(plan({ resources: [off] }).resources).toHaveLength(1);
  const old = vnet('a', { type: 'A.B/c', existing: true });
  expect(plan({ languageVersion: '2.0', resources: { old } }).resources).toEqual([]);
});
