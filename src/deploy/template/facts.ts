// The facts of a deployment: what its template may ask about where it runs, all of it values. Must hold: the same facts give
// the same answers, so a plan that is made again after a crash is the same plan.

import { asText, type JsonObject } from '../../domain/json.ts';
import type { Time } from '../../domain/time.ts';
import { evaluateText } from '../expression/evaluate.ts';
import type { Expression } from '../expression/expression.ts';
import { printExpression } from '../expression/print.ts';
import type { FactName, Scope } from '../expression/scope.ts';

export interface DeploymentFacts {
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** The resource group's body: id, name, type, location, tags, properties. */
  readonly group: JsonObject;
  readonly subscription: JsonObject;
  readonly deploymentName: string;
  readonly location?: string;
  readonly environment: JsonObject;
  /** Of the deployment, kept in its row. */
  readonly now: Time;
  /** For `newGuid()`, kept in its row. */
  readonly seed: string;
  /** A provider as `GET providers/{namespace}` answers; undefined for one that there is not. */
  readonly provider: (namespace: string) => JsonObject | undefined;
  /** Api-versions of a full resource type, `Microsoft.Compute/virtualMachineScaleSets`; undefined where it is not served. */
  readonly served: (type: string) => readonly string[] | undefined;
}

/** @param parameters as shown: what is secure has no value */
export function factOf(
  facts: DeploymentFacts,
  template: JsonObject,
  parameters: JsonObject,
): (name: FactName) => JsonObject | undefined {
  return (name) => {
    switch (name) {
      case 'subscription':
        return facts.subscription;
      case 'resourceGroup':
        return facts.group;
      case 'environment':
        return facts.environment;
      case 'tenant':
        return { id: `/tenants/${facts.tenantId}`, tenantId: facts.tenantId };
      case 'deployment':
        return deployment(facts, template, parameters);
      // Who deploys is not a fact of the deployment.
      case 'deployer':
        return undefined;
    }
  };
}

function deployment(facts: DeploymentFacts, template: JsonObject, parameters: JsonObject): JsonObject {
  const { $schema, contentVersion } = template;
  return {
    name: facts.deploymentName,
    ...(facts.location === undefined ? {} : { location: facts.location }),
    properties: {
      template: {
        ...($schema === undefined ? {} : { $schema }),
        ...(contentVersion === undefined ? {} : { contentVersion }),
      },
      parameters,
      provisioningState: 'Accepted',
    },
  };
}

/** A GUID that follows from the deployment's seed and the words alone. */
export function guidFor(facts: DeploymentFacts, ...words: readonly string[]): string {
  const args = [facts.seed, ...words].map((value): Expression => ({ kind: 'text', value }));
  const call: Expression = { kind: 'call', namespace: undefined, name: 'guid', args };
  return asText(evaluateText(`[${printExpression(call)}]`, NOTHING));
}

/** A place where nothing can be asked. */
const NOTHING: Scope = {
  parameter: () => undefined,
  variable: () => undefined,
  copyIndex: () => undefined,
  reference: () => undefined,
  fact: () => undefined,
  provider: () => undefined,
};
