// The instance's body and its instance view, member by member, against what Azure was recorded to say.
import { describe, expect, test } from 'vitest';
import { wireEra } from '../../arm/api-version.ts';
import type { Instance } from '../../domain/instance.ts';
import type { JsonObject } from '../../domain/json.ts';
import { BODY, instance, model, scaleSet, SUBSCRIPTION } from '../../../test/wire/rows.ts';
import { instanceBody, strippedInstance } from './instance.ts';
import { instanceViewBody } from './instance-view.ts';

const set = scaleSet();
const version = model(set);
const show = { subscriptionId: SUBSCRIPTION, era: wireEra('2024-07-01') };
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Rg/providers/Microsoft.Compute`;
const PATH = `${GROUP}/virtualMachineScaleSets/web/virtualMachines/3`;
const OS_DISK = 'web_web_3_OsDisk_1_cccccccc000040008000000000000003';

const body = (
  changes: Partial<Instance> = {},
  more: Partial<typeof show> & { userData?: boolean; instanceView?: boolean } = {},
) => instanceBody(set, version, instance(set, 3, changes), { ...show, ...more });
const view = (changes: Partial<Instance> = {}) => instanceViewBody(set, version, instance(set, 3, changes));

describe('an instance', () => {
  test('has the recorded members in the recorded order', () => {
    expect(Object.keys(body())).toEqual([
      'name',
      'id',
      'type',
      'location',
      'tags',
      'instanceId',
      'sku',
      'properties',
      'etag',
    ]);
    expect(Object.keys(body()['properties'] as object)).toEqual([
      'latestModelApplied',
      'modelDefinitionApplied',
      'networkProfileConfiguration',
      'provisioningState',
      'hardwareProfile',
      'vmId',
      'storageProfile',
      'osProfile',
      'networkProfile',
      'timeCreated',
    ]);
    expect(body()).toMatchObject({
      name: 'web_3',
      id: PATH,
      type: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
      location: 'westus',
      tags: { tier: 'front' },
      instanceId: '3',
      sku: { name: 'Standard_B1s', tier: 'Standard' },
      etag: '"2"',
      properties: {
        latestModelApplied: true,
        modelDefinitionApplied: 'VirtualMachineScaleSet',
        provisioningState: 'Succeeded',
        hardwareProfile: { vmSize: 'Standard_B1s' },
        osProfile: { computerName: 'web000003', adminUsername: 'azureuser' },
        networkProfile: { networkInterfaces: [{ id: `${PATH}/networkInterfaces/nic` }] },
      },
    });
  });

  test('has disks with the names and ids that follow from its own', () => {
    const { storageProfile } = body()['properties'] as { storageProfile: JsonObject };
    expect(storageProfile).toEqual({
      imageReference: { publisher: 'Canonical', offer: 'UbuntuServer', sku: '18.04-LTS', version: 'latest' },
      osDisk: {
        osType: 'Linux',
        name: OS_DISK,
        createOption: 'FromImage',
        caching: 'ReadWrite',
        managedDisk: { storageAccountType: 'Standard_LRS', id: `${GROUP}/disks/${OS_DISK}` },
        diskSizeGB: 30,
      },
      dataDisks: [
        {
          lun: 0,
          name: 'web_web_3_disk2_cccccc00004000800000000000000301',
          createOption: 'Empty',
          managedDisk: {
            storageAccountType: 'Standard_LRS',
            id: `${GROUP}/disks/web_web_3_disk2_cccccc00004000800000000000000301`,
          },
          diskSizeGB: 4,
          toBeDetached: false,
        },
      ],
    });
  });

  test('shows no secret, and its user data only when that is asked for', () => {
    expect(JSON.stringify(body({}, { instanceView: true }))).not.toMatch(
      /S3cret-password|c2VjcmV0IGRhdGE=|dXNlciBkYXRh/,
    );
    expect(body({}, { userData: true })['properties']).toMatchObject({ userData: 'dXNlciBkYXRh' });
    expect(body({ userData: 'b3du' }, { userData: true })['properties']).toMatchObject({ userData: 'b3du' });
  });

  test('says whether it has the latest model, and whose model it has', () => {
    const stale = instanceBody({ ...set, model: 2 }, version, instance(set), show);
    expect(stale['properties']).toMatchObject({ latestModelApplied: false });
    expect(body({ ownModel: true })['properties']).toMatchObject({
      modelDefinitionApplied: 'VirtualMachine',
    });
  });

  test('has a protection policy once it was given one, and a zone when it is in one', () => {
    expect(body()['properties']).not.toHaveProperty('protectionPolicy');
    const protection = { protectFromScaleSetActions: false, protectFromScaleIn: true };
    expect(JSON.stringify((body({ protection })['properties'] as JsonObject)['protectionPolicy'])).toBe(
      '{"protectFromScaleIn":true,"protectFromScaleSetActions":false}',
    );
    expect(body({ zone: '2' })['zones']).toEqual(['2']);
  });

  test('has neither etag nor time before there were any', () => {
    const old = body({}, { era: wireEra('2020-06-01') });
    expect(old).not.toHaveProperty('etag');
    expect(old['properties']).not.toHaveProperty('timeCreated');
  });

  test('selected for its view alone is stripped as Azure strips it', () => {
    const stripped = strippedInstance(set, version, instance(set), show);
    expect(Object.keys(stripped)).toEqual(['id', 'instanceId', 'properties']);
    expect(Object.keys(stripped['properties'] as object)).toEqual([
      'latestModelApplied',
      'instanceView',
      'hardwareProfile',
      'provisioningState',
    ]);
    expect(stripped['properties']).toMatchObject({
      latestModelApplied: false,
      hardwareProfile: {},
      instanceView: view(),
    });
  });

  test('of an image with a version of its own knows it exactly', () => {
    const imageReference = { publisher: 'p', offer: 'o', sku: 's', version: '1.2.3' };
    const profile = {
      ...version.profile,
      storageProfile: { ...(version.profile['storageProfile'] as object), imageReference },
    };
    const row = instance(set, 3, { imageVersion: '1.2.3' });
    const shown = instanceBody(set, { ...version, profile }, row, show);
    expect(shown['properties']).toMatchObject({
      storageProfile: { imageReference: { ...imageReference, exactVersion: '1.2.3' } },
    });
  });
});

describe('an instance view', () => {
  test('of a running instance has the recorded members in the recorded order', () => {
    expect(Object.keys(view())).toEqual([
      'placementGroupId',
      'platformUpdateDomain',
      'platformFaultDomain',
      'computerName',
      'osName',
      'osVersion',
      'vmAgent',
      'disks',
      'hyperVGeneration',
      'statuses',
    ]);
    expect(view()).toMatchObject({
      placementGroupId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
      platformUpdateDomain: 2,
      platformFaultDomain: 1,
      computerName: 'web000003',
      osName: 'ubuntu',
      osVersion: '18.04',
      disks: [{ name: OS_DISK }, { name: 'web_web_3_disk2_cccccc00004000800000000000000301' }],
      statuses: [
        {
          code: 'ProvisioningState/succeeded',
          level: 'Info',
          displayStatus: 'Provisioning succeeded',
          time: '2026-11-24T06:00:05.0000000+00:00',
        },
        { code: 'PowerState/running', level: 'Info', displayStatus: 'VM running' },
      ],
    });
    expect((view()['statuses'] as JsonObject[])[1]).not.toHaveProperty('time');
  });

  test('of a stopped instance remembers its agent; of a deallocated one, nothing that was on a host', () => {
    const stopped = view({ observed: { power: 'stopped', ready: false } });
    expect(stopped).toMatchObject({
      computerName: 'web000003',
      vmAgent: { statuses: [{ displayStatus: 'Ready' }] },
    });
    expect((stopped['statuses'] as JsonObject[])[1]).toEqual({
      code: 'PowerState/stopped',
      level: 'Info',
      displayStatus: 'VM stopped',
    });
    const deallocated = view({ observed: { power: 'deallocated', ready: false } });
    for (const gone of ['computerName', 'osName', 'osVersion', 'vmAgent'])
      expect(deallocated).not.toHaveProperty(gone);
    expect(deallocated['disks']).toHaveLength(2);
    expect((deallocated['statuses'] as JsonObject[])[1]).toMatchObject({ displayStatus: 'VM deallocated' });
  });

  test('of one that boots says that its agent is not heard of yet', () => {
    expect(view({ observed: { power: 'running', ready: false } })).toMatchObject({
      vmAgent: {
        vmAgentVersion: 'Unknown',
        statuses: [{ code: 'ProvisioningState/Unavailable', displayStatus: 'Not Ready' }],
      },
    });
  });

  test('of one that is being made has no power state and no time yet', () => {
    const task = { operation: 'op', verb: 'create', since: 0, deadline: 1, graceful: true } as const;
    const { statuses } = view({ task, observed: { ready: false } });
    expect(statuses).toEqual([
      { code: 'ProvisioningState/creating', level: 'Info', displayStatus: 'Creating' },
    ]);
  });

  test('of one that failed says why', () => {
    const failure = { code: 'OSProvisioningTimedOut', message: 'It did not come up.' } as const;
    expect((view({ failure })['statuses'] as JsonObject[])[0]).toEqual({
      code: 'ProvisioningState/failed',
      level: 'Error',
      displayStatus: 'Provisioning failed',
      message: 'It did not come up.',
      time: '2026-11-24T06:00:05.0000000+00:00',
    });
  });

  test('names a placement group only where there is a single one', () => {
    const properties = { ...(BODY['properties'] as object), singlePlacementGroup: false };
    const large = scaleSet({ ...BODY, properties });
    expect(instanceViewBody(large, model(large), instance(large))).not.toHaveProperty('placementGroupId');
  });

  test.each([
    [
      { publisher: 'Canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts-gen2' },
      'ubuntu',
      '22.04',
    ],
    [{ publisher: 'Debian', offer: 'debian-12', sku: '12' }, 'debian', '12'],
    [
      { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2022-datacenter' },
      'Windows Server 2022',
      '2022',
    ],
    [{ publisher: 'muster', offer: 'web' }, undefined, undefined],
    [{ id: '/subscriptions/x/images/own' }, undefined, undefined],
  ])('of image %j has system %s %s', (imageReference, osName, osVersion) => {
    const profile = { ...version.profile, storageProfile: { imageReference } };
    const shown = instanceViewBody(set, { ...version, profile }, instance(set));
    expect([shown['osName'], shown['osVersion']]).toEqual([osName, osVersion]);
  });
});
