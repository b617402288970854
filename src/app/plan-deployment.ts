// Plan a deployment: the row that a request comes to, its template planned whole, or what is wrong with it. Nothing is stored.

import { type Deployment, type DeploymentStep, shownTemplate } from '../domain/deployment.ts';
import { templateHash } from '../domain/deployment-key.ts';
import type { DeploymentRequest } from '../domain/deployment-request.ts';
import { secretsOf, withoutSecrets } from '../domain/deployment-secrets.ts';
import { Failure } from '../domain/failure.ts';
import { at, type JsonObject, textAt } from '../domain/json.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import type { SetRef } from './find.ts';
import type { Origin, Plane } from './plane.ts';
import type { PlannedResource } from './ports/templates.ts';

/** A deployment as a request names it. */
export type DeploymentRef = SetRef;

export interface DeploymentWrite extends DeploymentRef {
  /** The ARM body; it has passed the wire's schema. */
  readonly body: JsonObject;
  readonly apiVersion: string;
}

export interface Planning {
  readonly group: ResourceGroup;
  readonly write: DeploymentWrite;
  readonly request: DeploymentRequest;
  readonly uid: string;
  readonly parent?: Deployment | undefined;
}

/** Throws whatever is wrong with the template, its parameters, or where its resources are to be. */
export async function planDeployment(
  plane: Plane,
  { caller, correlationId, intent }: Origin,
  { group, write, request, uid, parent }: Planning,
): Promise<Deployment> {
  const now = plane.clock.now();
  const facts = plane.templates.groupFacts(group);
  const plan = plane.templates.plan({
    template: request.template,
    parameters: request.parameters,
    deploymentName: write.name,
    group: facts,
    now,
    seed: uid,
  });
  const secrets = [
    ...secretsOf({ parameters: plan.secrets, shown: plan.parameters }),
    ...(parent?.secrets ?? []),
  ];
  await checkGroups(plane, write.name, plan.resources, secrets);
  const hidden =
    parent !== undefined && !request.inner && hasSecrets(parent) ? ({ hidden: true } as const) : {};
  return {
    uid,
    group: group.name,
    name: write.name,
    revision: 0,
    created: now,
    apiVersion: write.apiVersion,
    mode: request.mode,
    template: request.template,
    parameters: request.parameters,
    tags: request.tags,
    templateHash: templateHash(shownTemplate({ template: request.template, ...hidden })),
    ...hidden,
    shown: plan.parameters,
    secrets,
    facts,
    correlationId,
    caller,
    ...(intent === undefined ? {} : { intent }),
    operation: plane.ids.guid(),
    ...(parent === undefined ? {} : { parent: parent.uid }),
    state: 'Accepted',
    steps: plan.resources.map((resource) => stepOf(resource, secrets)),
  };
}

/** Parameters whose values are shown to nobody, or the values of such of a deployment further outside. */
function hasSecrets({ shown, hidden }: Deployment): boolean {
  return hidden === true || Object.values(shown).some((one) => at(one, 'value') === undefined);
}

function stepOf(resource: PlannedResource, secrets: readonly string[]): DeploymentStep {
  const { id, type, name, apiVersion, condition, dependsOn } = resource;
  const early = condition ? earlyLocation(resource) : undefined;
  const location = early === undefined || withoutSecrets(early, secrets) !== early ? undefined : early;
  return {
    action: 'Create',
    id,
    type,
    name,
    apiVersion,
    dependsOn,
    state: condition ? 'NotStarted' : 'Skipped',
    ...(location === undefined ? {} : { location }),
  };
}

/** Where it is to be, if that can be told before anything is made. */
function earlyLocation(resource: PlannedResource): string | undefined {
  try {
    return textAt(
      resource.body(() => undefined),
      'location',
    );
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

async function checkGroups(
  plane: Plane,
  name: string,
  resources: readonly PlannedResource[],
  secrets: readonly string[],
): Promise<void> {
  for (const group of new Set(resources.filter(({ condition }) => condition).map((one) => one.group))) {
    if ((await plane.store.group(group)) !== undefined) continue;
    throw new Failure(
      'invalidTemplateDeployment',
      `The template deployment '${name}' is not valid according to the validation procedure. See inner errors for details.`,
      {
        details: [
          {
            code: 'ResourceGroupNotFound',
            message: `Resource group '${withoutSecrets(group, secrets)}' could not be found.`,
          },
        ],
      },
    );
  }
}
