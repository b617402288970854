// Which resource types a deployment may make. Must hold: a template with one that is not served, or at an api-version that is
// not, is refused whole, with a detail for each.
// Source: Azure's sentences, as its users report them for `InvalidTemplateDeployment`.

import { Failure, type FailureDetail } from '../../domain/failure.ts';
import { asText, listAt, textAt } from '../../domain/json.ts';
import { type DeploymentFacts, guidFor } from './facts.ts';
import { member } from './members.ts';
import type { Resource } from './resources.ts';

/** What is not made needs not be served. */
export function refuseUnserved(resources: readonly Resource[], facts: DeploymentFacts): void {
  const details = resources
    .filter(({ condition, existing }) => condition && !existing)
    .flatMap((resource) => unserved(resource, facts));
  if (details.length === 0) return;
  throw new Failure(
    'invalidTemplateDeployment',
    `The template deployment '${facts.deploymentName}' is not valid according to the validation procedure. The tracking id is '${guidFor(facts, 'tracking')}'. See inner errors for details.`,
    { details },
  );
}

function unserved(resource: Resource, facts: DeploymentFacts): readonly FailureDetail[] {
  const { id, type, apiVersion } = resource;
  const [namespace = '', ...types] = type.split('/');
  const versions = facts.served(type);
  if (versions !== undefined && isServed(apiVersion, versions)) return [];
  const provider = facts.provider(namespace);
  if (provider === undefined) {
    const message = `The resource namespace '${namespace}' is invalid.`;
    return [{ code: 'InvalidResourceNamespace', message, target: id }];
  }
  if (versions === undefined) {
    const message = `The resource type '${types.join('/')}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.`;
    return [{ code: 'InvalidResourceType', message, target: id }];
  }
  const inPlace = listAt(provider, 'resourceTypes').find(
    (one) => textAt(one, 'resourceType')?.toLowerCase() === types.join('/').toLowerCase(),
  );
  const locations = listAt(inPlace, 'locations').map(asText).join(', ');
  const message = `No registered resource provider found for location '${locationOf(resource, facts)}' and API version '${apiVersion}' for type '${types.join('/')}'. The supported api-versions are '${versions.join(', ')}'. The supported locations are '${locations}'.`;
  return [{ code: 'NoRegisteredProviderFound', message, target: id }];
}

/** As with every other request: any date from the oldest version on is taken, newer ones than are listed too. */
function isServed(apiVersion: string, versions: readonly string[]): boolean {
  if (versions.some((version) => version.toLowerCase() === apiVersion.toLowerCase())) return true;
  const date = /^(\d{4}-\d{2}-\d{2})(-[a-z]+)?$/i.exec(apiVersion)?.[1];
  if (date === undefined || !Number.isFinite(Date.parse(`${date}T00:00:00Z`))) return false;
  return versions.some((version) => version.slice(0, 10) <= date);
}

/** As it is written, or that of the group. */
function locationOf({ body }: Resource, { group }: DeploymentFacts): string {
  const own = member(body, 'location');
  return typeof own === 'string' && !own.startsWith('[') ? own : (textAt(group, 'location') ?? '');
}
