// Pages: a list of ARM's, all of it. An empty page with a nextLink is followed too: Azure has them.

import { isObject, type JsonObject, listAt, textAt } from '../domain/json.ts';
import type { Arm, ArmRequest } from './arm.ts';
import { accepted } from './arm-refusal.ts';
import { linkRequest } from './link.ts';

export interface Listed {
  readonly items: readonly JsonObject[];
  /** How many requests it took. */
  readonly calls: number;
  /** There were more pages than were asked for. */
  readonly truncated: boolean;
}

/** Throws an ArmRefusal where a page is refused. @param most how many pages at most */
export async function listPages(arm: Arm, first: ArmRequest, most = 1000): Promise<Listed> {
  const items: JsonObject[] = [];
  const seen = new Set<string>();
  let next: ArmRequest | undefined = first;
  let calls = 0;
  while (next !== undefined && calls < most) {
    const request: ArmRequest = next;
    const body = accepted(request, await arm.send(request));
    calls += 1;
    items.push(...listAt(body, 'value').filter(isObject));
    const link = textAt(body, 'nextLink');
    next = link === undefined || link === '' ? undefined : linkRequest(link, first.apiVersion);
    // A server that names a page again would be asked for ever.
    if (next !== undefined && seen.has(next.path)) throw new Error(`ARM names the page ${next.path} twice.`);
    if (next !== undefined) seen.add(next.path);
  }
  return { items, calls, truncated: next !== undefined };
}
