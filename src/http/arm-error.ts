// ARM errors: the one table that gives each Failure its status and ARM code, and the last step that makes an answer of any
// error. A broken invariant says nothing but its correlation id; what it was goes to the log.

import { bareErrorBody, errorBody } from '../arm/error-body.ts';
import type { JsonObject } from '../arm/json.ts';
import type { Failure, FailureCode } from '../domain/failure.ts';
import type { Answer } from './response.ts';

interface ErrorShape {
  readonly status: number;
  readonly code: string;
  /** Answered by ARM itself, before any resource provider: Azure marks those with `x-ms-failure-cause`. */
  readonly gateway?: true;
}

export const ARM_ERRORS = {
  invalidParameter: { status: 400, code: 'InvalidParameter' },
  invalidRequestContent: { status: 400, code: 'InvalidRequestContent', gateway: true },
  badRequest: { status: 400, code: 'BadRequest' },
  missingApiVersion: { status: 400, code: 'MissingApiVersionParameter', gateway: true },
  invalidApiVersion: { status: 400, code: 'InvalidApiVersionParameter', gateway: true },
  unsupportedApiVersion: { status: 400, code: 'NoRegisteredProviderFound', gateway: true },
  invalidResourceType: { status: 404, code: 'InvalidResourceType', gateway: true },
  locationNotAvailable: { status: 400, code: 'LocationNotAvailableForResourceType', gateway: true },
  locationNotAvailableForGroup: { status: 400, code: 'LocationNotAvailableForResourceGroup', gateway: true },
  invalidGroupLocation: { status: 409, code: 'InvalidResourceGroupLocation', gateway: true },
  notFound: { status: 404, code: 'NotFound' },
  resourceNotFound: { status: 404, code: 'ResourceNotFound', gateway: true },
  resourceGroupNotFound: { status: 404, code: 'ResourceGroupNotFound', gateway: true },
  parentResourceNotFound: { status: 404, code: 'ParentResourceNotFound', gateway: true },
  platformImageNotFound: { status: 404, code: 'PlatformImageNotFound' },
  galleryImageNotFound: { status: 404, code: 'GalleryImageNotFound' },
  subscriptionNotFound: { status: 404, code: 'SubscriptionNotFound', gateway: true },
  methodNotAllowed: { status: 405, code: 'MethodNotAllowed', gateway: true },
  requestTooLarge: { status: 413, code: 'RequestContentTooLarge', gateway: true },
  operationNotAllowed: { status: 409, code: 'OperationNotAllowed' },
  conflict: { status: 409, code: 'Conflict' },
  conflictingUserInput: { status: 409, code: 'ConflictingUserInput' },
  diskBeingDetached: { status: 409, code: 'AttachDiskWhileBeingDetached' },
  groupBeingDeleted: { status: 409, code: 'ResourceGroupBeingDeleted', gateway: true },
  invalidResourceLocation: { status: 409, code: 'InvalidResourceLocation', gateway: true },
  propertyChangeNotAllowed: { status: 409, code: 'PropertyChangeNotAllowed' },
  preconditionFailed: { status: 412, code: 'PreconditionFailed' },
  invalidRequestFormat: { status: 400, code: 'InvalidRequestFormat' },
  invalidResourceName: { status: 400, code: 'InvalidResourceName' },
  invalidResourceReference: { status: 400, code: 'InvalidResourceReference' },
  duplicateResourceName: { status: 400, code: 'DuplicateResourceName' },
  loadBalancerInUse: { status: 400, code: 'LoadBalancerInUseByVirtualMachineScaleSet' },
  subnetIsFull: { status: 400, code: 'SubnetIsFull' },
  invalidAddressPrefixFormat: { status: 400, code: 'InvalidAddressPrefixFormat' },
  invalidCidrNotation: { status: 400, code: 'InvalidCIDRNotation' },
  invalidSubnet: { status: 400, code: 'NetcfgInvalidSubnet' },
  subnetOutsideNetwork: { status: 400, code: 'NetcfgSubnetRangeOutsideVnet' },
  subnetsOverlap: { status: 400, code: 'NetcfgSubnetRangesOverlap' },
  subnetInUse: { status: 400, code: 'InUseSubnetCannotBeDeleted' },
  prefixInUse: { status: 400, code: 'InUsePrefixCannotBeDeleted' },
  securityRuleConflict: { status: 400, code: 'SecurityRuleConflict' },
  securityRuleInvalidPriority: { status: 400, code: 'SecurityRuleInvalidPriority' },
  securityRuleInvalidPortRange: { status: 400, code: 'SecurityRuleInvalidPortRange' },
  securityRuleInvalidAddressPrefix: { status: 400, code: 'SecurityRuleInvalidAddressPrefix' },
  securityGroupInUse: { status: 400, code: 'InUseNetworkSecurityGroupCannotBeDeleted' },
  standardPublicIPAddressIsStatic: { status: 400, code: 'StandardSkuPublicIPAddressesMustBeStatic' },
  invalidDomainNameLabel: { status: 400, code: 'InvalidDomainNameLabel' },
  dnsRecordInUse: { status: 400, code: 'DnsRecordInUse' },
  publicIPAddressTaken: { status: 400, code: 'PublicIPAddressInUse' },
  publicIPAddressInUse: { status: 400, code: 'PublicIPAddressCannotBeDeleted' },
  publicIPAddressAndBalancerDiffer: { status: 400, code: 'PublicIPAndLBSkuDoNotMatch' },
  privateAddressOutsideSubnet: { status: 400, code: 'PrivateIPAddressNotInSubnet' },
  privateAddressReserved: { status: 400, code: 'PrivateIPAddressInReservedRange' },
  privateAddressTaken: { status: 400, code: 'PrivateIPAddressIsAllocated' },
  networkInterfaceInUse: { status: 400, code: 'NicInUse' },
  primaryIpConfigurationUnclear: { status: 400, code: 'NetworkInterfaceMustHaveOneOneIPConfigAsPrimary' },
  primaryInterfaceUnclear: { status: 400, code: 'NetworkInterfaceMustHavePrimaryPropertySet' },
  ipConfigurationsDifferInSubnet: { status: 400, code: 'IpConfigurationsOnSameNicCannotUseDifferentSubnets' },
  balancerPartInUse: { status: 400, code: 'LoadBalancerInUseByNetworkInterface' },
  natRuleTaken: { status: 400, code: 'InboundNatRuleInUse' },
  natGatewayInUse: { status: 400, code: 'CannotDeleteNatGatewayAssociatedToSubnet' },
  healthProbeWithoutLoadBalancing: { status: 400, code: 'CannotUseHealthProbeWithoutLoadBalancing' },
  inactiveHealthProbe: { status: 400, code: 'CannotUseInactiveHealthProbe' },
  ruleOfHealthProbe: { status: 400, code: 'CannotRemoveRuleUsedByProbeUsedByVMSS' },
  skuProfileAllocationStrategyInvalid: { status: 400, code: 'SkuProfileAllocationStrategyInvalid' },
  skuProfileVMSizesEmpty: { status: 400, code: 'SkuProfileVMSizesCannotBeNullOrEmpty' },
  skuProfileTooManyVMSizes: { status: 400, code: 'SkuProfileHasTooManyVMSizesInRequest' },
  skuProfileDuplicateVMSizes: { status: 400, code: 'SkuProfileVMSizesCannotHaveDuplicates' },
  skuProfileScenarioNotSupported: { status: 400, code: 'SkuProfileScenarioNotSupported' },
  skuNameMustBeMix: { status: 400, code: 'SkuNameMustBeMixIfSkuProfileIsSpecified' },
  skuTierMustNotBeSet: { status: 400, code: 'SkuTierMustNotBeSetIfSkuProfileIsSpecified' },
  authenticationFailed: { status: 401, code: 'AuthenticationFailed', gateway: true },
  invalidAuthenticationToken: { status: 401, code: 'InvalidAuthenticationToken', gateway: true },
  invalidAuthenticationTokenAudience: {
    status: 401,
    code: 'InvalidAuthenticationTokenAudience',
    gateway: true,
  },
  expiredAuthenticationToken: { status: 401, code: 'ExpiredAuthenticationToken', gateway: true },
  authorizationFailed: { status: 403, code: 'AuthorizationFailed', gateway: true },
  invalidTemplate: { status: 400, code: 'InvalidTemplate', gateway: true },
  invalidTemplateDeployment: { status: 400, code: 'InvalidTemplateDeployment', gateway: true },
  deploymentOutputEvaluationFailed: { status: 400, code: 'DeploymentOutputEvaluationFailed', gateway: true },
  invalidDeployment: { status: 400, code: 'InvalidDeployment', gateway: true },
  invalidDeploymentName: { status: 400, code: 'InvalidDeploymentName', gateway: true },
  deploymentNotFound: { status: 404, code: 'DeploymentNotFound', gateway: true },
  deploymentOperationNotFound: { status: 404, code: 'DeploymentOperationNotFound', gateway: true },
  deploymentActive: { status: 409, code: 'DeploymentActive', gateway: true },
  deploymentCannotBeCancelled: { status: 409, code: 'DeploymentCannotBeCancelled', gateway: true },
} satisfies Readonly<Record<FailureCode, ErrorShape>>;

/** @param bare without ARM's envelope, as Microsoft.Insights answers */
export function failureAnswer(failure: Failure, bare = false): Answer {
  const { status, code, gateway }: ErrorShape = ARM_ERRORS[failure.code];
  const error = {
    code,
    message: failure.message,
    details: failure.details,
    additionalInfo: failure.additionalInfo,
    ...(failure.target === undefined ? {} : { target: failure.target }),
  };
  return {
    status,
    headers: gateway ? { 'x-ms-failure-cause': 'gateway' } : {},
    body: (bare ? bareErrorBody(error) : errorBody(error)) as unknown as JsonObject,
  };
}

export function brokenAnswer(correlationId: string): Answer {
  const message = `The plane failed to carry out the request. Its log says more under the correlation id '${correlationId}'.`;
  return { status: 500, body: errorBody({ code: 'InternalServerError', message }) as unknown as JsonObject };
}
