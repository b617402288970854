// Load balancer parts that are written one by one: inbound NAT rules and backend pools. A write of a part is a write of the whole
// with that part in its place, so that the same rules hold.

import { Failure } from '../domain/failure.ts';
import { type JsonObject, listAt } from '../domain/json.ts';
import { findChild, type LoadBalancer } from '../domain/load-balancer.ts';
import { isShownRule } from '../domain/nat-rule.ts';
import { checkNetworkName } from '../domain/network-format.ts';
import { withoutPart, withPart } from '../domain/part-list.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { parentNotFound, requireGroup, requireWritableGroup } from './find.ts';
import { type BalancerRef, declaredBalancer, type WrittenBalancer } from './load-balancers.ts';
import { type Decision, decideAndCommit, type Origin, type Plane } from './plane.ts';

export type WritablePart = 'inboundNatRules' | 'backendAddressPools';

/** A part as a request names it. */
export interface BalancerPartRef extends BalancerRef {
  readonly kind: WritablePart;
  readonly part: string;
}

/** `created`: whether the part is new. */
export async function putBalancerPart(
  plane: Plane,
  origin: Origin,
  request: BalancerPartRef & Conditions & { readonly body: JsonObject },
): Promise<WrittenBalancer> {
  const { kind, part, body } = request;
  checkNetworkName(part);
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const current = await plane.store.loadBalancer(request.group, request.name);
    if (current === undefined) throw parentNotFound(request.name);
    checkConditions(current.etag, request);
    checkIsDeclared(current, request);
    const known = findChild(current, kind, part);
    const next = withPart(listAt(current.properties, kind), part, body);
    const write = await declaredBalancer(plane, origin, {
      ...whole(current, { [kind]: next }),
      deed: { verb: 'write', part: { kind, name: known?.name ?? part } },
    });
    return { ...write, answer: { ...write.answer, created: known === undefined } };
  });
}

/** False when there is none. */
export async function deleteBalancerPart(
  plane: Plane,
  origin: Origin,
  request: BalancerPartRef & Conditions,
): Promise<boolean> {
  const { kind } = request;
  return decideAndCommit(plane, async (): Promise<Decision<boolean>> => {
    const group = await requireGroup(plane, request.group);
    const current = await plane.store.loadBalancer(group.name, request.name);
    if (current !== undefined) checkIsDeclared(current, request);
    const known = current && findChild(current, kind, request.part);
    if (current === undefined || known === undefined) return { changes: [], answer: false };
    checkConditions(current.etag, request);
    const left = withoutPart(listAt(current.properties, kind), known.name);
    const { changes } = await declaredBalancer(plane, origin, {
      ...whole(current, { [kind]: left }),
      deed: { verb: 'delete', part: { kind, name: known.name } },
    });
    return { changes, answer: true };
  });
}

/** The rule of an instance behind a NAT pool comes and goes with the instance. */
function checkIsDeclared({ properties }: LoadBalancer, { kind, part }: BalancerPartRef): void {
  if (kind !== 'inboundNatRules' || !isShownRule({ name: part }, properties)) return;
  throw new Failure(
    'badRequest',
    `Inbound NAT rule ${part} is that of an instance of a virtual machine scale set behind an inbound NAT pool, and is not written or deleted by itself.`,
  );
}

function whole(
  current: LoadBalancer,
  parts: JsonObject,
): { at: BalancerRef; body: JsonObject; current: LoadBalancer } {
  const { group, name, location, tags, sku, extra, properties } = current;
  const body = { ...extra, location, tags, sku, properties: { ...properties, ...parts } };
  return { at: { group, name }, body, current };
}
