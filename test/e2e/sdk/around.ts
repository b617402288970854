// What clients need around scale sets: the subscription, providers, resource groups, the list of resources and the activity
// log, through @azure/arm-resources and @azure/arm-monitor.
import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, LOCATION, refused, SetUnderTest } from './fleet.ts';

const GUID = '6f9619ff-8b86-4011-b42d-00c04fc964ff';

export function aroundTests(fleet: () => Fleet): void {
  describe('around scale sets', () => {
    /** What has no client among ours goes through the pipeline of one: its token, its retries. */
    const get = async (path: string): Promise<unknown> => {
      const { resources, env } = fleet();
      const url = `${env.MUSTER_ENDPOINT}${path}?api-version=2022-12-01`;
      const response = await resources.sendRequest(createPipelineRequest({ url }));
      expect(response.status).toBe(200);
      return JSON.parse(response.bodyAsText ?? '') as unknown;
    };

    test('there is one subscription in one tenant, with its locations', async () => {
      const { env } = fleet();
      const id = env.AZURE_SUBSCRIPTION_ID;
      expect(await get('/subscriptions')).toMatchObject({
        value: [{ subscriptionId: id, state: 'Enabled', tenantId: env.MUSTER_TENANT_ID }],
      });
      expect(await get(`/subscriptions/${id}`)).toMatchObject({ subscriptionId: id });
      expect(await get('/tenants')).toMatchObject({ value: [{ tenantId: env.MUSTER_TENANT_ID }] });
      const locations = (await get(`/subscriptions/${id}/locations`)) as { value: { name: string }[] };
      expect(locations.value.map(({ name }) => name)).toContain(LOCATION);
    });

    test('another subscription, and a request without a token, are refused', async () => {
      const { env, resources } = fleet();
      const url = `${env.MUSTER_ENDPOINT}/subscriptions/${GUID}?api-version=2022-12-01`;
      const other = await resources.sendRequest(createPipelineRequest({ url }));
      expect(other.status).toBe(404);
      expect(JSON.parse(other.bodyAsText ?? '')).toMatchObject({ error: { code: 'SubscriptionNotFound' } });
      const anonymous = await fetch(`${env.MUSTER_ENDPOINT}/subscriptions?api-version=2022-12-01`);
      expect(anonymous.status).toBe(401);
    });

    test('providers are registered, and tell their types', async () => {
      const { providers } = fleet().resources;
      const names = (await all(providers.list())).map(({ namespace }) => namespace);
      expect(names).toContain('Microsoft.Compute');
      const compute = await providers.get('Microsoft.Compute');
      expect(compute.resourceTypes?.map(({ resourceType }) => resourceType)).toContain(
        'virtualMachineScaleSets',
      );
      expect(await providers.register('Microsoft.Compute')).toMatchObject({
        registrationState: 'Registered',
      });
    });

    test('a resource group is made, changed, found and deleted with everything in it', async () => {
      const { resources } = fleet();
      const { resourceGroups: groups } = resources;
      const made = await groups.createOrUpdate('doomed', { location: LOCATION, tags: { a: '1' } });
      expect(made).toMatchObject({ name: 'doomed', location: LOCATION, tags: { a: '1' } });
      expect(await groups.update('doomed', { tags: { a: '2' } })).toMatchObject({ tags: { a: '2' } });
      expect(await groups.get('doomed')).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
      const tagged = groups.list({ filter: "tagName eq 'a' and tagValue eq '2'" });
      expect((await all(tagged)).map(({ name }) => name)).toEqual(['doomed']);
      expect(await groups.checkExistence('doomed')).toMatchObject({ body: true });

      const set = new SetUnderTest(fleet, 'lost');
      await set.create(declared('base', 1), 'doomed');
      expect(set.running()).toEqual(['0']);
      await groups.beginDeleteAndWait('doomed', SOON);
      expect(set.running()).toEqual([]);
      expect(await groups.checkExistence('doomed')).toMatchObject({ body: false });
      expect(await refused(groups.get('doomed'))).toMatchObject({
        statusCode: 404,
        code: 'ResourceGroupNotFound',
      });
    });

    test('scale sets, load balancers and disks are among the resources of their group and of the subscription', async () => {
      const { resources } = fleet().resources;
      const facts = { name: 'web', type: 'Microsoft.Compute/virtualMachineScaleSets', location: LOCATION };
      const disk = { type: 'Microsoft.Compute/disks', location: LOCATION };
      expect(await all(resources.listByResourceGroup('sample'))).toMatchObject([
        facts,
        { name: 'web-lb', type: 'Microsoft.Network/loadBalancers', location: LOCATION },
        disk,
        disk,
        disk,
      ]);
      const filter = "resourceType eq 'Microsoft.Compute/virtualMachineScaleSets' and name eq 'web'";
      expect(await all(resources.list({ filter }))).toMatchObject([facts]);
    });

    test('the activity log tells who did what to which instances, and how it ended', async () => {
      const { compute, monitor, env } = fleet();
      const begun = new Date();
      await compute.virtualMachineScaleSets.restart('sample', 'web', {
        ...SOON,
        vmInstanceIDs: { instanceIds: ['0', '2'] },
        requestOptions: { headers: { 'x-ms-correlation-request-id': GUID } },
      });
      const filter = `eventTimestamp ge '${begun.toISOString()}' and resourceGroupName eq 'sample'`;
      const entries = await all(monitor.activityLogs.list(filter));
      const facts = entries.map(({ operationName, status, caller, correlationId, properties }) => ({
        what: operationName?.value,
        how: status?.value,
        who: caller,
        correlationId,
        which: properties?.['instanceIds'],
      }));
      const restart = {
        what: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
        who: env.AZURE_CLIENT_ID,
        correlationId: GUID,
        which: '0,2',
      };
      expect(facts).toEqual([
        { ...restart, how: 'Succeeded' },
        { ...restart, how: 'Accepted' },
      ]);
      const same = await all(
        monitor.activityLogs.list(`correlationId eq '${GUID}' and status eq 'Succeeded'`),
      );
      expect(same).toHaveLength(1);
      const later = `eventTimestamp ge '${new Date(Date.now() + 60_000).toISOString()}'`;
      expect(await all(monitor.activityLogs.list(later))).toEqual([]);
      expect(await refused(all(monitor.activityLogs.list('nonsense')))).toMatchObject({ statusCode: 400 });
    });
  });
}
