// Correlation in words: the counts first, since they are what a reader can check, then how far they hold up.

import { type CommonFactor, type Correlation, LEVEL, MINIMUM } from './correlation.ts';
import { chance, counted, figure, joined } from './words.ts';

/** Empty where nothing was compared and nothing need be said. */
export function correlationSentences(correlation: Correlation): readonly string[] {
  switch (correlation.kind) {
    case 'tooFew': {
      const { failing, healthy } = correlation;
      const why = `fewer than ${MINIMUM} ${failing < MINIMUM ? 'fail' : 'are healthy'}`;
      return [`What they have in common was not asked: ${why} (${failing} failing, ${healthy} healthy).`];
    }
    case 'none':
      return [nothing(correlation)];
    case 'found':
      return correlation.found.map((factor) => `In common: ${factorSentence(factor, correlation.counted)}`);
  }
}

function nothing(correlation: Extract<Correlation, { kind: 'none' | 'found' }>): string {
  const { compared, nearest } = correlation;
  const start = `No common factor found: ${counted(compared, 'thing')} compared, none holds up`;
  if (nearest === undefined || nearest.p > LEVEL) return `${start}.`;
  const { counts } = nearest;
  const seen = `${nameOf(nearest)}, ${ratio(counts.failingWith, counts.failingWithout)} failing and ${ratio(counts.healthyWith, counts.healthyWithout)} healthy`;
  return `${start}. Nearest is ${seen}, which may be chance (adjusted ${chance(nearest.adjusted)}).`;
}

function factorSentence(factor: CommonFactor, tests: number): string {
  const { counts, risk } = factor;
  return [
    `${nameOf(factor)}: ${ratio(counts.failingWith, counts.failingWithout)} failing have it and `,
    `${ratio(counts.healthyWith, counts.healthyWithout)} healthy ones. `,
    `Lift ${figure(factor.lift)}, risk ratio ${figure(risk.ratio)} (95 %: ${figure(risk.low)} to ${figure(risk.high)}), `,
    `Fisher's exact ${chance(factor.p)}, ${chance(factor.adjusted)} after ${counted(tests, 'comparison')}.`,
  ].join('');
}

function ratio(part: number, rest: number): string {
  return `${part} of ${part + rest}`;
}

/** The numbers cannot tell names apart that the same instances have. */
function nameOf({ names }: CommonFactor): string {
  const shown = names.slice(0, 4).map(({ factor, value }) => `${factor} ${value}`);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : joined(shown);
}
