// The outermost shape of a template. Must hold: nothing in it is passed over in silence; what Muster does not do is refused.
// Source: learn.microsoft.com, "Understand the structure and syntax of ARM templates".

import { Failure } from '../../domain/failure.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { member, textMember } from './members.ts';
import { HELP, refuse, ROOT } from './refusal.ts';

const MEMBERS = [
  '$schema',
  'contentVersion',
  'languageVersion',
  'apiProfile',
  'definitions',
  'parameters',
  'variables',
  'functions',
  'resources',
  'outputs',
  'metadata',
];

/** Deeper than any template that means something, deployments nested in one another counted. */
const DEEPEST = 200;

export function checkShape(template: JsonObject, parameters: JsonObject): void {
  refuseDeep(template, ROOT);
  refuseDeep(parameters, 'properties.parameters');
  const known = new Set(MEMBERS.map((name) => name.toLowerCase()));
  const unknown = Object.keys(template).find((name) => !known.has(name.toLowerCase()));
  if (unknown !== undefined) {
    throw new Failure(
      'invalidRequestContent',
      `The request content was invalid and could not be deserialized: 'Could not find member '${unknown}' on object of type 'Template'. Path '${ROOT}.${unknown}'.'.`,
    );
  }
  const schema = textMember(template, '$schema', ROOT);
  // Those of subscriptions, management groups and tenants begin otherwise: `subscriptionDeploymentTemplate.json`.
  if (schema !== undefined && !/\/deploymentTemplate\.json#?$/i.test(schema)) {
    refuse(
      `Template schema '${schema}' is not supported for a deployment to a resource group. ${HELP.template}`,
      `${ROOT}.$schema`,
    );
  }
  const version = textMember(template, 'contentVersion', ROOT);
  if (version !== undefined && !/^\d+(\.\d+){1,3}$/.test(version)) {
    refuse(`The content version '${version}' is not valid. ${HELP.template}`, `${ROOT}.contentVersion`);
  }
  if (member(template, 'resources') === undefined) {
    refuse(`Required property 'resources' not found in the template. ${HELP.template}`, ROOT);
  }
}

/** Everything that reads a template descends into it; one that is nested without end would exhaust the stack. */
function refuseDeep(document: JsonObject, path: string): void {
  let level: readonly unknown[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST)
      refuse(`The request is nested more than ${DEEPEST} levels deep. ${HELP.template}`, path);
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value as Record<string, Json>) : [],
    );
  }
}
