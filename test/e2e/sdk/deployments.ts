// Deployments through @azure/arm-resourcesdeployments: a template becomes a balancer and a scale set with a guest, is looked at
// from all sides, and one is canceled on its way.
import type { Deployment } from '@azure/arm-resourcesdeployments';
import { describe, expect, test } from 'vitest';
import { until } from '../arm.ts';
import { SOON } from './clients.ts';
import { all, type Fleet, GROUP, LOCATION, refused } from './fleet.ts';

const NAME = 'fleet';
const SECRET = 'not-to-be-seen-2';

/** A program in the guest that the set's extension waits for, so that it is not over before somebody ends it. */
const SLOW = {
  name: 'wait',
  properties: {
    publisher: 'Microsoft.Azure.Extensions',
    type: 'CustomScript',
    typeHandlerVersion: '2.1',
    settings: { commandToExecute: 'sleep 3600' },
  },
};

function deployment(set: string, extensions: readonly object[] = []): Deployment {
  return {
    properties: {
      mode: 'Incremental',
      parameters: { set: { value: set }, password: { value: SECRET } },
      template: {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        parameters: { set: { type: 'string' }, password: { type: 'secureString' } },
        resources: [
          {
            type: 'Microsoft.Network/loadBalancers',
            apiVersion: '2024-05-01',
            name: 'deployed-lb',
            location: LOCATION,
            sku: { name: 'Standard' },
            properties: {
              frontendIPConfigurations: [{ name: 'front' }],
              backendAddressPools: [{ name: 'pool' }],
            },
          },
          {
            type: 'Microsoft.Compute/virtualMachineScaleSets',
            apiVersion: '2024-07-01',
            name: "[parameters('set')]",
            location: LOCATION,
            sku: { name: 'Standard_B1s', capacity: 1 },
            dependsOn: ['deployed-lb'],
            properties: {
              overprovision: false,
              virtualMachineProfile: {
                osProfile: {
                  computerNamePrefix: 'vm',
                  adminUsername: 'azureuser',
                  adminPassword: "[parameters('password')]",
                },
                extensionProfile: { extensions },
                storageProfile: { imageReference: { publisher: 'muster', offer: 'base', sku: '1' } },
              },
            },
          },
        ],
        outputs: { pool: { type: 'string', value: "[reference('deployed-lb').backendAddressPools[0].id]" } },
      },
    },
  };
}

export function deploymentTests(fleet: () => Fleet): void {
  describe('a deployment', () => {
    test('is validated without making anything', async () => {
      const { deployments, compute } = fleet();
      const { properties } = await deployments.deployments.validate(
        GROUP,
        NAME,
        deployment('deployed'),
        SOON,
      );
      expect(properties?.validatedResources).toHaveLength(2);
      expect(await refused(compute.virtualMachineScaleSets.get(GROUP, 'deployed'))).toMatchObject({
        statusCode: 404,
      });
      const wrong = { properties: { mode: 'Incremental' as const, template: { resources: 'none' } } };
      // The SDK takes the 400 for an operation that ended at once, and says no more of it.
      await expect(deployments.deployments.validate(GROUP, NAME, wrong, SOON)).rejects.toThrow(
        'The long-running operation has failed',
      );
      expect(await refused(deployments.deployments.get(GROUP, NAME))).toMatchObject({ statusCode: 404 });
    });

    test('makes what its template declares, and says what it came to', async () => {
      const { deployments, compute, muster } = fleet();
      const made = await deployments.deployments.createOrUpdate(GROUP, NAME, deployment('deployed'), SOON);
      expect(made.properties?.provisioningState).toBe('Succeeded');
      const outputs = made.properties?.outputs as Readonly<Record<string, { value: unknown }>>;
      expect(outputs['pool']?.value).toMatch(/deployed-lb.*\/pool$/);
      const { virtualMachineScaleSetVMs: instances } = compute;
      expect(await all(instances.list(GROUP, 'deployed'))).toMatchObject([
        { provisioningState: 'Succeeded' },
      ]);
      expect(await deployments.deployments.get(GROUP, NAME)).toEqual(made);
      expect(JSON.stringify(made)).not.toContain(SECRET);
      expect(muster.stderr).not.toContain(SECRET);
    });

    test('is found, also by its state', async () => {
      const { deployments } = fleet().deployments;
      expect((await deployments.checkExistence(GROUP, NAME)).body).toBe(true);
      expect((await deployments.checkExistence(GROUP, 'none')).body).toBe(false);
      const named = async (filter: string) =>
        (await all(deployments.listByResourceGroup(GROUP, { filter }))).map(({ name }) => name);
      expect(await named("provisioningState eq 'Succeeded'")).toEqual([NAME]);
      expect(await named("provisioningState eq 'Failed'")).toEqual([]);
    });

    test('has an operation for each resource, and its template', async () => {
      const { deploymentOperations, deployments } = fleet().deployments;
      const operations = await all(deploymentOperations.list(GROUP, NAME));
      expect(operations.map(({ properties }) => properties?.targetResource?.resourceName)).toEqual([
        'deployed-lb',
        'deployed',
        undefined,
      ]);
      const [first] = operations;
      expect(await deploymentOperations.get(GROUP, NAME, first?.operationId ?? '')).toEqual(first);
      const exported = await deployments.exportTemplate(GROUP, NAME);
      expect(exported.template).toEqual(deployment('deployed').properties.template);
    });

    test('that is canceled asks for nothing more', async () => {
      const { deployments } = fleet().deployments;
      const running = refused(
        deployments.createOrUpdate(GROUP, 'canceled', deployment('late', [SLOW]), SOON),
      );
      const state = async () =>
        (await deployments.get(GROUP, 'canceled').catch(() => undefined))?.properties?.provisioningState;
      await until(async () => (await state()) === 'Running');
      expect(await refused(deployments.delete(GROUP, 'canceled', SOON))).toMatchObject({ statusCode: 409 });
      await deployments.cancel(GROUP, 'canceled');
      expect(await state()).toBe('Canceled');
      await running;
      expect(await refused(deployments.cancel(GROUP, 'canceled'))).toMatchObject({
        statusCode: 409,
        code: 'DeploymentCannotBeCancelled',
      });
    });

    test('is forgotten without what it made', async () => {
      const { deployments, compute } = fleet();
      await deployments.deployments.delete(GROUP, NAME, SOON);
      expect(await refused(deployments.deployments.get(GROUP, NAME))).toMatchObject({
        statusCode: 404,
        code: 'DeploymentNotFound',
      });
      const sets = compute.virtualMachineScaleSets;
      expect((await sets.get(GROUP, 'deployed')).provisioningState).toBe('Succeeded');
      for (const set of ['deployed', 'late']) await sets.delete(GROUP, set, SOON);
      await fleet().network.loadBalancers.beginDeleteAndWait(GROUP, 'deployed-lb', SOON);
    });
  });
}
