// Templates: what a template comes to, with these parameters, in this group. Pure behind the port: the same input gives the
// same plan. It throws a Failure that names resource, path and expression, before anything is made.

import type { JsonObject } from '../../domain/json.ts';
import type { ResourceGroup } from '../../domain/resource-group.ts';
import type { Time } from '../../domain/time.ts';

export interface TemplateInput {
  readonly template: JsonObject;
  /** `{name: {value}}` or `{name: {reference}}`. */
  readonly parameters: JsonObject;
  readonly deploymentName: string;
  /** The group as it was when the deployment was accepted: the body that ARM shows of it. */
  readonly group: JsonObject;
  readonly now: Time;
  /** What is drawn by expressions is drawn from this. */
  readonly seed: string;
}

/** A resource as ARM shows it, for `reference()`; undefined when there is none. */
export type Lookup = (id: string, apiVersion: string | undefined) => JsonObject | undefined;

export interface PlannedResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly apiVersion: string;
  /** The resource group in which it is. */
  readonly group: string;
  readonly condition: boolean;
  /** Ids of others of the plan. */
  readonly dependsOn: readonly string[];
  /** What is to be PUT. */
  body(lookup: Lookup): JsonObject;
}

export interface TemplatePlan {
  readonly resources: readonly PlannedResource[];
  /** The effective ones: `{name: {type, value}}`, those that are secret without their value. */
  readonly parameters: JsonObject;
  /** Those that are secret, with their value: `{name: {value}}`. */
  readonly secrets: JsonObject;
  outputs(lookup: Lookup): JsonObject;
}

export interface Templates {
  plan(input: TemplateInput): TemplatePlan;
  /** The group as ARM shows it. */
  groupFacts(group: ResourceGroup): JsonObject;
}
