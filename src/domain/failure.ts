// Failure: the one way Muster refuses a request. The set of codes is closed; which HTTP status and which
// ARM code each becomes is decided in one table of `http/`, at the last step. A Failure is expected and says
// something to the person who asked; any other error is a broken invariant.

import type { JsonObject } from './json.ts';

export type FailureCode =
  | 'invalidParameter'
  | 'invalidRequestContent'
  | 'badRequest'
  | 'missingApiVersion'
  | 'invalidApiVersion'
  | 'unsupportedApiVersion'
  | 'invalidResourceType'
  | 'locationNotAvailable'
  | 'locationNotAvailableForGroup'
  | 'invalidGroupLocation'
  | 'notFound'
  | 'resourceNotFound'
  | 'resourceGroupNotFound'
  | 'parentResourceNotFound'
  | 'platformImageNotFound'
  | 'galleryImageNotFound'
  | 'subscriptionNotFound'
  | 'methodNotAllowed'
  | 'requestTooLarge'
  | 'operationNotAllowed'
  | 'conflict'
  | 'conflictingUserInput'
  | 'diskBeingDetached'
  | 'groupBeingDeleted'
  | 'invalidResourceLocation'
  | 'propertyChangeNotAllowed'
  | 'preconditionFailed'
  | 'invalidRequestFormat'
  | 'invalidResourceName'
  | 'invalidResourceReference'
  | 'duplicateResourceName'
  | 'loadBalancerInUse'
  | 'subnetIsFull'
  | 'invalidAddressPrefixFormat'
  | 'invalidCidrNotation'
  | 'invalidSubnet'
  | 'subnetOutsideNetwork'
  | 'subnetsOverlap'
  | 'subnetInUse'
  | 'prefixInUse'
  | 'securityRuleConflict'
  | 'securityRuleInvalidPriority'
  | 'securityRuleInvalidPortRange'
  | 'securityRuleInvalidAddressPrefix'
  | 'securityGroupInUse'
  | 'standardPublicIPAddressIsStatic'
  | 'invalidDomainNameLabel'
  | 'dnsRecordInUse'
  | 'publicIPAddressTaken'
  | 'publicIPAddressInUse'
  | 'publicIPAddressAndBalancerDiffer'
  | 'natGatewayInUse'
  | 'networkInterfaceInUse'
  | 'primaryIpConfigurationUnclear'
  | 'primaryInterfaceUnclear'
  | 'ipConfigurationsDifferInSubnet'
  | 'balancerPartInUse'
  | 'natRuleTaken'
  | 'privateAddressOutsideSubnet'
  | 'privateAddressReserved'
  | 'privateAddressTaken'
  | 'healthProbeWithoutLoadBalancing'
  | 'inactiveHealthProbe'
  | 'ruleOfHealthProbe'
  | 'skuProfileAllocationStrategyInvalid'
  | 'skuProfileVMSizesEmpty'
  | 'skuProfileTooManyVMSizes'
  | 'skuProfileDuplicateVMSizes'
  | 'skuProfileScenarioNotSupported'
  | 'skuNameMustBeMix'
  | 'skuTierMustNotBeSet'
  | 'authenticationFailed'
  | 'invalidAuthenticationToken'
  | 'invalidAuthenticationTokenAudience'
  | 'expiredAuthenticationToken'
  | 'authorizationFailed'
  | 'invalidTemplate'
  | 'invalidTemplateDeployment'
  | 'deploymentOutputEvaluationFailed'
  | 'invalidDeployment'
  | 'invalidDeploymentName'
  | 'deploymentNotFound'
  | 'deploymentOperationNotFound'
  | 'deploymentActive'
  | 'deploymentCannotBeCancelled';

export interface FailureDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
}

/** What else ARM says of an error; of a template: where in it. */
export interface FailureInfo {
  readonly type: string;
  readonly info: JsonObject;
}

export interface FailureOptions {
  /** The parameter or property that was wrong, as the wire names it. */
  readonly target?: string;
  readonly details?: readonly FailureDetail[];
  readonly additionalInfo?: readonly FailureInfo[];
  /** What really happened; for the log only. */
  readonly cause?: unknown;
}

export class Failure extends Error {
  readonly code: FailureCode;
  readonly target: string | undefined;
  readonly details: readonly FailureDetail[];
  readonly additionalInfo: readonly FailureInfo[];

  /** `message` is public: it goes to whoever asked, so it holds no secret. */
  constructor(code: FailureCode, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.target = options.target;
    this.details = options.details ?? [];
    this.additionalInfo = options.additionalInfo ?? [];
  }
}

/** How a long-running operation failed, after it was accepted. Azure's own codes where it has one. */
export interface OperationError {
  readonly code: OperationErrorCode;
  readonly message: string;
}

export type OperationErrorCode =
  | 'AllocationFailed'
  | 'SubnetIsFull'
  | 'OperationNotAllowed'
  | 'OSProvisioningTimedOut'
  | 'OSProvisioningClientError'
  | 'VMStartTimedOut'
  | 'OperationTimedOut'
  | 'OperationPreempted'
  | 'VMExtensionProvisioningError'
  | 'InternalExecutionError'
  | 'NotFound'
  | 'DeploymentFailed'
  | 'DeploymentCanceled'
  | 'RollingUpgradeCanceled'
  | 'RollingUpgradeInternalError'
  | 'MaxUnhealthyInstancePercentExceededBeforeRollingUpgrade'
  | 'MaxUnhealthyInstancePercentExceededInRollingUpgrade'
  | 'MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade'
  // These two are Muster's own.
  | 'StopSignalWorsenedInRollingUpgrade'
  | 'UnhealthyInBakeTimeOfRollingUpgrade';
