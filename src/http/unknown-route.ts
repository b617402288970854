// Unknown routes: ARM's words for a path that names nothing the plane serves.

import { API_VERSIONS } from '../arm/api-version.ts';
import { pathSegments } from '../arm/match.ts';
import { Failure } from '../domain/failure.ts';
import { findProvider, resourceTypesOf } from './views/provider.ts';

export function unknownRoute(path: string, apiVersion: string | undefined): Failure {
  const segments = pathSegments(path) ?? [];
  const at = segments.findLastIndex((segment) => segment.toLowerCase() === 'providers');
  const namespace = segments[at + 1];
  if (at < 0 || namespace === undefined) {
    return new Failure('invalidResourceType', `The path '${path}' names no resource that this plane serves.`);
  }
  const provider = findProvider(namespace);
  if (provider === undefined) {
    return new Failure('invalidResourceType', `The resource namespace '${namespace}' is invalid.`);
  }
  const type = segments
    .slice(at + 2)
    .filter((_, index) => index % 2 === 0)
    .join('/');
  return new Failure(
    'invalidResourceType',
    `The resource type '${type}' could not be found in the namespace '${provider}' for api version '${apiVersion ?? ''}'. The supported api-versions are '${API_VERSIONS[provider].join(', ')}'. The supported resource types are '${resourceTypesOf(provider).join(', ')}'.`,
  );
}
