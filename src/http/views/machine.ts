// The virtual machine as clients see it: an instance that is a resource of its own, in Azure's order (recorded bodies of members
// of Flexible sets). What only an instance of a Uniform set has (its number, whether it has the latest model) is not in it.

import type { WireEra } from '../../arm/api-version.ts';
import type { JsonObject } from '../../arm/json.ts';
import { type Instance, instanceProvisioningState, nameOf } from '../../domain/instance.ts';
import { textAt } from '../../domain/json.ts';
import { machineInterfaces } from '../../domain/machine-interface.ts';
import { computerNameOf, sizeOf } from '../../domain/model.ts';
import { instancePath, scaleSetPath, setPath } from '../../domain/resource-path.ts';
import { isSolo, type ModelVersion, type ScaleSet } from '../../domain/scale-set.ts';
import { azureTime } from '../../domain/time.ts';
import { extensionResources } from './extension.ts';
import { storageProfileOf } from './instance.ts';
import { instanceViewBody } from './instance-view.ts';
import { modelFacts } from './model-facts.ts';
import { machineIdentity } from './machine-identity.ts';
import { etagOf } from './scale-set.ts';

const TYPE = 'Microsoft.Compute/virtualMachines';

export interface MachineShow {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly era: WireEra;
  /** `$expand=instanceView`. */
  readonly instanceView?: boolean;
  /** `$expand=userData`. */
  readonly userData?: boolean;
}

export function machineBody(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  show: MachineShow,
): JsonObject {
  const { plan } = modelFacts(model);
  const resources = extensionResources(set, model, instance, show.subscriptionId);
  return {
    ...headOf(set, instance, show),
    tags: instance.tags,
    ...(plan === undefined ? {} : { plan }),
    ...zonesOf(instance),
    ...machineIdentity(set, model, instance, show.tenantId),
    ...(show.era.etag ? { etag: etagOf(instance) } : {}),
    properties: propertiesOf(set, model, instance, show),
    ...(resources.length === 0 ? {} : { resources }),
  };
}

/** What `statusOnly=true` leaves: what was last seen of it, and nothing of its model. No answer of Azure's was recorded. */
export function machineStatus(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  show: MachineShow,
): JsonObject {
  return {
    ...headOf(set, instance, show),
    ...zonesOf(instance),
    properties: {
      vmId: instance.vmId,
      hardwareProfile: {},
      provisioningState: instanceProvisioningState(instance),
      instanceView: instanceViewBody(set, model, instance),
      ...timeOf(instance, show),
    },
  };
}

/** `muster-view=full`, beyond Azure: the whole machine, with what its set knows of it and Azure shows of Uniform sets only. */
export function fullMachine(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  show: MachineShow,
): JsonObject {
  const body = machineBody(set, model, instance, { ...show, instanceView: true });
  return {
    ...body,
    properties: {
      ...(body['properties'] as JsonObject),
      latestModelApplied: instance.model === set.model,
      ...protectionOf(instance),
    },
    instanceId: nameOf(set.name, instance),
  };
}

/** What the list of a Flexible set says of each of its instances (recorded, with the null). */
export function memberStub(set: ScaleSet, instance: Instance, subscriptionId: string): JsonObject {
  const name = nameOf(set.name, instance);
  return {
    name,
    id: `${scaleSetPath(subscriptionId, set.group, set.name)}/virtualMachines/${name}`,
    type: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
    location: set.declared.location,
    instanceId: name,
    zones: [instance.zone ?? null],
  };
}

/** One instance by its set's path: what the set keeps of it, which the machine itself does not show. */
export function memberBody(set: ScaleSet, instance: Instance, show: MachineShow): JsonObject {
  const { zones: _ofLists, ...stub } = memberStub(set, instance, show.subscriptionId);
  return {
    ...stub,
    ...zonesOf(instance),
    properties: {
      provisioningState: instanceProvisioningState(instance),
      vmId: instance.vmId,
      ...protectionOf(instance),
      ...timeOf(instance, show),
    },
    ...(show.era.etag ? { etag: etagOf(instance) } : {}),
  };
}

function headOf(set: ScaleSet, instance: Instance, { subscriptionId }: MachineShow): JsonObject {
  return {
    name: nameOf(set.name, instance),
    id: instancePath(subscriptionId, set, instance),
    type: TYPE,
    location: set.declared.location,
  };
}

function zonesOf({ zone }: Instance): JsonObject {
  return zone === undefined ? {} : { zones: [zone] };
}

function timeOf({ created }: Instance, { era }: MachineShow): JsonObject {
  return era.timeCreated ? { timeCreated: azureTime(created) } : {};
}

function protectionOf({ protection }: Instance): JsonObject {
  if (protection === undefined) return {};
  const { protectFromScaleIn, protectFromScaleSetActions } = protection;
  return { protectionPolicy: { protectFromScaleIn, protectFromScaleSetActions } };
}

function propertiesOf(set: ScaleSet, model: ModelVersion, instance: Instance, show: MachineShow): JsonObject {
  const facts = modelFacts(model);
  const { subscriptionId } = show;
  const { platformFaultDomain, hardwareProfile } = model.profile;
  const userData = instance.userData ?? textAt(model.profile, 'userData');
  return {
    vmId: instance.vmId,
    ...(isSolo(set) ? {} : { virtualMachineScaleSet: { id: setPath(subscriptionId, set) } }),
    // Only where a client named one; the one that it is in is in its view.
    ...(platformFaultDomain === undefined ? {} : { platformFaultDomain }),
    hardwareProfile: { vmSize: sizeOf(instance, model), ...(hardwareProfile as JsonObject | undefined) },
    storageProfile: storageProfileOf(set, model, instance, subscriptionId),
    osProfile: { computerName: computerNameOf(model, instance), ...facts.osProfile },
    networkProfile: { networkInterfaces: machineInterfaces(subscriptionId, { set, instance, model }) },
    ...facts.machineOthers,
    ...(show.userData && userData !== undefined ? { userData } : {}),
    provisioningState: instanceProvisioningState(instance),
    ...(show.instanceView ? { instanceView: instanceViewBody(set, model, instance) } : {}),
    ...timeOf(instance, show),
  };
}
