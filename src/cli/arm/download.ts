// Download: the end of a text that a signed URL leads to. No token goes with it: whoever serves the URL is not ARM.

import { Problem } from '../problem.ts';
import { openExchange } from './exchange.ts';

/** The last lines of a text, and whether there are earlier ones. */
export interface Tail {
  readonly lines: readonly string[];
  readonly cut: boolean;
}

/** Throws a Problem that does not hold the URL, since its signature is a secret. @param ca trusted where the plane serves it itself */
export async function downloadTail(url: string, lines: number, ca: string | undefined): Promise<Tail> {
  const { protocol, origin, pathname, search } = new URL(url);
  if (protocol !== 'https:') throw new Problem('The log is offered without TLS, and is not read.');
  const trust = ca === undefined ? {} : { ca };
  const exchange = openExchange({ endpoint: origin, kind: ca === undefined ? 'Azure' : 'plane', ...trust });
  try {
    const answer = await exchange.send({ method: 'GET', target: `${pathname}${search}`, headers: {} });
    if (answer.status !== 200) throw new Problem(`${origin} answered with ${answer.status}.`);
    return tailOf(answer.text, lines);
  } finally {
    exchange.close();
  }
}

export function tailOf(text: string, lines: number): Tail {
  const all = text.replaceAll('\r\n', '\n').replace(/\n+$/, '').split('\n');
  return { lines: text === '' ? [] : all.slice(-lines), cut: all.length > lines };
}
