// Schemas: what request bodies must look like where the plane reads them. Unknown members are kept as they came.
// What must hold: a body that passes has its types where anything reads it; one that does not is refused with the path to
// the first wrong member.

import type { z } from 'zod';
import type { JsonObject } from './json.ts';
import {
  anyObject,
  flag,
  listOf,
  members,
  required,
  scalarText,
  tags,
  text,
  whole,
  only,
} from './schema-parts.ts';

const managedDisk = members({ storageAccountType: text });

const dataDisk = required(
  members({ lun: whole, name: text, caching: text, createOption: text, diskSizeGB: whole, managedDisk }),
);

const osProfile = members({
  computerNamePrefix: text,
  adminUsername: text,
  adminPassword: text,
  customData: text,
  windowsConfiguration: anyObject,
  linuxConfiguration: members({
    disablePasswordAuthentication: flag,
    ssh: members({ publicKeys: listOf(required(anyObject)) }),
  }),
  secrets: listOf(required(anyObject)),
  allowExtensionOperations: flag,
  requireGuestProvisionSignal: flag,
});

const storageProfile = members({
  imageReference: members({ publisher: text, offer: text, sku: text, version: text, id: text }),
  osDisk: members({ osType: text, createOption: text, caching: text, managedDisk, diskSizeGB: whole }),
  dataDisks: listOf(dataDisk),
  diskControllerType: text,
});

const networkProfile = members({
  healthProbe: members({ id: text }),
  networkInterfaceConfigurations: listOf(
    required(
      members({
        name: text,
        properties: members({
          primary: flag,
          enableAcceleratedNetworking: flag,
          enableIPForwarding: flag,
          ipConfigurations: listOf(required(members({ name: text, properties: anyObject }))),
        }),
      }),
    ),
  ),
});

const extensionProperties = members({
  publisher: text,
  type: text,
  typeHandlerVersion: text,
  autoUpgradeMinorVersion: flag,
  enableAutomaticUpgrade: flag,
  suppressFailures: flag,
  forceUpdateTag: text,
  settings: anyObject,
  protectedSettings: anyObject,
  provisionAfterExtensions: listOf(required(text)),
});

const extensionProfile = members({
  extensions: listOf(required(members({ name: text, properties: extensionProperties }))),
  extensionsTimeBudget: text,
});

/** PUT and PATCH of an extension, of a set or of an instance. */
export const extensionBody = members({ location: text, properties: extensionProperties });

const virtualMachineProfile = members({
  osProfile,
  storageProfile,
  networkProfile,
  securityProfile: anyObject,
  diagnosticsProfile: anyObject,
  extensionProfile,
  licenseType: text,
  priority: text,
  evictionPolicy: text,
  billingProfile: anyObject,
  scheduledEventsProfile: anyObject,
  userData: text,
});

/** PUT and validate of a deployment. What a template must look like is the template engine's to say. */
export const deploymentBody = members({
  tags,
  properties: members({
    mode: text,
    template: anyObject,
    templateLink: anyObject,
    parameters: anyObject,
    parametersLink: anyObject,
    onErrorDeployment: anyObject,
  }),
});

/** PUT and PATCH of a scale set. */
export const scaleSetBody = members({
  location: text,
  tags,
  sku: members({ name: text, tier: text, capacity: whole }),
  plan: anyObject,
  identity: anyObject,
  zones: listOf(required(scalarText)),
  properties: members({
    singlePlacementGroup: flag,
    orchestrationMode: text,
    upgradePolicy: members({
      mode: text,
      rollingUpgradePolicy: anyObject,
      automaticOSUpgradePolicy: anyObject,
    }),
    automaticRepairsPolicy: members({ enabled: flag, gracePeriod: text, repairAction: text }),
    scaleInPolicy: members({
      rules: listOf(required(text)),
      forceDeletion: flag,
      prioritizeUnhealthyVMs: flag,
    }),
    virtualMachineProfile,
    overprovision: flag,
    doNotRunExtensionsOnOverprovisionedVMs: flag,
    platformFaultDomainCount: whole,
    skuProfile: members({
      vmSizes: listOf(members({ name: text, rank: whole })),
      allocationStrategy: text,
    }),
    zoneBalance: flag,
  }),
});

/** PUT of an instance: the whole resource comes back, of which a few members count. */
export const instanceBody = members({
  tags,
  properties: members({
    protectionPolicy: members({ protectFromScaleIn: flag, protectFromScaleSetActions: flag }),
    storageProfile: members({ dataDisks: listOf(dataDisk) }),
    userData: text,
  }),
});

/**
 * An action on several instances: `{"instanceIds":["0","3"]}`. Numbers are taken for ids too. Without ids it is about all of
 * them, so no member here may be overlooked.
 */
export const instanceIdsBody = only({
  instanceIds: listOf(required(scalarText)),
  tempDisk: flag,
  forceUpdateOSDiskForEphemeral: flag,
  exactVersion: text,
  osProfile: anyObject,
});

const parameters = listOf(required(members({ name: text, value: scalarText })));

/** The action `setOrchestrationServiceState`. */
export const orchestrationServiceBody = members({ serviceName: text, action: text });

/** The action `runCommand`. */
export const runCommandBody = members({ commandId: text, script: listOf(required(text)), parameters });

/** PUT and PATCH of a run command as a resource. */
export const runCommandResourceBody = members({
  location: text,
  tags,
  properties: members({
    source: members({ script: text, scriptUri: text, commandId: text }),
    parameters,
    protectedParameters: parameters,
    asyncExecution: flag,
    runAsUser: text,
    runAsPassword: text,
    timeoutInSeconds: whole,
    outputBlobUri: text,
    errorBlobUri: text,
    treatFailureAsDeploymentFailure: flag,
  }),
});

/** `muster down`. */
export const shutdownBody = only({ powerOff: flag });

/** PUT and PATCH of a resource group. */
export const groupBody = members({ location: text, tags, managedBy: text, properties: anyObject });

/** A named part of a load balancer. */
const part = (properties: z.core.$ZodLooseShape) => members({ name: text, properties: members(properties) });
const child = (properties: z.core.$ZodLooseShape) => listOf(required(part(properties)));
const reference = members({ id: text });
const references = listOf(required(reference));
const rangeOfPorts = { frontendPortRangeStart: whole, frontendPortRangeEnd: whole };
const flows = {
  protocol: text,
  frontendIPConfiguration: reference,
  frontendPort: whole,
  backendPort: whole,
  idleTimeoutInMinutes: whole,
  enableFloatingIP: flag,
  enableTcpReset: flag,
  backendAddressPool: reference,
};

/** PATCH of a resource of which nothing else can be patched. */
export const tagsBody = members({ tags });

/** PUT of those parts of a load balancer that are written one by one. */
export const loadBalancerPartBodies = {
  inboundNatRules: part({ ...flows, ...rangeOfPorts }),
  backendAddressPools: part({}),
};

/** POST that asks by which ports one address of a backend pool is reached. */
export const portMappingBody = members({ ipConfiguration: reference, ipAddress: text });

/** PUT of a load balancer. */
export const loadBalancerBody = members({
  location: text,
  tags,
  sku: members({ name: text, tier: text }),
  properties: members({
    frontendIPConfigurations: child({
      privateIPAddress: text,
      privateIPAllocationMethod: text,
      subnet: reference,
      publicIPAddress: reference,
      publicIPPrefix: reference,
    }),
    backendAddressPools: listOf(required(loadBalancerPartBodies.backendAddressPools)),
    loadBalancingRules: child({
      ...flows,
      loadDistribution: text,
      disableOutboundSnat: flag,
      backendAddressPools: references,
      probe: reference,
    }),
    probes: child({
      protocol: text,
      port: whole,
      requestPath: text,
      intervalInSeconds: whole,
      numberOfProbes: whole,
      probeThreshold: whole,
    }),
    inboundNatRules: listOf(required(loadBalancerPartBodies.inboundNatRules)),
    inboundNatPools: child({ ...flows, ...rangeOfPorts }),
    outboundRules: child({ ...flows, frontendIPConfigurations: references }),
  }),
});

export type BodySchema = z.ZodType;

export type ParsedBody =
  | { readonly ok: true; readonly body: JsonObject }
  /** `path` is where, as `properties.virtualMachineProfile.storageProfile.dataDisks[0].lun`; `problem` reads on from it. */
  | { readonly ok: false; readonly path: string; readonly problem: string };

export function parseBody(schema: BodySchema, value: unknown): ParsedBody {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, body: (result.data ?? {}) as JsonObject };
  const issue = result.error.issues[0];
  return { ok: false, path: writtenPath(issue?.path ?? []), problem: issue?.message ?? 'is not valid' };
}

function writtenPath(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}
