// What az sends for `vmss create`: planned in the right order, its loosely typed bodies untouched, its password unseen.
import { expect, test } from 'vitest';
import { at } from '../../domain/json.ts';
import { azTemplate } from '../../../test/testing/az-template.ts';
import { deploymentFacts, GROUP_ID, nowhere, refusal, valuesGiven } from '../../../test/testing/templates.ts';
import { planTemplate } from './plan.ts';

const SECRET = 'P@ssw0rd-of-az';
const planned = () =>
  planTemplate(
    azTemplate,
    valuesGiven({ adminPassword: SECRET }),
    deploymentFacts({ deploymentName: 'vmss_deploy_x' }),
  );
const NETWORK = `${GROUP_ID}/providers/Microsoft.Network`;
const SET = `${GROUP_ID}/providers/Microsoft.Compute/virtualMachineScaleSets/web`;

test('it is planned in template order, each resource after those it names', () => {
  expect(planned().resources.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
    [`${NETWORK}/virtualNetworks/webVNET`, []],
    [`${NETWORK}/publicIPAddresses/webLBPublicIP`, []],
    [
      `${NETWORK}/loadBalancers/webLB`,
      [`${NETWORK}/virtualNetworks/webVNET`, `${NETWORK}/publicIPAddresses/webLBPublicIP`],
    ],
    [`${NETWORK}/loadBalancers/webLB/inboundNatRules/NatRule`, [`${NETWORK}/loadBalancers/webLB`]],
    [`${NETWORK}/networkSecurityGroups/webNSG`, []],
    [
      SET,
      [
        `${NETWORK}/virtualNetworks/webVNET`,
        `${NETWORK}/networkSecurityGroups/webNSG`,
        `${NETWORK}/loadBalancers/webLB`,
      ],
    ],
  ]);
});

test('what is loosely typed goes on as it came, in the order in which it came', () => {
  const set = planned().resources.at(-1)?.body(nowhere);
  const profile = at(set, 'properties', 'virtualMachineProfile');
  expect(at(set, 'properties', 'upgradePolicy')).toEqual({ mode: 'manual', rollingUpgradePolicy: {} });
  expect(at(set, 'properties', 'singlePlacementGroup')).toBeNull();
  expect(at(profile, 'storageProfile', 'osDisk', 'managedDisk')).toEqual({ storageAccountType: null });
  const [nic] = at(profile, 'networkProfile', 'networkInterfaceConfigurations') as never[];
  expect(at(nic, 'properties', 'primary')).toBe('true');
  expect(Object.keys(set ?? {})).toEqual(['location', 'tags', 'sku', 'properties']);
  const rule = planned().resources[3]?.body(nowhere);
  expect(at(rule, 'properties', 'frontendPortRangeStart')).toBe('50000');
  expect(at(rule, 'properties', 'backendAddressPool', 'id')).toBe(
    `${NETWORK}/loadBalancers/webLB/backendAddressPools/webLBBEPool`,
  );
});

test('the password reaches the set and nothing else', () => {
  const plan = planned();
  const bodies = plan.resources.map(({ body }) => JSON.stringify(body(nowhere)));
  expect(bodies.map((body) => body.includes(SECRET))).toEqual([false, false, false, false, false, true]);
  expect(plan.parameters).toEqual({ adminPassword: { type: 'SecureString' } });
  expect(JSON.stringify([plan.resources, plan.parameters])).not.toContain(SECRET);
});

test('its output is the set as the newest api-version shows it', () => {
  const asked: (string | undefined)[] = [];
  const outputs = planned().outputs((id, apiVersion) => {
    asked.push(id, apiVersion);
    return { id, name: 'web', properties: { provisioningState: 'Succeeded', singlePlacementGroup: false } };
  });
  expect(outputs).toEqual({
    VMSS: { type: 'Object', value: { provisioningState: 'Succeeded', singlePlacementGroup: false } },
  });
  expect(asked).toEqual([SET, '2024-11-01']);
});

test('without its password it is refused', () => {
  const failure = refusal(() => planTemplate(azTemplate, {}, deploymentFacts()));
  expect(failure.message).toContain("The value for the template parameter 'adminPassword' is not provided");
});
