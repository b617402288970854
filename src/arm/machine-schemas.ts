// Machine schemas: what the bodies about virtual machines must look like where the plane reads them. Unknown members are kept.

import { anyObject, flag, listOf, members, required, scalarText, tags, text, whole } from './schema-parts.ts';

const managedDisk = members({ id: text, storageAccountType: text });

const dataDisk = required(
  members({
    lun: whole,
    name: text,
    caching: text,
    createOption: text,
    deleteOption: text,
    toBeDetached: flag,
    diskSizeGB: whole,
    managedDisk,
  }),
);

const namedInterface = required(
  members({ id: text, properties: members({ primary: flag, deleteOption: text }) }),
);

const interfaceConfiguration = required(
  members({
    name: text,
    properties: members({
      primary: flag,
      deleteOption: text,
      ipConfigurations: listOf(required(members({ name: text, properties: anyObject }))),
    }),
  }),
);

/** PUT and PATCH of a virtual machine. */
export const machineBody = members({
  location: text,
  tags,
  plan: anyObject,
  identity: anyObject,
  zones: listOf(required(scalarText)),
  properties: members({
    hardwareProfile: members({ vmSize: text }),
    storageProfile: members({
      imageReference: members({ publisher: text, offer: text, sku: text, version: text, id: text }),
      osDisk: members({
        osType: text,
        name: text,
        createOption: text,
        caching: text,
        deleteOption: text,
        diskSizeGB: whole,
        managedDisk,
      }),
      dataDisks: listOf(dataDisk),
      diskControllerType: text,
    }),
    osProfile: members({
      computerName: text,
      adminUsername: text,
      adminPassword: text,
      customData: text,
      windowsConfiguration: anyObject,
      linuxConfiguration: members({
        disablePasswordAuthentication: flag,
        ssh: members({ publicKeys: listOf(required(anyObject)) }),
        provisionVMAgent: flag,
        patchSettings: anyObject,
      }),
      secrets: listOf(required(anyObject)),
      allowExtensionOperations: flag,
      requireGuestProvisionSignal: flag,
    }),
    networkProfile: members({
      networkApiVersion: text,
      networkInterfaces: listOf(namedInterface),
      networkInterfaceConfigurations: listOf(interfaceConfiguration),
    }),
    virtualMachineScaleSet: members({ id: text }),
    platformFaultDomain: whole,
    availabilitySet: anyObject,
    priority: text,
    evictionPolicy: text,
    billingProfile: anyObject,
    licenseType: text,
    securityProfile: anyObject,
    additionalCapabilities: anyObject,
    diagnosticsProfile: anyObject,
    scheduledEventsProfile: anyObject,
    extensionsTimeBudget: text,
    userData: text,
  }),
});
