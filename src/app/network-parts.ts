// Network parts: subnets and security rules one by one. A write of a part is a write of the whole with that part in its place,
// so that the same rules hold.

import { type JsonObject, listAt } from '../domain/json.ts';
import { checkNetworkName } from '../domain/network-format.ts';
import { findNetworkPart, type NetworkPartKind, type NetworkResource } from '../domain/network-resource.ts';
import { withoutPart, withPart } from '../domain/part-list.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { parentNotFound, requireGroup, requireWritableGroup } from './find.ts';
import { declared, type NetworkRef, type Written } from './network-resources.ts';
import { type Decision, decideAndCommit, type Origin, type Plane } from './plane.ts';

/** A part as a request names it. */
export interface NetworkPartRef extends NetworkRef {
  readonly kind: NetworkPartKind;
  readonly part: string;
}

/** `created`: whether the part is new. */
export async function putNetworkPart(
  plane: Plane,
  origin: Origin,
  request: NetworkPartRef & Conditions & { readonly body: JsonObject },
): Promise<Written> {
  const { kind, part, body } = request;
  checkNetworkName(part);
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const current = await plane.store.network(request.type, request.group, request.name);
    if (current === undefined) throw parentNotFound(request.name);
    checkConditions(current.etag, request);
    const known = findNetworkPart(current, kind, part);
    const next = withPart(listAt(current.properties, kind), part, body);
    const write = await declared(plane, origin, {
      ...whole(current, { [kind]: next }),
      deed: { verb: 'write', part: { kind, name: known?.name ?? part } },
    });
    return { ...write, answer: { ...write.answer, created: known === undefined } };
  });
}

/** False when there is none. */
export async function deleteNetworkPart(
  plane: Plane,
  origin: Origin,
  request: NetworkPartRef & Conditions,
): Promise<boolean> {
  const { kind } = request;
  return decideAndCommit(plane, async (): Promise<Decision<boolean>> => {
    const group = await requireGroup(plane, request.group);
    const current = await plane.store.network(request.type, group.name, request.name);
    const known = current && findNetworkPart(current, kind, request.part);
    if (current === undefined || known === undefined) return { changes: [], answer: false };
    checkConditions(current.etag, request);
    const left = withoutPart(listAt(current.properties, kind), known.name);
    const { changes } = await declared(plane, origin, {
      ...whole(current, { [kind]: left }),
      deed: { verb: 'delete', part: { kind, name: known.name } },
    });
    return { changes, answer: true };
  });
}

function whole(
  current: NetworkResource,
  parts: JsonObject,
): { at: NetworkRef; body: JsonObject; current: NetworkResource } {
  const { location, tags, zones, extra, properties } = current;
  const body = { ...extra, location, tags, zones, properties: { ...properties, ...parts } };
  return { at: current, body, current };
}
