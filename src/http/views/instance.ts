// The instance as clients see it: what its model and its own row say, in Azure's order.

import type { WireEra } from '../../arm/api-version.ts';
import type { JsonObject } from '../../arm/json.ts';
import { type DataDisk, type Instance, nameOf, instanceProvisioningState } from '../../domain/instance.ts';
import { osDiskName } from '../../domain/disk-name.ts';
import { textAt } from '../../domain/json.ts';
import { computerNameOf, sizeOf } from '../../domain/model.ts';
import { diskPath, instancePath } from '../../domain/resource-path.ts';
import type { ModelVersion, ScaleSet } from '../../domain/scale-set.ts';
import { azureTime } from '../../domain/time.ts';
import { extensionResources } from './extension.ts';
import { instanceViewBody } from './instance-view.ts';
import { modelFacts } from './model-facts.ts';
import { etagOf } from './scale-set.ts';
import { withoutSecrets } from './secrets.ts';

export interface InstanceShow {
  readonly subscriptionId: string;
  readonly era: WireEra;
  /** `$expand=instanceView`. */
  readonly instanceView?: boolean;
  /** `$expand=userData`. */
  readonly userData?: boolean;
}

export function instanceBody(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  show: InstanceShow,
): JsonObject {
  const facts = modelFacts(model);
  const resources = extensionResources(set, model, instance, show.subscriptionId);
  return {
    name: nameOf(set.name, instance),
    id: instancePath(show.subscriptionId, set, instance),
    type: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
    location: set.declared.location,
    tags: instance.tags,
    instanceId: String(instance.id),
    sku: instance.size === undefined ? facts.sku : { name: instance.size, tier: model.tier || 'Standard' },
    ...(facts.plan === undefined ? {} : { plan: facts.plan }),
    ...(instance.zone === undefined ? {} : { zones: [instance.zone] }),
    properties: propertiesOf(set, model, instance, show),
    ...(resources.length === 0 ? {} : { resources }),
    ...(show.era.etag ? { etag: etagOf(instance) } : {}),
  };
}

/** What `$select=instanceView` leaves; its latestModelApplied is a meaningless false in Azure's answers too (azure-wire 3). */
export function strippedInstance(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  show: InstanceShow,
): JsonObject {
  return {
    id: instancePath(show.subscriptionId, set, instance),
    instanceId: String(instance.id),
    properties: {
      latestModelApplied: false,
      instanceView: instanceViewBody(set, model, instance),
      hardwareProfile: {},
      provisioningState: instanceProvisioningState(instance),
    },
  };
}

function propertiesOf(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  show: InstanceShow,
): JsonObject {
  const facts = modelFacts(model);
  const userData = instance.userData ?? textAt(model.profile, 'userData');
  const path = instancePath(show.subscriptionId, set, instance);
  return {
    latestModelApplied: instance.model === set.model,
    modelDefinitionApplied: instance.ownModel ? 'VirtualMachine' : 'VirtualMachineScaleSet',
    ...(facts.networkConfiguration === undefined
      ? {}
      : { networkProfileConfiguration: facts.networkConfiguration }),
    ...(show.instanceView ? { instanceView: instanceViewBody(set, model, instance) } : {}),
    provisioningState: instanceProvisioningState(instance),
    hardwareProfile: { vmSize: sizeOf(instance, model) },
    vmId: instance.vmId,
    storageProfile: storageProfileOf(set, model, instance, show.subscriptionId),
    osProfile: { computerName: computerNameOf(model, instance), ...facts.osProfile },
    ...(facts.interfaceNames.length === 0
      ? {}
      : {
          networkProfile: {
            networkInterfaces: facts.interfaceNames.map((name) => ({
              id: `${path}/networkInterfaces/${name}`,
            })),
          },
        }),
    ...facts.others,
    ...(show.userData && userData !== undefined ? { userData } : {}),
    ...(instance.protection === undefined
      ? {}
      : {
          protectionPolicy: {
            protectFromScaleIn: instance.protection.protectFromScaleIn,
            protectFromScaleSetActions: instance.protection.protectFromScaleSetActions,
          },
        }),
    ...(show.era.timeCreated ? { timeCreated: azureTime(instance.created) } : {}),
  };
}

export function storageProfileOf(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  subscriptionId: string,
): JsonObject {
  const { imageReference } = modelFacts(model);
  return {
    imageReference:
      instance.imageVersion === undefined
        ? imageReference
        : { ...imageReference, exactVersion: instance.imageVersion },
    osDisk: osDiskOf(set, model, instance, subscriptionId),
    dataDisks: instance.dataDisks.map((disk) => dataDiskOf(set, disk, subscriptionId)),
  };
}

function osDiskOf(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  subscriptionId: string,
): JsonObject {
  const { osType, createOption, caching, managedDisk, deleteOption, diskSizeGB, ...rest } =
    modelFacts(model).osDisk;
  const name = osDiskName(set.name, instance);
  return {
    ...(osType === undefined ? {} : { osType }),
    name,
    createOption,
    caching,
    ...rest,
    managedDisk: {
      ...(managedDisk as JsonObject | undefined),
      id: diskPath(subscriptionId, set.group, name),
    },
    ...(deleteOption === undefined ? {} : { deleteOption }),
    diskSizeGB,
  };
}

function dataDiskOf(set: ScaleSet, disk: DataDisk, subscriptionId: string): JsonObject {
  const {
    name: _name,
    lun: _lun,
    createOption,
    caching,
    managedDisk,
    deleteOption,
    diskSizeGB: _size,
    toBeDetached: _asked,
    ...rest
  } = withoutSecrets(disk.declared);
  const own = managedDisk as JsonObject | undefined;
  return {
    lun: disk.lun,
    name: disk.name,
    createOption,
    ...(caching === undefined ? {} : { caching }),
    ...rest,
    managedDisk: {
      storageAccountType: 'Standard_LRS',
      ...own,
      id: own?.['id'] ?? diskPath(subscriptionId, set.group, disk.name),
    },
    ...(deleteOption === undefined ? {} : { deleteOption }),
    diskSizeGB: disk.sizeGiB,
    toBeDetached: disk.detaching ?? false,
  };
}
