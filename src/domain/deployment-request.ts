// Deployment request: what the body of a PUT or of `validate` asks for, or Azure's refusal. Templates come in the request: a
// plane fetches nothing from anywhere.

import { checkTags } from './declaration-rules.ts';
import type { DeploymentMode } from './deployment.ts';
import { Failure } from './failure.ts';
import { at, type JsonObject, objectAt, tagsFrom, textAt } from './json.ts';

export interface DeploymentRequest {
  readonly mode: DeploymentMode;
  readonly template: JsonObject;
  readonly parameters: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
  /** The template of a part was left as it was written: nothing of the whole was put into it. */
  readonly inner: boolean;
}

const LONGEST_NAME = 64;

export function checkDeploymentName(name: string): void {
  if (name.length > LONGEST_NAME) {
    throw new Failure(
      'invalidDeploymentName',
      `The provided deployment name '${name}' has a length of '${name.length}' which exceeds the maximum length of '${LONGEST_NAME}'. Please see https://aka.ms/arm-deploy for usage details.`,
    );
  }
  if (/^[-\w._()]+$/.test(name)) return;
  throw new Failure(
    'invalidDeploymentName',
    `The provided deployment name '${name}' is not valid: it has letters, digits, '-', '_', '.' and parentheses. Please see https://aka.ms/arm-deploy for usage details.`,
  );
}

/** What the body of a PUT may hold and a plane does not do: refused, so that nobody takes it for done. */
const NOT_SERVED = ['templateLink', 'parametersLink', 'onErrorDeployment'] as const;

/** @param body has passed the wire's schema */
export function deploymentRequest(name: string, body: JsonObject): DeploymentRequest {
  if (at(body, 'location') !== undefined && at(body, 'location') !== null) {
    throw new Failure(
      'invalidDeployment',
      `The 'location' property is not allowed for '${name}' at resource group scope. Please see https://aka.ms/deploy-to-subscription for usage details.`,
    );
  }
  const properties = objectAt(body, 'properties');
  if (properties === undefined) throw required('properties', '');
  for (const member of NOT_SERVED) {
    if (objectAt(properties, member) !== undefined) throw unserved(member);
  }
  const template = objectAt(properties, 'template');
  if (template === undefined) throw required('template', 'properties');
  const tags = tagsFrom(body['tags']) ?? {};
  checkTags(tags);
  return {
    mode: modeOf(textAt(properties, 'mode')),
    template,
    parameters: objectAt(properties, 'parameters') ?? {},
    tags,
    inner: textAt(properties, 'expressionEvaluationOptions', 'scope')?.toLowerCase() === 'inner',
  };
}

function modeOf(text: string | undefined): DeploymentMode {
  if (text === undefined) throw required('mode', 'properties');
  const mode = (['Incremental', 'Complete'] as const).find((one) => one.toLowerCase() === text.toLowerCase());
  if (mode !== undefined) return mode;
  throw new Failure(
    'invalidRequestContent',
    `The request content was invalid and could not be deserialized: the value '${text}' of 'properties.mode' is not 'Incremental' or 'Complete'.`,
    { target: 'properties.mode' },
  );
}

function required(member: string, path: string): Failure {
  return new Failure(
    'invalidRequestContent',
    `The request content was invalid and could not be deserialized: 'Required property '${member}' not found in JSON. Path '${path}'.'.`,
    { target: path === '' ? member : `${path}.${member}` },
  );
}

function unserved(member: string): Failure {
  const instead = member === 'onErrorDeployment' ? '' : ` Send the ${member.replace('Link', '')} itself.`;
  return new Failure('invalidDeployment', `'properties.${member}' is not served by this plane.${instead}`, {
    target: `properties.${member}`,
  });
}
