// The functions that ask the scope: parameters, variables, loops, facts, ids, other resources, providers.
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../domain/json.ts';
import { evaluateText } from './evaluate.ts';
import { ExpressionProblem } from './problem.ts';
import type { FactName, Scope } from './scope.ts';
import { emptyScope } from '../../../test/testing/expression-scope.ts';

const SUBSCRIPTION = '87d64d6d-6d17-4ad7-b507-16d9bc498781';
const OTHER = '2e518a80-f860-4467-a00e-d81aaf1ff42e';

const FACTS: Partial<Record<FactName, JsonObject>> = {
  subscription: { id: `/subscriptions/${SUBSCRIPTION}`, subscriptionId: SUBSCRIPTION },
  resourceGroup: {
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/testRg`,
    name: 'testRg',
    location: 'westeurope',
  },
};

const COMPUTE: JsonObject = {
  namespace: 'Microsoft.Compute',
  resourceTypes: [
    {
      resourceType: 'virtualMachines',
      locations: ['West US 2'],
      apiVersions: ['2024-07-01', '2023-09-01'],
      zoneMappings: [{ location: 'West US 2', zones: ['3', '1', '2'] }],
    },
    { resourceType: 'images', locations: [], apiVersions: ['2024-07-01'] },
  ],
};

const scope = emptyScope({
  fact: (name) => FACTS[name],
  provider: (namespace) => (namespace.toLowerCase() === 'microsoft.compute' ? COMPUTE : undefined),
});

const evaluate = (expression: string, within: Scope = scope): Json => evaluateText(`[${expression}]`, within);

const refusal = (expression: string, within: Scope = scope): string => {
  try {
    evaluate(expression, within);
  } catch (error) {
    if (error instanceof ExpressionProblem) return error.message;
    throw error;
  }
  throw new Error('there was no problem');
};

const USAGE = 'Please see https://aka.ms/arm-functions for usage details.';

describe('ids', () => {
  const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/testRg`;

  // The first six are published, in the tests of Bicep's evaluation.
  test.each([
    [
      "resourceId('My.Rp/parent/child', 'myParent', 'myChild')",
      `${GROUP}/providers/My.Rp/parent/myParent/child/myChild`,
    ],
    [
      "resourceId('customRg', 'My.Rp/parent/child', 'myParent', 'myChild')",
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/customRg/providers/My.Rp/parent/myParent/child/myChild`,
    ],
    [
      `resourceId('${OTHER}', 'customRg', 'My.Rp/parent/child', 'myParent', 'myChild')`,
      `/subscriptions/${OTHER}/resourceGroups/customRg/providers/My.Rp/parent/myParent/child/myChild`,
    ],
    [
      "tenantResourceId('My.Rp/parent/child', 'myParent', 'myChild')",
      '/providers/My.Rp/parent/myParent/child/myChild',
    ],
    [
      `subscriptionResourceId('${OTHER}', 'My.Rp/parent/child', 'myParent', 'myChild')`,
      `/subscriptions/${OTHER}/providers/My.Rp/parent/myParent/child/myChild`,
    ],
    [
      "extensionResourceId(tenantResourceId('My.Rp/parent/child', 'myParent', 'myChild'), 'My.ExtensionRp/parent/child', 'myParent', 'myChild')",
      '/providers/My.Rp/parent/myParent/child/myChild/providers/My.ExtensionRp/parent/myParent/child/myChild',
    ],
    [
      `managementGroupResourceId('${OTHER}', 'My.Rp/parent/child', 'myParent', 'myChild')`,
      `/providers/Microsoft.Management/managementGroups/${OTHER}/providers/My.Rp/parent/myParent/child/myChild`,
    ],
    ["subscriptionResourceId('My.Rp/a', 'b')", `/subscriptions/${SUBSCRIPTION}/providers/My.Rp/a/b`],
    [
      `resourceId('${OTHER}', 'My.Rp/a', 'b')`,
      `/subscriptions/${OTHER}/resourceGroups/testRg/providers/My.Rp/a/b`,
    ],
    [
      "resourceId('Microsoft.Network/virtualNetworks', 'vnet')",
      `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet`,
    ],
  ])('%s', (expression, id) => {
    expect(evaluate(expression)).toBe(id);
  });

  test.each([
    [
      "resourceId('Microsoft.Storage/storageAccounts', 'a', 'b')",
      `Unable to evaluate template language function 'resourceId': the type 'Microsoft.Storage/storageAccounts' requires '1' resource name argument(s). ${USAGE}`,
    ],
    [
      "resourceId('Microsoft.Network/virtualNetworks/subnets', 'a')",
      `Unable to evaluate template language function 'resourceId': the type 'Microsoft.Network/virtualNetworks/subnets' requires '2' resource name argument(s). ${USAGE}`,
    ],
    [
      "resourceId('Microsoft.Storage', 'a')",
      `Unable to evaluate template language function 'resourceId': a fully qualified resource type must be given, such as 'Microsoft.Network/virtualNetworks'. ${USAGE}`,
    ],
    [
      "managementGroupResourceId('My.Rp/a', 'b')",
      `The template function 'managementGroupResourceId' is not expected at this location. ${USAGE}`,
    ],
  ])('%s', (expression, message) => {
    expect(refusal(expression)).toBe(message);
  });

  test.each([
    "resourceId('a', 'b', 'c', 'My.Rp/a', 'b')",
    "tenantResourceId('a', 'My.Rp/a', 'b')",
    "resourceId('My.Rp/', 'b')",
    "resourceId('/a', 'b')",
  ])('%s has no type where one must be', (expression) => {
    expect(refusal(expression)).toMatch(/a fully qualified resource type must be given/);
  });

  test('need a group and a subscription to be in', () => {
    expect(refusal("resourceId('My.Rp/a', 'b')", emptyScope())).toMatch(
      /'resourceId' is not expected at this location/,
    );
    expect(refusal("subscriptionResourceId('My.Rp/a', 'b')", emptyScope())).toMatch(
      /is not expected at this location/,
    );
    expect(evaluate("tenantResourceId('My.Rp/a', 'b')", emptyScope())).toBe('/providers/My.Rp/a/b');
  });
});

describe('facts', () => {
  test('are objects to read in', () => {
    expect(evaluate('resourceGroup().location')).toBe('westeurope');
    expect(evaluate('subscription().subscriptionId')).toBe(SUBSCRIPTION);
  });

  test.each(['deployment()', 'environment()', 'tenant()', 'deployer()', 'managementGroup()'])(
    '%s that there are none of are refused',
    (expression) => {
      expect(refusal(expression)).toBe(
        `The template function '${expression.slice(0, -2)}' is not expected at this location. ${USAGE}`,
      );
    },
  );

  test.each(['newGuid()', 'utcNow()', "utcNow('d')"])(
    '%s is for the defaults of parameters',
    (expression) => {
      expect(refusal(expression)).toMatch(
        /is not expected at this location. The function can only be used in the default value of a parameter/,
      );
    },
  );
});

describe('parameters and variables', () => {
  const within = emptyScope({
    parameter: (name) => (name === 'here' ? { a: null } : undefined),
    variable: (name) => (name === 'here' ? null : undefined),
  });

  test('may be null', () => {
    expect(evaluate("parameters('here').a", within)).toBeNull();
    expect(evaluate("variables('here')", within)).toBeNull();
  });

  test('that there are none of are refused', () => {
    expect(refusal("parameters('virtualMachineName')", within)).toBe(
      "The template parameter 'virtualMachineName' is not found. Please see https://aka.ms/arm-template/#parameters for usage details.",
    );
    expect(refusal("variables('x')", within)).toBe(
      "The template variable 'x' is not found. Please see https://aka.ms/arm-template/#variables for usage details.",
    );
  });
});

describe('loops', () => {
  const within = emptyScope({
    copyIndex: (loop) => (loop === undefined ? 2 : loop === 'disks' ? 5 : undefined),
  });

  test('count from zero, from an offset, and by name', () => {
    expect(evaluate('copyIndex()', within)).toBe(2);
    expect(evaluate('copyIndex(1)', within)).toBe(3);
    expect(evaluate("copyIndex('disks')", within)).toBe(5);
    expect(evaluate("copyIndex('disks', 10)", within)).toBe(15);
  });

  test('that an expression is not in are refused', () => {
    const message =
      "The template function 'copyIndex' is not expected at this location. The function can only be used in a resource with copy specified. Please see https://aka.ms/arm-copy for usage details.";
    expect(refusal("copyIndex('nics')", within)).toBe(message);
    expect(refusal('copyIndex()')).toBe(message);
  });
});

describe('other resources', () => {
  const asked: unknown[] = [];
  const within = emptyScope({
    reference: (...question) => {
      asked.push(question);
      return { ipAddress: '10.0.0.4' };
    },
  });

  test('are asked for by id or name, with a version, and in full', () => {
    expect(evaluate("reference('ip').ipAddress", within)).toBe('10.0.0.4');
    evaluate("reference('ip', '2024-01-01')", within);
    evaluate("reference('ip', '2024-01-01', 'full')", within);
    expect(asked).toEqual([
      ['ip', undefined, false],
      ['ip', '2024-01-01', false],
      ['ip', '2024-01-01', true],
    ]);
  });

  test('are refused where they may not be asked for', () => {
    expect(refusal("reference('ip')")).toBe(
      `The template function 'reference' is not expected at this location. ${USAGE}`,
    );
    expect(refusal("reference('ip', '2024-01-01', 'Half')", within)).toMatch(/'Half' must be 'Full'/);
  });

  test('do not list their secrets', () => {
    expect(refusal("LISTkeys('x', '2024-01-01')", within)).toMatch(/is not served here/);
  });
});

describe('providers', () => {
  test('are shown whole or by the type', () => {
    expect(evaluate("providers('Microsoft.Compute')")).toEqual(COMPUTE);
    expect(evaluate("providers('microsoft.compute', 'VIRTUALMACHINES').apiVersions[0]")).toBe('2024-07-01');
    expect(refusal("providers('Microsoft.Compute', 'x')")).toMatch(
      /the resource type 'x' is not found in the namespace 'Microsoft.Compute'/,
    );
    expect(refusal("providers('Microsoft.Nothing')")).toMatch(
      /the resource provider namespace 'Microsoft.Nothing' is not found/,
    );
  });

  // The first three are documented.
  test.each([
    ["pickZones('Microsoft.Compute', 'virtualMachines', 'westus2')", ['1']],
    ["pickZones('Microsoft.Compute', 'virtualMachines', 'northcentralus')", []],
    ["pickZones('Microsoft.Cdn', 'profiles', 'westus2')", []],
    ["pickZones('Microsoft.Compute', 'virtualMachines', 'West US 2', 3)", ['1', '2', '3']],
    ["pickZones('Microsoft.Compute', 'virtualMachines', 'westus2', 2, 1)", ['2', '3']],
    ["pickZones('Microsoft.Compute', 'images', 'westus2')", []],
  ])('%s', (expression, zones) => {
    expect(evaluate(expression)).toEqual(zones);
  });

  test('have no more zones than they have', () => {
    expect(refusal("pickZones('Microsoft.Compute', 'virtualMachines', 'westus2', 2, 2)")).toMatch(
      /has '3' zones, fewer than/,
    );
    expect(refusal("pickZones('Microsoft.Compute', 'virtualMachines', 'westus2', 0)")).toMatch(
      /must be at least 1/,
    );
  });
});
