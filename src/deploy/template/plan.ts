// The plan of a deployment: from a template and its parameters to the resources that are made, each with what it waits for.
// Must hold: everything that can be known before anything runs is decided here, so that a template that is refused makes
// nothing; the plan of the same template, parameters and facts is the same; no secure value is in it but in `secrets` and the bodies.

import { Failure } from '../../domain/failure.ts';
import { isObject, type JsonObject, textAt } from '../../domain/json.ts';
import { evaluateTogether } from '../expression/evaluation.ts';
import { explicitDependencies, refuseRings, serialDependencies } from './dependencies.ts';
import type { Sight, Subject } from './evaluation.ts';
import { type DeploymentFacts, factOf, guidFor } from './facts.ts';
import { readFunctions } from './functions.ts';
import { checking, inspecting } from './inspection.ts';
import { isDeployment, keptSecure } from './nested.ts';
import { evaluateOutputs, readOutputs } from './outputs.ts';
import { readParameters } from './parameters.ts';
import { Budget, evaluating } from './reader.ts';
import { HELP, refuse } from './refusal.ts';
import { answering, dependencyOf, type Lookup } from './references.ts';
import { resourceBody } from './resource-body.ts';
import { indexResources, type ResourceIndex } from './resource-index.ts';
import { readResources, type Resource } from './resources.ts';
import { refuseUnserved } from './served-types.ts';
import { checkShape } from './template-shape.ts';
import { readVariables } from './variables.ts';
import { walk } from './walk.ts';

export type { DeploymentFacts } from './facts.ts';
export type { Lookup } from './references.ts';

export interface Plan {
  /** In template order, copies expanded, children flattened; those whose condition is false are kept with `condition: false`. */
  readonly resources: readonly PlannedResource[];
  /** Effective, `{name: {type, value}}`; secure ones without `value`. */
  readonly parameters: JsonObject;
  /** `{name: {value}}` of the secure ones. */
  readonly secrets: JsonObject;
  /** `{name: {type, value}}`; secure ones without `value`. @throws Failure */
  readonly outputs: (lookup: Lookup) => JsonObject;
}

export interface PlannedResource {
  readonly id: string;
  /** `Microsoft.Network/loadBalancers/inboundNatRules`. */
  readonly type: string;
  /** `lb/ssh`. */
  readonly name: string;
  readonly apiVersion: string;
  readonly group: string;
  readonly condition: boolean;
  /** Ids of this plan that are made, as `dependsOn` and `reference()` say. */
  readonly dependsOn: readonly string[];
  /** The request's body; only asked for when all of `dependsOn` are done. @throws Failure */
  readonly body: (lookup: Lookup) => JsonObject;
}

/** @throws Failure with Azure's code and words */
export function planTemplate(template: JsonObject, parameters: JsonObject, facts: DeploymentFacts): Plan {
  return evaluateTogether(() => planWithin(template, parameters, facts, new Budget()));
}

function planWithin(
  template: JsonObject,
  parameters: JsonObject,
  facts: DeploymentFacts,
  budget: Budget,
): Plan {
  checkShape(template, parameters);
  const given = sightOf(template, parameters, facts, budget);
  const resources = readResources(template, given.sight, facts);
  refuseDuplicates(resources);
  const index = indexResources(resources);
  const made = resources.filter(({ existing }) => !existing);
  const edges = edgesOf(made, index, given.sight);
  refuseRings(edges);
  const outputs = readOutputs(template, given.sight, index);
  refuseUnserved(resources, facts);
  for (const resource of made) if (resource.condition) planNested(resource, given.sight, facts, budget);
  return {
    resources: made.map((resource) =>
      planned(resource, edges.get(resource) ?? new Set(), index, given.sight),
    ),
    parameters: given.parameters,
    secrets: given.secrets,
    outputs: (lookup) => {
      const reference = answering(lookup, index, { name: 'The template output' });
      return evaluateTogether(() => evaluateOutputs(outputs, { ...given.sight, reference }));
    },
  };
}

/** What the template's expressions see of it, parameters and variables evaluated. */
function sightOf(
  template: JsonObject,
  given: JsonObject,
  facts: DeploymentFacts,
  budget: Budget,
): { readonly sight: Sight; readonly parameters: JsonObject; readonly secrets: JsonObject } {
  const { provider } = facts;
  // Parameters are not evaluated yet when their defaults ask for the deployment.
  const early = { provider, fact: factOf(facts, template, {}), budget };
  const call = readFunctions(template, early);
  const parameters = readParameters(template, given, {
    ...early,
    call,
    now: facts.now,
    newGuidFor: (name, count) => guidFor(facts, name, String(count)),
  });
  const known = {
    ...early,
    call,
    fact: factOf(facts, template, parameters.shown),
    parameter: parameters.get,
  };
  return {
    sight: { ...known, variable: readVariables(template, known) },
    parameters: parameters.shown,
    secrets: parameters.secret,
  };
}

function subjectOf(resource: Resource): Subject {
  return { name: `The template resource '${resource.name}'` };
}

/** Two of one id may only stand in one template when no more than one of them is made. */
function refuseDuplicates(resources: readonly Resource[]): void {
  const made = new Set<string>();
  for (const { id, type, name, path, condition, existing } of resources) {
    if (!condition || existing) continue;
    if (made.has(id.toLowerCase())) {
      refuse(
        `The resource '${type}/${name}' is defined multiple times in a template. ${HELP.resources}`,
        path,
      );
    }
    made.add(id.toLowerCase());
  }
}

/** What each resource waits for: what it says, what it refers to, and the batch before it. */
function edgesOf(
  resources: readonly Resource[],
  index: ResourceIndex,
  sight: Sight,
): ReadonlyMap<Resource, ReadonlySet<Resource>> {
  const serial = serialDependencies(resources);
  return new Map(
    resources.map((resource) => {
      const subject = subjectOf(resource);
      const explicit = explicitDependencies(resource, index, sight, subject);
      const { reader, found } = inspecting(sight, subject);
      if (resource.condition) resourceBody(resource, reader, subject);
      else checkOnly(resource, sight, subject);
      const implicit = found.references.map((reference) => dependencyOf(reference, index, subject));
      const all = [...explicit, ...implicit, ...(serial.get(resource) ?? [])];
      return [resource, new Set(all.filter((one) => one !== undefined))] as const;
    }),
  );
}

/** What is not made is not evaluated: its condition may guard what would fail. It must be well written all the same. */
function checkOnly({ body, path, loops }: Resource, sight: Sight, subject: Subject): void {
  walk(body, { path, loops }, checking(sight, subject));
}

function planned(
  resource: Resource,
  before: ReadonlySet<Resource>,
  index: ResourceIndex,
  sight: Sight,
): PlannedResource {
  const { id, type, name, apiVersion, group, condition } = resource;
  const subject: Subject = { ...subjectOf(resource), id };
  return {
    id,
    type,
    name,
    apiVersion,
    group,
    condition,
    dependsOn: [...before].filter((one) => one.condition).map((one) => one.id),
    body: (lookup) => {
      const securePaths: string[] = [];
      const now = { ...sight, budget: new Budget(), reference: answering(lookup, index, subject) };
      const reader = evaluating(now, subject, (held, place) => {
        if (held.secure) securePaths.push(place.path);
      });
      const body = evaluateTogether(() => resourceBody(resource, reader, subject));
      return secured(resource, body, securePaths, subject);
    },
  };
}

function secured(
  resource: Resource,
  body: JsonObject,
  securePaths: readonly string[],
  subject: Subject,
): JsonObject {
  const { properties } = body;
  if (!isDeployment(resource.type) || !isObject(properties)) return body;
  return { ...body, properties: keptSecure(properties, `${resource.path}.properties`, securePaths, subject) };
}

/** A nested template is planned too, where all that it is given is known and it goes where this deployment goes. */
function planNested(resource: Resource, sight: Sight, facts: DeploymentFacts, budget: Budget): void {
  if (!isDeployment(resource.type)) return;
  budget.spendDeployment(resource.path);
  const subject = subjectOf(resource);
  const { reader, found } = inspecting(sight, subject);
  const body = secured(resource, resourceBody(resource, reader, subject), found.securePaths, subject);
  const { properties } = body;
  const template = isObject(properties) ? properties.template : undefined;
  const here = resource.group.toLowerCase() === textAt(facts.group, 'name')?.toLowerCase();
  if (!isObject(properties) || !isObject(template) || !here || found.waiting.length > 0) return;
  const parameters = isObject(properties.parameters) ? properties.parameters : {};
  try {
    planWithin(template, parameters, { ...facts, deploymentName: resource.name }, budget);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, details, additionalInfo } = error;
    throw new Failure(code, message, { target: resource.id, details, additionalInfo });
  }
}
