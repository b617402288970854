// Link: the URLs that ARM hands out (nextLink, Azure-AsyncOperation, Location), taken apart into a request of the same Arm.
// What must hold: host and scheme are dropped, so that a token goes to the endpoint that was chosen and to no other.

import type { ArmRequest } from './arm.ts';

/** Undefined where the text is no URL and no path of ARM's. */
export function linkRequest(link: string, otherwise: string): ArmRequest | undefined {
  const target = link.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  if (!target.startsWith('/')) return undefined;
  const [path = '', ...query] = target.split('?');
  const parts = query
    .join('?')
    .split('&')
    .filter((part) => part !== '');
  const isVersion = (part: string): boolean => /^api-version=/i.test(part);
  const version = parts.find(isVersion)?.replace(/^[^=]*=/, '');
  const rest = parts.filter((part) => !isVersion(part)).join('&');
  return {
    method: 'GET',
    path: rest === '' ? path : `${path}?${rest}`,
    apiVersion: version ?? otherwise,
  };
}
