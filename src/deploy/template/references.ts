// References: what `reference()` in a template means. While a plan is made nothing is there yet, so a text that refers is left
// for later, and says now which resource it is about; when the resource is made, its answer is looked up. Must hold: whatever
// else is wrong with such a text is found now.
// Source: learn.microsoft.com, "Resource functions for ARM templates", reference; "Define the order for deploying resources".

import { Failure } from '../../domain/failure.ts';
import { type JsonObject, objectAt } from '../../domain/json.ts';
import { callsIn, checkExpression } from '../expression/calls.ts';
import type { Call, Expression } from '../expression/expression.ts';
import { isExpression, parseExpression } from '../expression/parse.ts';
import { printExpression } from '../expression/print.ts';
import { ExpressionProblem } from '../expression/problem.ts';
import { evaluateAt, type Held, type Sight, type Subject } from './evaluation.ts';
import { HELP, refuse } from './refusal.ts';
import { interleaved, placeOf, shortId } from './resource-name.ts';
import type { ResourceIndex } from './resource-index.ts';
import type { Resource } from './resources.ts';
import type { Place } from './walk.ts';

/** The resource as GET answers at that api-version; undefined when it is not there, or (version) that of the template's own. */
export type Lookup = (id: string, apiVersion: string | undefined) => JsonObject | undefined;

export interface Reference {
  readonly idOrName: string;
  readonly apiVersion: string | undefined;
  readonly path: string;
}

/** The text's tree when it must wait until resources are there; undefined when it can be evaluated now. */
export function deferred(text: string): Expression | undefined {
  if (!isExpression(text)) return undefined;
  try {
    const expression = parseExpression(text);
    return callsIn(expression).some(isReference) ? expression : undefined;
  } catch (error) {
    // Whoever evaluates it says what is wrong with it.
    if (error instanceof ExpressionProblem) return undefined;
    throw error;
  }
}

function isReference({ namespace, name }: Call): boolean {
  return namespace === undefined && name.toLowerCase() === 'reference';
}

/** Of a deferred text: what it refers to. Refuses functions, parameters and variables that there are not. */
export function referencesIn(
  expression: Expression,
  place: Place,
  sight: Sight,
  subject: Subject,
): readonly Reference[] {
  const calls = callsIn(expression);
  const { reference: _, ...now } = sight;
  const worth = (part: Expression): Held => evaluateAt(`[${printExpression(part)}]`, place, now, subject);
  refuseUncallable(`[${printExpression(expression)}]`, place, subject);
  for (const call of calls) if (isNamed(call)) worth(call);
  return calls.filter(isReference).flatMap((call) => referenceOf(call, worth, place, subject));
}

/** Refuses a text that cannot be parsed, or calls what cannot be called like that. */
export function refuseUncallable(text: string, { path }: Place, subject: Subject): void {
  if (!isExpression(text)) return;
  try {
    checkExpression(parseExpression(text));
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    refuse(`${subject.name} is not valid: at '${path}', expression '${text}': ${error.message}`, path);
  }
}

/** `parameters('x')`, `variables('x')`: the name is written there. */
function isNamed({ namespace, name, args }: Call): boolean {
  const known = ['parameters', 'variables'].includes(name.toLowerCase());
  return namespace === undefined && known && args.length === 1 && args[0]?.kind === 'text';
}

function referenceOf(
  call: Call,
  worth: (part: Expression) => Held,
  { path }: Place,
  subject: Subject,
): readonly Reference[] {
  const said = (index: number): string | undefined => {
    const part = call.args[index];
    const held = part === undefined ? undefined : attempted(() => worth(part));
    if (held?.secure === true) {
      refuse(
        `${subject.name} is not valid: at '${path}', what it refers to reads a secure parameter, and would show it. ${HELP.functions}`,
        path,
      );
    }
    return typeof held?.value === 'string' ? held.value : undefined;
  };
  const idOrName = said(0);
  return idOrName === undefined ? [] : [{ idOrName, apiVersion: said(1) || undefined, path }];
}

/** It may stand in a branch that is never taken, or wait for another resource itself: then it is no matter now. */
function attempted(worth: () => Held): Held | undefined {
  try {
    return worth();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

interface Target {
  readonly id: string;
  readonly resource: Resource | undefined;
}

/** Refuses what is not in the template, unless it is an id with an api-version. */
function targetOf(reference: Reference, index: ResourceIndex, subject: Subject): Target {
  const { idOrName, apiVersion, path } = reference;
  if (!idOrName.startsWith('/')) {
    const [first, second] = index.find(idOrName, path);
    if (first !== undefined && second === undefined) return { id: first.id, resource: first };
    refuse(
      `The template reference '${idOrName}' is not valid: it names a copy loop and not one resource. ${HELP.functions}`,
      path,
    );
  }
  const resource = index.byId(idOrName);
  if (resource === undefined && apiVersion === undefined) {
    refuse(
      `${subject.name} reference to '${shortId(idOrName)}' requires an API version. ${HELP.template}`,
      path,
    );
  }
  return { id: resource?.id ?? idOrName, resource };
}

/**
 * The resource of the template that must be made first. Azure takes an id with an api-version for something that is there
 * already: only a name, or an id without, is a dependency.
 */
export function dependencyOf(
  reference: Reference,
  index: ResourceIndex,
  subject: Subject,
): Resource | undefined {
  const { resource } = targetOf(reference, index, subject);
  const byId = reference.idOrName.startsWith('/') && reference.apiVersion !== undefined;
  return byId || resource?.existing === true ? undefined : resource;
}

/** `reference()` for a resource that is being made now, all it depends on being there. */
export function answering(
  lookup: Lookup,
  index: ResourceIndex,
  subject: Subject,
): NonNullable<Sight['reference']> {
  return (idOrName, version, full) => {
    // `reference(name, '', 'Full')` gives no version.
    const apiVersion = version || undefined;
    const { id, resource } = targetOf({ idOrName, apiVersion, path: '' }, index, subject);
    const found = lookup(id, apiVersion ?? (resource?.existing === true ? resource.apiVersion : undefined));
    if (found === undefined) {
      throw new Failure(
        'resourceNotFound',
        `The Resource '${shortId(id)}' under resource group '${placeOf(id)?.group ?? ''}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
      );
    }
    return full ? whole(found, id, apiVersion, resource) : (objectAt(found, 'properties') ?? {});
  };
}

/** What `'Full'` gives: the resource without its names, and how it was read. */
function whole(
  found: JsonObject,
  id: string,
  apiVersion: string | undefined,
  resource: Resource | undefined,
): JsonObject {
  const { id: _id, name: _name, type: _type, ...rest } = found;
  const place = placeOf(id);
  const version = apiVersion ?? resource?.apiVersion ?? '';
  return {
    apiVersion: version,
    ...rest,
    subscriptionId: place?.subscriptionId ?? '',
    resourceGroupName: place?.group ?? '',
    scope: '',
    resourceId: resource === undefined ? shortId(id) : interleaved(resource.type, resource.name),
    referenceApiVersion: version,
    condition: resource?.condition ?? true,
    isConditionTrue: resource?.condition ?? true,
    isTemplateResource: resource !== undefined && !resource.existing,
    isAction: false,
    provisioningOperation: 'Read',
  };
}
