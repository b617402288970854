// The template that az sends for `vmss create` with its defaults, as it is described by who watched it: concat and resourceId
// only, loosely typed values, dependencies as `Type/name` in a case of their own, and an output that refers to the set.

import type { JsonObject } from '../../src/domain/json.ts';

const ip = { type: 'Microsoft.Network/publicIPAddresses', apiVersion: '2022-11-01', location: 'westus' };

export const azTemplate: JsonObject = {
  $schema: 'https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: { adminPassword: { type: 'securestring', metadata: { description: 'Secure adminPassword' } } },
  variables: {},
  resources: [
    {
      name: 'webVNET',
      type: 'Microsoft.Network/virtualNetworks',
      location: 'westus',
      apiVersion: '2015-06-15',
      dependsOn: [],
      tags: {},
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [{ name: 'webSubnet', properties: { addressPrefix: '10.0.0.0/24' } }],
      },
    },
    {
      ...ip,
      name: 'webLBPublicIP',
      tags: {},
      dependsOn: [],
      properties: { publicIPAllocationMethod: 'Static' },
      sku: { name: 'Standard' },
    },
    {
      type: 'Microsoft.Network/loadBalancers',
      name: 'webLB',
      location: 'westus',
      tags: {},
      apiVersion: '2022-11-01',
      dependsOn: [
        'Microsoft.Network/virtualNetworks/webVNET',
        'Microsoft.Network/publicIpAddresses/webLBPublicIP',
      ],
      properties: {
        backendAddressPools: [{ name: 'webLBBEPool' }],
        frontendIPConfigurations: [
          {
            name: 'loadBalancerFrontEnd',
            properties: {
              publicIPAddress: {
                id: "[resourceId('Microsoft.Network/publicIPAddresses', 'webLBPublicIP')]",
              },
            },
          },
        ],
        loadBalancingRules: [
          {
            name: 'LBRule',
            properties: {
              frontendIPConfiguration: {
                id: "[concat(resourceId('Microsoft.Network/loadBalancers', 'webLB'), '/frontendIPConfigurations/', 'loadBalancerFrontEnd')]",
              },
              protocol: 'tcp',
              frontendPort: 80,
              backendPort: 80,
            },
          },
        ],
      },
      sku: { name: 'Standard' },
    },
    {
      type: 'Microsoft.Network/loadBalancers/inboundNatRules',
      apiVersion: '2022-11-01',
      name: "[concat('webLB', '/', 'NatRule')]",
      location: 'westus',
      properties: {
        frontendIPConfiguration: {
          id: "[concat(resourceId('Microsoft.Network/loadBalancers', 'webLB'), '/frontendIPConfigurations/', 'loadBalancerFrontEnd')]",
        },
        backendAddressPool: {
          id: "[concat(resourceId('Microsoft.Network/loadBalancers', 'webLB'), '/backendAddressPools/', 'webLBBEPool')]",
        },
        backendPort: 22,
        frontendPortRangeStart: '50000',
        frontendPortRangeEnd: '50119',
        protocol: 'tcp',
        idleTimeoutInMinutes: 5,
      },
      dependsOn: ["[concat('Microsoft.Network/loadBalancers/', 'webLB')]"],
    },
    {
      type: 'Microsoft.Network/networkSecurityGroups',
      name: 'webNSG',
      apiVersion: '2015-06-15',
      location: 'westus',
      tags: {},
      dependsOn: [],
      properties: { securityRules: [] },
    },
    {
      type: 'Microsoft.Compute/virtualMachineScaleSets',
      name: 'web',
      location: 'westus',
      tags: {},
      apiVersion: '2024-11-01',
      dependsOn: [
        'Microsoft.Network/virtualNetworks/webVNET',
        'Microsoft.Network/networkSecurityGroups/webNSG',
        'Microsoft.Network/loadBalancers/webLB',
      ],
      sku: { name: 'Standard_DS1_v2', capacity: 3 },
      properties: {
        overprovision: true,
        upgradePolicy: { mode: 'manual', rollingUpgradePolicy: {} },
        singlePlacementGroup: null,
        virtualMachineProfile: {
          storageProfile: {
            osDisk: {
              createOption: 'FromImage',
              caching: 'ReadWrite',
              managedDisk: { storageAccountType: null },
            },
            imageReference: {
              publisher: 'Canonical',
              offer: '0001-com-ubuntu-server-jammy',
              sku: '22_04-lts-gen2',
              version: 'latest',
            },
          },
          networkProfile: {
            networkInterfaceConfigurations: [
              {
                name: 'web5c0eNic',
                properties: {
                  ipConfigurations: [
                    {
                      name: 'web5c0eIPConfig',
                      properties: {
                        subnet: {
                          id: "[concat(resourceId('Microsoft.Network/virtualNetworks', 'webVNET'), '/subnets/', 'webSubnet')]",
                        },
                        loadBalancerBackendAddressPools: [
                          {
                            id: "[concat(resourceId('Microsoft.Network/loadBalancers', 'webLB'), '/backendAddressPools/', 'webLBBEPool')]",
                          },
                        ],
                      },
                    },
                  ],
                  networkSecurityGroup: {
                    id: "[resourceId('Microsoft.Network/networkSecurityGroups', 'webNSG')]",
                  },
                  primary: 'true',
                },
              },
            ],
          },
          osProfile: {
            computerNamePrefix: 'web5c0e',
            adminUsername: 'azureuser',
            adminPassword: "[parameters('adminPassword')]",
          },
        },
        orchestrationMode: 'Uniform',
      },
    },
  ],
  outputs: {
    VMSS: {
      type: 'object',
      value:
        "[reference(resourceId('Microsoft.Compute/virtualMachineScaleSets', 'web'),providers('Microsoft.Compute', 'virtualMachineScaleSets').apiVersions[0])]",
    },
  },
};
