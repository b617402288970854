// A deployment as clients see it, once it is accepted, when it is validated, and where it is polled. No parameter that is
// secret has a value here, because the row shows none.

import type { Json, JsonObject } from '../../arm/json.ts';
import { LOCATIONS } from '../../arm/locations.ts';
import type { Deployment, DeploymentError, DeploymentStep } from '../../domain/deployment.ts';
import type { Operation } from '../../domain/operation.ts';
import { deploymentPath } from '../../domain/resource-path.ts';
import { azureTime, isoDuration, type Time } from '../../domain/time.ts';
import { outputName } from './output-name.ts';

export interface DeploymentShow {
  readonly subscriptionId: string;
  readonly now: Time;
}

export function deploymentBody(row: Deployment, show: DeploymentShow): JsonObject {
  const made = row.steps.filter(({ action, state }) => action === 'Create' && state === 'Succeeded');
  return {
    ...envelope(row, show),
    properties: {
      ...properties(row, show),
      provisioningState: row.state,
      ...(row.outputs === undefined ? {} : { outputs: outputsOf(row.outputs) }),
      ...(row.state === 'Succeeded' ? { outputResources: made.map(({ id }) => ({ id })) } : {}),
      ...(row.error === undefined ? {} : { error: deploymentErrorBody(row.error) }),
    },
  };
}

function outputsOf(outputs: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [outputName(name), output]));
}

/** What a PUT would do, as `validate` answers it. */
export function validationBody(row: Deployment, show: DeploymentShow): JsonObject {
  const wanted = row.steps.filter(({ state }) => state !== 'Skipped');
  return {
    ...envelope(row, show),
    properties: {
      ...properties(row, show),
      provisioningState: 'Succeeded',
      validatedResources: wanted.map(({ id }) => ({ id })),
    },
  };
}

/** The deployment has more to say than its operation, as long as it is there. */
export function deploymentStatusBody({
  operation,
  deployment,
}: {
  readonly operation: Operation;
  readonly deployment: Deployment | undefined;
}): JsonObject {
  const status = deployment?.state ?? (operation.status === 'InProgress' ? 'Running' : operation.status);
  const canceled = operation.error?.code === 'DeploymentCanceled';
  const error = deployment?.error ?? operation.error;
  return {
    status: canceled ? 'Canceled' : status,
    ...(error === undefined ? {} : { error: deploymentErrorBody(error) }),
  };
}

export function deploymentErrorBody({ code, message, target, details = [] }: DeploymentError): JsonObject {
  return {
    code,
    message,
    ...(target === undefined ? {} : { target }),
    ...(details.length === 0 ? {} : { details: details.map(deploymentErrorBody) }),
  };
}

function envelope(row: Deployment, { subscriptionId }: DeploymentShow): JsonObject {
  return {
    id: deploymentPath(subscriptionId, row.group, row.name),
    name: row.name,
    type: 'Microsoft.Resources/deployments',
    ...(Object.keys(row.tags).length === 0 ? {} : { tags: row.tags }),
  };
}

/** What does not hang on how far it is, but for the duration. `provisioningState` has its place among them. */
function properties(row: Deployment, { now }: DeploymentShow): JsonObject {
  return {
    templateHash: row.templateHash,
    parameters: row.shown,
    mode: row.mode,
    provisioningState: row.state,
    timestamp: azureTime(row.ended ?? row.created),
    duration: isoDuration((row.ended ?? now) - row.created),
    correlationId: row.correlationId,
    providers: providers(row.steps),
    dependencies: dependencies(row.steps),
  };
}

function providers(steps: readonly DeploymentStep[]): readonly Json[] {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const { type, location, action } of steps) {
    if (action === 'Delete') continue;
    const [namespace = '', ...rest] = type.split('/');
    const types = found.get(namespace) ?? new Map<string, Set<string>>();
    const locations = types.get(rest.join('/')) ?? new Set();
    if (location !== undefined) locations.add(plainLocation(location));
    found.set(namespace, types.set(rest.join('/'), locations));
  }
  return [...found].map(([namespace, types]) => ({
    namespace,
    // Azure has a null where a type has no location of its own.
    resourceTypes: [...types].map(([resourceType, locations]) => ({
      resourceType,
      locations: locations.size === 0 ? [null] : [...locations],
    })),
  }));
}

/** Templates write `West US` as well. */
function plainLocation(text: string): string {
  const plain = text.replaceAll(' ', '').toLowerCase();
  return LOCATIONS.find(({ name }) => name === plain)?.name ?? text;
}

function dependencies(steps: readonly DeploymentStep[]): readonly Json[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return steps
    .filter(({ dependsOn, action }) => action === 'Create' && dependsOn.length > 0)
    .map((step) => ({
      dependsOn: step.dependsOn.flatMap((id) => {
        const other = byId.get(id);
        return other === undefined ? [] : [resource(other)];
      }),
      ...resource(step),
    }));
}

function resource({ id, type, name }: DeploymentStep): JsonObject {
  return { id, resourceType: type, resourceName: name };
}
