// The body of a resource: what of its declaration is sent. Must hold: what only the deployment needs (its name, its place, its
// order) stays out, and everything else goes as it is written, loosely typed or not.

import type { JsonObject } from '../../domain/json.ts';
import type { Subject } from './evaluation.ts';
import { objectMember } from './members.ts';
import { isDeployment, nestedProperties } from './nested.ts';
import type { Resource } from './resources.ts';
import { type Reader, walk, within } from './walk.ts';

const FOR_THE_DEPLOYMENT: ReadonlySet<string> = new Set(
  [
    'name',
    'type',
    'apiVersion',
    'dependsOn',
    'condition',
    'copy',
    'resources',
    'scope',
    'comments',
    'metadata',
    'existing',
  ].map((key) => key.toLowerCase()),
);
const FOR_A_NESTED_ONE: ReadonlySet<string> = new Set(['resourcegroup', 'subscriptionid', 'properties']);

export function resourceBody(resource: Resource, reader: Reader, subject: Subject): JsonObject {
  const { body, type, path, loops } = resource;
  const nested = isDeployment(type);
  const place = { path, loops };
  const kept = Object.entries(body).filter(([key]) => {
    const name = key.toLowerCase();
    return !FOR_THE_DEPLOYMENT.has(name) && !(nested && FOR_A_NESTED_ONE.has(name));
  });
  const rest = walk(Object.fromEntries(kept), place, reader) as JsonObject;
  if (!nested) return rest;
  const properties = objectMember(body, 'properties', path) ?? {};
  return { ...rest, properties: nestedProperties(properties, within(place, '.properties'), reader, subject) };
}
