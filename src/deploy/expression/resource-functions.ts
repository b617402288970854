// Resource functions: ids, other resources, and what providers offer.

import { asText, isObject, type Json, type JsonObject, listAt, textAt } from '../../domain/json.ts';
import { integerArgument, invalid, restTexts, textArgument } from './arguments.ts';
import {
  ANY,
  type Arguments,
  define,
  defineLookup,
  type FunctionDefinition,
  notExpectedHere,
} from './function-definition.ts';
import { ExpressionProblem, USAGE } from './problem.ts';

export const resourceFunctions: readonly FunctionDefinition[] = [
  define('resourceId', [2, ANY], resourceId),
  define('subscriptionResourceId', [2, ANY], (args) => {
    const { before, path } = typeAndNames(args, restTexts(args, 0), 1);
    const [subscriptionId] = before;
    return `${subscriptionPath(args, subscriptionId)}${path}`;
  }),
  define('tenantResourceId', [2, ANY], (args) => typeAndNames(args, restTexts(args, 0), 0).path),
  define('managementGroupResourceId', [2, ANY], (args) => {
    const { before, path } = typeAndNames(args, restTexts(args, 0), 1);
    const [group] = before;
    // Its own management group is known in a deployment to one.
    if (group === undefined) throw notExpectedHere(args.name);
    return `/providers/Microsoft.Management/managementGroups/${group}${path}`;
  }),
  define('extensionResourceId', [3, ANY], (args) => {
    const [base = '', ...rest] = restTexts(args, 0);
    return `${base.replace(/\/$/, '')}${typeAndNames(args, rest, 0).path}`;
  }),
  defineLookup('reference', [1, 3], reference),
  defineLookup('providers', [1, 2], providers),
  define('pickZones', [3, 5], pickZones),
];

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** `resourceId([subscriptionId], [group], type, name, …)`; one argument before the type is a subscription when it is a GUID. */
function resourceId(args: Arguments): Json {
  const { before, path } = typeAndNames(args, restTexts(args, 0), 2);
  const [first, second] = before;
  const onlySubscription = second === undefined && first !== undefined && GUID.test(first);
  const subscriptionId = before.length === 2 || onlySubscription ? first : undefined;
  const group = onlySubscription ? undefined : (second ?? first);
  const groupPath = group ?? textAt(args.scope.fact('resourceGroup'), 'name');
  if (groupPath === undefined) throw notExpectedHere(args.name);
  return `${subscriptionPath(args, subscriptionId)}/resourceGroups/${groupPath}${path}`;
}

function subscriptionPath(args: Arguments, given: string | undefined): string {
  const id = given ?? textAt(args.scope.fact('subscription'), 'subscriptionId');
  if (id === undefined) throw notExpectedHere(args.name);
  return `/subscriptions/${id}`;
}

/** The first text with a slash is the type; `A.B/c/d` with two names is `/providers/A.B/c/name/d/name`. */
function typeAndNames(
  args: Arguments,
  texts: readonly string[],
  mostBefore: number,
): { readonly before: readonly string[]; readonly path: string } {
  const at = texts.findIndex((text) => text.includes('/'));
  const [namespace = '', ...types] = (texts[at] ?? '').split('/');
  if (at < 0 || at > mostBefore || namespace === '' || types.includes('')) {
    throw new ExpressionProblem(
      `Unable to evaluate template language function '${args.name}': a fully qualified resource type must be given, such as 'Microsoft.Network/virtualNetworks'. ${USAGE}`,
    );
  }
  const names = texts.slice(at + 1);
  if (names.length !== types.length) {
    throw new ExpressionProblem(
      `Unable to evaluate template language function '${args.name}': the type '${[namespace, ...types].join('/')}' requires '${types.length}' resource name argument(s). ${USAGE}`,
    );
  }
  const path = types.map((type, index) => `/${type}/${names[index]}`).join('');
  return { before: texts.slice(0, at), path: `/providers/${namespace}${path}` };
}

function reference(args: Arguments): Json {
  const name = textArgument(args, 0);
  const apiVersion = args.count > 1 ? textArgument(args, 1) : undefined;
  const full = args.count > 2 ? textArgument(args, 2) : '';
  if (full !== '' && full.toLowerCase() !== 'full') {
    throw invalid(args, `The third parameter '${args.quoted(2)}' must be 'Full'.`);
  }
  const value = args.scope.reference(name, apiVersion, full !== '');
  if (value !== undefined) return value;
  throw notExpectedHere(args.name);
}

/** A provider, or one of its resource types. */
function providers(args: Arguments): Json {
  const provider = providerOf(args);
  if (args.count === 1) return provider;
  const found = resourceType(provider, textArgument(args, 1));
  if (found !== undefined) return found;
  throw new ExpressionProblem(
    `The template language function '${args.name}': the resource type '${args.quoted(1)}' is not found in the namespace '${args.quoted(0)}'. ${USAGE}`,
  );
}

function providerOf(args: Arguments): JsonObject {
  const provider = args.scope.provider(textArgument(args, 0));
  if (provider !== undefined) return provider;
  throw new ExpressionProblem(
    `The template language function '${args.name}': the resource provider namespace '${args.quoted(0)}' is not found. ${USAGE}`,
  );
}

function resourceType(provider: JsonObject, name: string): JsonObject | undefined {
  const isIt = (item: Json): item is JsonObject =>
    isObject(item) && textAt(item, 'resourceType')?.toLowerCase() === name.toLowerCase();
  return listAt(provider, 'resourceTypes').find(isIt);
}

/** `pickZones(namespace, type, location, number = 1, offset = 0)`: none where the type or the region has none. */
function pickZones(args: Arguments): Json {
  const type = resourceType(args.scope.provider(textArgument(args, 0)) ?? {}, textArgument(args, 1));
  const location = place(textArgument(args, 2));
  const count = args.count > 3 ? integerArgument(args, 3) : 1;
  const offset = args.count > 4 ? integerArgument(args, 4) : 0;
  if (count < 1 || offset < 0) {
    throw invalid(args, 'The number of zones must be at least 1, and the offset at least 0.');
  }
  const mapping = listAt(type, 'zoneMappings').find(
    (item) => place(textAt(item, 'location') ?? '') === location,
  );
  const zones = listAt(mapping, 'zones').map(asText).toSorted();
  if (zones.length === 0) return [];
  if (offset + count <= zones.length) return zones.slice(offset, offset + count);
  throw invalid(
    args,
    `The location '${args.quoted(2)}' has '${zones.length}' zones, fewer than the offset '${offset}' and the number '${count}' need.`,
  );
}

/** `West US 2` and `westus2` are the same place. */
function place(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
