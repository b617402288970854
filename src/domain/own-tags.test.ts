// Tags with Muster's prefix: those that it follows, to the letter, and no others.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkOwnTags, OWN_TAGS } from './own-tags.ts';

describe('taken are', () => {
  test.each(OWN_TAGS)('%s', (name) => {
    expect(() => checkOwnTags({ [name]: 'anything' })).not.toThrow();
  });

  test('tags of others, whatever they are called', () => {
    expect(() =>
      checkOwnTags({ muster: 'a', 'mustering:x': 'b', 'team:muster:x': 'c', '': 'd' }),
    ).not.toThrow();
  });
});

describe('refused are', () => {
  test.each([
    'muster:rollingUpgradeCanery',
    'MUSTER:rollingUpgradeCanary',
    'muster:rollingupgradebaketime',
    'muster:',
  ])('%s', (name) => {
    const refused = (): void => checkOwnTags({ other: 'x', [name]: '1' });
    expect(refused).toThrow(expect.objectContaining({ code: 'invalidParameter', target: 'tags' }));
    expect(refused).toThrow(`The tag '${name}' is not one that Muster follows.`);
  });

  test('all that begin with the prefix and are none of them', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (rest, upper) => {
        const name = `${upper ? 'MUSTER:' : 'muster:'}${rest}`;
        const known = OWN_TAGS.includes(name);
        const check = (): void => checkOwnTags({ [name]: '1' });
        if (known) expect(check).not.toThrow();
        else expect(check).toThrow('is not one that Muster follows');
      }),
    );
  });
});
