// Footer: the sentence below a table: how many of what, what it cost, and what is left of ARM's limits. It goes to standard error, since
// scripts read the table.

import type { InstanceRow } from '../../operator/fields.ts';
import type { Session } from '../session.ts';
import { counted } from '../../operator/words.ts';

export function footer(rows: readonly InstanceRow[], total: number, { arm }: Session): string {
  const shown =
    rows.length === total ? counted(total, 'instance') : `${rows.length} of ${counted(total, 'instance')}`;
  const states = tallied(rows.map(({ facts }) => facts.power));
  const health = tallied(rows.map(({ facts }) => facts.health).filter((state) => state !== 'none'));
  const parts = [states, health].filter((part) => part !== '').join('; ');
  return `${shown}${parts === '' ? '' : `: ${parts}`}. ${costWords(arm)}\n`;
}

/** `3 requests.`, and where ARM says it the three limits of which least is left. */
export function costWords({ calls, budget }: Session['arm']): string {
  const left = budget.left.slice(0, 3).map(({ limit, remaining }) => `${limit} ${remaining}`);
  return `${counted(calls, 'request')}.${left.length === 0 ? '' : ` Left: ${left.join(', ')}.`}`;
}

/** `11 running, 1 stopped`, the most first. */
function tallied(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}
