// The metadata service as a guest's programs meet it: what it tells, in which forms, and what it refuses.
import { describe, expect, test } from 'vitest';
import { EVENT, testMetadata } from '../../test/testing/metadata.ts';
import { SUBSCRIPTION } from '../../test/testing/plane.ts';
import { modelRow, THEN, vmIdOf } from '../../test/testing/rows.ts';
import { VERSIONS } from './versions.ts';

const INSTANCE = '/metadata/instance?api-version=2021-02-01';
const EVENTS = '/metadata/scheduledevents?api-version=2020-07-01';

describe('a request', () => {
  test.each([
    ['without the header', INSTANCE, {}],
    ['that denies it', INSTANCE, { metadata: 'false' }],
    ['for a version list without it', '/metadata/versions', {}],
    ['that a proxy passed on', INSTANCE, { metadata: 'true', 'x-forwarded-for': '10.0.0.1' }],
    ['for a token that a proxy passed on', '/msi/token?api-version=2019-08-01', { 'x-forwarded-for': 'x' }],
  ])('%s is refused', async (_, url, headers) => {
    const { ask } = await testMetadata();
    const { status, body } = await ask(url, { headers });
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({ error: expect.stringMatching(/^Bad request\. Re/) as string });
  });

  test('says in Azure’s words that the header is missing', async () => {
    const { ask } = await testMetadata();
    expect((await ask(INSTANCE, { headers: {} })).body).toBe(
      '{"error":"Bad request. Required metadata header not specified"}',
    );
  });

  test.each([
    ['no version', '/metadata/instance'],
    ['an unknown one', '/metadata/instance?api-version=2021-02-02'],
    ['two', '/metadata/instance?api-version=2021-02-01&api-version=2021-02-01'],
    ['one that has no tokens', '/metadata/identity/oauth2/token?api-version=2017-12-01&resource=x'],
    ['one of events', '/metadata/instance?api-version=2019-01-01'],
  ])('with %s is told the newest', async (_, url) => {
    const { ask } = await testMetadata();
    const { status, body } = await ask(url);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      error:
        'Bad request. api-version is invalid or was not specified in the request. For more information refer to aka.ms/azureimds',
      'newest-versions': ['2025-04-07', '2024-07-17', '2024-03-15'],
    });
  });

  test.each([
    ['/', 404],
    ['/metadata', 404],
    ['/metadata/attested/document?api-version=2021-02-01', 404],
    ['/metadata/versions/1', 404],
    ['/msi', 404],
    ['/msi/token/more', 404],
    ['/metadata/instance/compute/nothing?api-version=2021-02-01', 404],
    ['/metadata/instance/compute/__proto__?api-version=2021-02-01', 404],
    ['/metadata/instance/network/interface/length?api-version=2021-02-01&format=text', 404],
    ['/metadata/instance/network/interface/7?api-version=2021-02-01', 404],
    ['/metadata/instance/compute/name?api-version=2021-02-01', 400],
    ['/metadata/instance?api-version=2021-02-01&format=xml', 400],
  ])('for %s is answered %i', async (url, status) => {
    expect((await (await testMetadata()).ask(url)).status).toBe(status);
  });

  test.each([
    ['POST', INSTANCE],
    ['PUT', EVENTS],
    ['DELETE', '/metadata/versions'],
    ['POST', '/metadata/identity/oauth2/token?api-version=2018-02-01'],
    ['PUT', '/msi/token?api-version=2019-08-01'],
  ])('by %s for %s is not allowed', async (method, url) => {
    expect((await (await testMetadata()).ask(url, { method })).status).toBe(405);
  });

  test('of a guest that no row owns any more is told so', async () => {
    expect((await (await testMetadata()).ask(INSTANCE, { instance: 77 })).status).toBe(410);
  });

  test('for the versions needs none', async () => {
    expect(await (await testMetadata()).read('/metadata/versions')).toEqual({ apiVersions: VERSIONS });
  });

  test.each(VERSIONS.filter((version) => version >= '2017-04-02'))('may name %s', async (version) => {
    const { read } = await testMetadata();
    expect(await read(`/metadata/instance?api-version=${version}`)).toHaveProperty('compute');
  });
});

describe('the instance document', () => {
  test('says who the guest is that asks, and every leaf of it is text', async () => {
    const { read } = await testMetadata(
      {},
      {
        zone: '2',
        faultDomain: 3,
        updateDomain: 4,
        tags: { team: 'blue', of: 'two' },
        userData: 'aGVsbG8=',
        dataDisks: [{ lun: 5, sizeGiB: 9, name: 'disk', declared: { caching: 'None' }, fromModel: true }],
      },
    );
    const document = await read(INSTANCE);
    expect(document).toMatchObject({
      compute: {
        location: 'westus',
        name: 'web_0',
        offer: 'web',
        osProfile: { adminUsername: 'azureuser', computerName: 'web000000' },
        platformFaultDomain: '3',
        platformUpdateDomain: '4',
        priority: 'Regular',
        provider: 'Microsoft.Compute',
        publisher: 'muster',
        resourceGroupName: 'rg',
        resourceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web/virtualMachines/0`,
        sku: 'web',
        storageProfile: {
          dataDisks: [{ lun: '5', diskSizeGB: '9', name: 'disk', caching: 'None' }],
          imageReference: { offer: 'web', version: 'latest', id: '' },
        },
        subscriptionId: SUBSCRIPTION,
        tags: 'team:blue;of:two',
        tagsList: [
          { name: 'team', value: 'blue' },
          { name: 'of', value: 'two' },
        ],
        userData: 'aGVsbG8=',
        vmId: vmIdOf(0),
        vmScaleSetName: 'web',
        vmSize: 'Standard_B1s',
        zone: '2',
      },
      network: { interface: [{ ipv4: { ipAddress: [{ privateIpAddress: '127.0.0.2' }] } }] },
    });
    const leaves = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
    expect(leaves(document).filter((leaf) => typeof leaf !== 'string')).toEqual([]);
  });

  test('tells each guest of itself', async () => {
    const { read } = await testMetadata();
    const name = async (instance: number) => (await read(INSTANCE, { instance }))['compute'];
    expect(await name(1)).toMatchObject({ name: 'web_1' });
    expect(await name(2)).toMatchObject({ name: 'web_2' });
  });

  test('holds no secret of the model', async () => {
    const { ask } = await testMetadata();
    const password = JSON.stringify(modelRow().profile).match(/"adminPassword":"([^"]+)"/)?.[1] ?? 'none';
    expect((await ask(INSTANCE)).body).not.toContain(password);
  });

  test.each([
    ['/metadata/instance/compute/name', 'web_0'],
    ['/metadata/instance/network/interface/0/ipv4/ipAddress/0/privateIpAddress', '127.0.0.2'],
    ['/metadata/instance/compute/zone', ''],
    ['/metadata/instance', 'compute/\nnetwork/'],
    ['/metadata/instance/network/interface', '0/'],
    ['/metadata/instance/compute/plan', 'name\nproduct\npublisher'],
  ])('is walked down as text: %s', async (path, text) => {
    const { ask } = await testMetadata();
    const answer = await ask(`${path}?api-version=2021-02-01&format=text`);
    expect(answer).toEqual({ status: 200, type: 'text/plain; charset=utf-8', body: text });
  });

  test('is walked down as JSON', async () => {
    const { read } = await testMetadata();
    expect(await read('/metadata/instance/network/interface/0?api-version=2021-02-01')).toHaveProperty(
      'ipv4',
    );
  });
});

describe('scheduled events', () => {
  const start = (...ids: unknown[]) => ({
    method: 'POST',
    body: JSON.stringify({ StartRequests: ids.map((EventId) => ({ EventId })) }),
  });

  test('are those of the whole set, in Azure’s shape', async () => {
    const { read } = await testMetadata();
    expect(await read(EVENTS)).toEqual({
      DocumentIncarnation: expect.any(Number) as number,
      Events: [
        {
          EventId: EVENT,
          EventStatus: 'Scheduled',
          EventType: 'Terminate',
          ResourceType: 'VirtualMachine',
          Resources: ['web_2'],
          NotBefore: new Date(THEN + 600_000).toUTCString(),
          Description: 'The virtual machine is being deleted.',
          EventSource: 'User',
          DurationInSeconds: -1,
        },
      ],
    });
  });

  test.each(['2017-08-01', '2017-11-01'])('tell of no delete in version %s', async (version) => {
    const { read } = await testMetadata();
    expect(await read(`/metadata/scheduledevents?api-version=${version}`)).toMatchObject({ Events: [] });
  });

  test.each([2, 0])('may be acknowledged by a guest of the set: %i', async (instance) => {
    const { ask, read, plane } = await testMetadata();
    expect(await ask(EVENTS, { ...start(EVENT.toUpperCase()), instance })).toMatchObject({ status: 200 });
    expect(await read(EVENTS)).toMatchObject({ Events: [{ EventStatus: 'Started', NotBefore: '' }] });
    const [, , row] = await plane.store.instances((await plane.store.scaleSets())[0]?.uid ?? '');
    expect(row?.task?.notice?.acknowledged).toBe(plane.clock.now());
    // Again: nothing is left to change.
    expect((await ask(EVENTS, start(EVENT, EVENT))).status).toBe(200);
    expect((await plane.store.instances(row?.set ?? ''))[2]).toBe(row);
  });

  test.each([
    ['an event that there is not', start('e')],
    ['one of two that there is not', start(EVENT, 'e')],
    ['no list', { method: 'POST', body: '{}' }],
    ['an empty list', start()],
    ['a number', start(7)],
    ['nothing', { method: 'POST', body: '' }],
    ['null', { method: 'POST', body: 'null' }],
    ['a null in the list', { method: 'POST', body: '{"StartRequests":[null]}' }],
  ])('are not acknowledged by %s', async (_, asked) => {
    const { ask, plane } = await testMetadata();
    const [set] = await plane.store.scaleSets();
    const before = await plane.store.instances(set?.uid ?? '');
    expect((await ask(EVENTS, asked)).status).toBe(400);
    expect(await plane.store.instances(set?.uid ?? '')).toBe(before);
  });
});
