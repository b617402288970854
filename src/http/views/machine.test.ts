// The virtual machine's body, member by member, against what Azure was recorded to say.
import { describe, expect, test } from 'vitest';
import { wireEra } from '../../arm/api-version.ts';
import type { Instance } from '../../domain/instance.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ModelVersion, ScaleSet } from '../../domain/scale-set.ts';
import { BODY, instance, model, scaleSet, SUBSCRIPTION } from '../../../test/wire/rows.ts';
import { instanceText } from './instance-text.ts';
import { instanceViewBody } from './instance-view.ts';
import { fullMachine, machineBody, machineStatus, memberBody, memberStub } from './machine.ts';

const {
  overprovision: _uniform,
  singlePlacementGroup: _one,
  ...PROPERTIES
} = BODY['properties'] as JsonObject;
const set = scaleSet({
  ...BODY,
  properties: { ...PROPERTIES, orchestrationMode: 'Flexible', platformFaultDomainCount: 3 },
});
const version = model(set);
const TENANT = '22222222-2222-2222-2222-222222222222';
const show = { subscriptionId: SUBSCRIPTION, tenantId: TENANT, era: wireEra('2024-11-01') };
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Rg/providers/Microsoft.Compute`;
const row = instance(set);
const name = row.machine?.name ?? '';
const solo: ScaleSet = { ...set, type: 'solo', name: 'm1' };

const body = (
  changes: Partial<Instance> = {},
  more: { readonly of?: ScaleSet; readonly model?: ModelVersion; readonly userData?: boolean } = {},
) => machineBody(more.of ?? set, more.model ?? version, { ...row, ...changes }, { ...show, ...more });
const properties = (of: JsonObject) => of['properties'] as JsonObject;

describe('a machine', () => {
  test('is named after its set with eight digits', () => {
    expect(name).toMatch(/^web_[0-9a-f]{8}$/);
  });

  test('has the recorded members in the recorded order', () => {
    const shown = machineBody(set, version, { ...row, zone: '1' }, { ...show, instanceView: true });
    expect(Object.keys(shown)).toEqual([
      'name',
      'id',
      'type',
      'location',
      'tags',
      'zones',
      'etag',
      'properties',
    ]);
    expect(Object.keys(properties(shown))).toEqual([
      'vmId',
      'virtualMachineScaleSet',
      'hardwareProfile',
      'storageProfile',
      'osProfile',
      'networkProfile',
      'provisioningState',
      'instanceView',
      'timeCreated',
    ]);
  });

  test('is a resource beside its set', () => {
    expect(body()).toMatchObject({
      name,
      id: `${GROUP}/virtualMachines/${name}`,
      type: 'Microsoft.Compute/virtualMachines',
      location: 'westus',
      tags: { tier: 'front' },
      etag: '"2"',
      properties: {
        vmId: row.vmId,
        virtualMachineScaleSet: { id: `${GROUP}/virtualMachineScaleSets/web` },
        hardwareProfile: { vmSize: 'Standard_B1s' },
        provisioningState: 'Succeeded',
      },
    });
  });

  test('has no number, and does not say whether it has the latest model', () => {
    const text = JSON.stringify(body());
    for (const word of ['instanceId', 'latestModelApplied', 'modelDefinitionApplied', '"sku":{"name":"Sta'])
      expect(text).not.toContain(word);
  });

  test('names its network interfaces as resources, with what becomes of each', () => {
    const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Rg/providers/Microsoft.Network/networkInterfaces/nic-${name.slice(-8)}`;
    expect(properties(body())['networkProfile']).toEqual({
      networkInterfaces: [{ id, properties: { primary: true, deleteOption: 'Delete' } }],
    });
  });

  test('has a network profile without any, which clients read as it comes', () => {
    const bare = { ...version, profile: { ...version.profile, networkProfile: {} } };
    expect(properties(body({}, { model: bare }))['networkProfile']).toEqual({ networkInterfaces: [] });
  });

  test('says what becomes of its disks, in the place where Azure does', () => {
    const { osDisk, dataDisks } = properties(body())['storageProfile'] as {
      osDisk: JsonObject;
      dataDisks: JsonObject[];
    };
    expect(Object.keys(osDisk)).toEqual([
      'osType',
      'name',
      'createOption',
      'caching',
      'managedDisk',
      'deleteOption',
      'diskSizeGB',
    ]);
    expect(osDisk['name']).toMatch(new RegExp(`^${name}_OsDisk_1_[0-9a-f]{32}$`));
    expect(dataDisks).toMatchObject([{ lun: 0, deleteOption: 'Delete', diskSizeGB: 4 }]);
  });

  test('shows a fault domain in its model only where a client named one', () => {
    expect(properties(body())).not.toHaveProperty('platformFaultDomain');
    const own = { ...version, version: -1, profile: { ...version.profile, platformFaultDomain: 1 } };
    expect(properties(body({ model: -1 }, { model: own }))['platformFaultDomain']).toBe(1);
  });

  test('shows its own size, and its user data only when asked', () => {
    expect(properties(body({ size: 'Standard_B2s' }))['hardwareProfile']).toEqual({ vmSize: 'Standard_B2s' });
    expect(properties(body())).not.toHaveProperty('userData');
    expect(properties(body({}, { userData: true }))['userData']).toBe('dXNlciBkYXRh');
  });

  test('tells no secret in any shape', () => {
    const all = [
      machineBody(set, version, row, { ...show, instanceView: true, userData: true }),
      fullMachine(set, version, row, show),
      machineStatus(set, version, row, show),
      memberBody(set, row, show),
    ];
    expect(JSON.stringify(all)).not.toMatch(/S3cret-password|c2VjcmV0IGRhdGE=/);
  });

  test('without a set names none, and is in no domain', () => {
    const machine = { group: 'Rg', name: 'm1' };
    const shown = body({ machine }, { of: solo });
    expect(shown).toMatchObject({ name: 'm1', id: `${GROUP}/virtualMachines/m1` });
    expect(properties(shown)).not.toHaveProperty('virtualMachineScaleSet');
    expect(instanceViewBody(solo, version, { ...row, machine })).not.toHaveProperty('platformFaultDomain');
  });

  test('looks as it did at older versions', () => {
    const old = machineBody(set, version, row, { ...show, era: wireEra('2020-12-01') });
    expect(old).not.toHaveProperty('etag');
    expect(properties(old)).not.toHaveProperty('timeCreated');
  });

  test('has the identities that its set was assigned', () => {
    const reader = `${GROUP}/userAssignedIdentities/reader`;
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [reader]: {} } };
    const who = { principalId: 'p', clientId: 'c' };
    const shown = machineBody(
      { ...set, identities: { user: { [reader]: who } } },
      { ...version, extra: { identity } },
      row,
      show,
    );
    expect(shown['identity']).toEqual({
      type: 'UserAssigned',
      userAssignedIdentities: { [reader]: who },
    });
  });
});

describe('the view of a machine', () => {
  test('has a fault domain, no update domain and no placement group', () => {
    const view = instanceViewBody(set, version, row);
    expect(view['platformFaultDomain']).toBe(1);
    expect(view).not.toHaveProperty('platformUpdateDomain');
    expect(view).not.toHaveProperty('placementGroupId');
    expect(Object.keys(view)[0]).toBe('platformFaultDomain');
  });

  test('says that there is a log only of one whose log is on', () => {
    expect(instanceViewBody(set, version, row)).not.toHaveProperty('bootDiagnostics');
    const logged = (enabled: boolean) => ({
      ...version,
      profile: { ...version.profile, diagnosticsProfile: { bootDiagnostics: { enabled } } },
    });
    expect(instanceViewBody(set, logged(true), row)['bootDiagnostics']).toEqual({});
    expect(instanceViewBody(set, logged(false), row)).not.toHaveProperty('bootDiagnostics');
  });
});

describe('of a member', () => {
  const path = `${GROUP}/virtualMachineScaleSets/web/virtualMachines/${name}`;

  test('its set lists the recorded stub, with the null of one in no zone', () => {
    expect(memberStub(set, row, SUBSCRIPTION)).toEqual({
      name,
      id: path,
      type: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
      location: 'westus',
      instanceId: name,
      zones: [null],
    });
    expect(memberStub(set, { ...row, zone: '2' }, SUBSCRIPTION)['zones']).toEqual(['2']);
  });

  test('its set shows the protection once it was set', () => {
    expect(properties(memberBody(set, row, show))).not.toHaveProperty('protectionPolicy');
    const protection = { protectFromScaleIn: true, protectFromScaleSetActions: false };
    const shown = memberBody(set, { ...row, protection }, show);
    expect(shown).toMatchObject({ id: path, etag: '"2"', properties: { protectionPolicy: protection } });
    expect(shown).not.toHaveProperty('zones');
  });

  test('the full view is the machine with what only its set knows', () => {
    const protection = { protectFromScaleIn: true, protectFromScaleSetActions: false };
    const full = fullMachine({ ...set, model: 2 }, version, { ...row, protection }, show);
    const { latestModelApplied, protectionPolicy, ...rest } = properties(full);
    expect({ ...full, instanceId: undefined, properties: rest }).toEqual({
      ...machineBody(set, version, { ...row, protection }, { ...show, instanceView: true }),
      instanceId: undefined,
    });
    expect([full['instanceId'], latestModelApplied, protectionPolicy]).toEqual([name, false, protection]);
  });

  test('its status says nothing of its model', () => {
    expect(machineStatus(set, version, row, show)).toEqual({
      name,
      id: `${GROUP}/virtualMachines/${name}`,
      type: 'Microsoft.Compute/virtualMachines',
      location: 'westus',
      properties: {
        vmId: row.vmId,
        hardwareProfile: {},
        provisioningState: 'Succeeded',
        instanceView: instanceViewBody(set, version, row),
        timeCreated: '2026-11-24T06:00:00.1230000+00:00',
      },
    });
  });
});

describe('the text of a machine', () => {
  const listing = { set, models: new Map([[1, version]]), shape: 'plain' as const, show };

  test('is its body as it would be rendered now, in each shape', () => {
    const shapes = {
      plain: machineBody(set, version, row, show),
      withView: machineBody(set, version, row, { ...show, instanceView: true }),
      stub: memberStub(set, row, SUBSCRIPTION),
      full: fullMachine(set, version, row, show),
      statusOnly: machineStatus(set, version, row, show),
    };
    for (const [shape, value] of Object.entries(shapes)) {
      const text = instanceText({ ...listing, shape: shape as keyof typeof shapes }, row);
      expect(text).toBe(JSON.stringify(value));
    }
  });

  test('is another when its set is assigned another identity', () => {
    const identity = { type: 'UserAssigned', userAssignedIdentities: { '/reader': {} } };
    const models = new Map([[1, { ...version, extra: { identity } }]]);
    const as = (clientId: string) => {
      const identities = { user: { '/reader': { principalId: 'p', clientId } } };
      return instanceText({ ...listing, models, set: { ...set, identities } }, row);
    };
    expect(as('first')).toContain('first');
    expect(as('second')).toContain('second');
  });
});
