// What a template may ask about where it runs.
import { expect, test } from 'vitest';
import { deploymentFacts, GROUP_ID, refusal, SUBSCRIPTION, worth } from '../../../test/testing/templates.ts';
import { guidFor } from './facts.ts';

test.each([
  ['[resourceGroup().id]', GROUP_ID],
  ['[resourceGroup().tags.team]', 'sre'],
  ['[subscription().subscriptionId]', SUBSCRIPTION],
  ['[subscription().displayName]', 'Lab'],
  ['[tenant().tenantId]', '22222222-2222-4222-8222-222222222222'],
  ['[environment().name]', 'AzureCloud'],
  ['[deployment().name]', 'first'],
  ['[deployment().properties.template.contentVersion]', '1.0.0.0'],
  [
    "[resourceId('Microsoft.Network/virtualNetworks', 'web')]",
    `${GROUP_ID}/providers/Microsoft.Network/virtualNetworks/web`,
  ],
  ["[providers('Microsoft.Network', 'virtualNetworks').apiVersions[0]]", '2024-05-01'],
])('%s is %s', (expression, value) => {
  expect(worth(expression)).toBe(value);
});

test('the parameters of the deployment show no secure value', () => {
  const parameters = { open: { type: 'string' }, password: { type: 'securestring' } };
  const asked = '[deployment().properties.parameters]';
  expect(worth(asked, { parameters }, { open: 'x', password: 'S3cret' })).toEqual({
    open: { type: 'String', value: 'x' },
    password: { type: 'SecureString' },
  });
});

test('who deploys is not known', () => {
  expect(refusal(() => worth('[deployer().objectId]')).message).toContain("'deployer' is not expected");
});

test('a GUID follows from seed and words, and tells them apart', () => {
  const facts = deploymentFacts();
  expect(guidFor(facts, 'a', '1')).toBe(guidFor(facts, 'a', '1'));
  expect(guidFor(facts, "it's [odd]")).toMatch(/^[0-9a-f]{8}-/);
  const others = [
    guidFor(facts, 'a', '2'),
    guidFor(facts, 'b', '1'),
    guidFor({ ...facts, seed: 'b' }, 'a', '1'),
  ];
  expect(others).not.toContain(guidFor(facts, 'a', '1'));
});
