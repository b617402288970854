// Extensions as they are declared: their order, whose they are, and what makes one another.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelRow } from '../../test/testing/rows.ts';
import {
  cycleIn,
  type Extension,
  extensionPrint,
  handlerName,
  inProvisioningOrder,
  modelExtensions,
  named,
  predecessors,
  withNamed,
  withOwn,
} from './extension.ts';

function extension(name: string, more: Extension['properties'] = {}): Extension {
  return { name, properties: { publisher: 'P', type: 'T', typeHandlerVersion: '1.0', ...more } };
}

function after(name: string, ...others: readonly string[]): Extension {
  return extension(name, { provisionAfterExtensions: others });
}

/** Each names some of those before it, and the list is shuffled: there is no cycle. */
const acyclic = fc
  .array(fc.array(fc.nat()), { minLength: 1, maxLength: 8 })
  .map((links) =>
    links.map((link, index) =>
      after(`e${index}`, ...link.map((at) => `E${at % index}`).filter(() => index > 0)),
    ),
  )
  .chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));

/** Whatever names whatever, themselves included. */
const any = fc
  .array(fc.array(fc.nat({ max: 9 })), { minLength: 1, maxLength: 8 })
  .map((links) => links.map((link, index) => after(`e${index}`, ...link.map((at) => `e${at}`))));

describe('the provisioning order', () => {
  test('has every extension once, after all that it names', () => {
    fc.assert(
      fc.property(acyclic, (list) => {
        const ordered = inProvisioningOrder(list);
        expect(ordered.toSorted(byName)).toEqual(list.toSorted(byName));
        ordered.forEach((one, index) => {
          for (const name of predecessors(one)) expect(named(ordered.slice(0, index), name)).toBeDefined();
        });
      }),
    );
  });

  test('loses none and ends, whatever names whatever', () => {
    fc.assert(
      fc.property(any, (list) => {
        expect(inProvisioningOrder(list).toSorted(byName)).toEqual(list.toSorted(byName));
      }),
    );
  });

  test('is the declared one where nothing else is asked for', () => {
    const list = [extension('c'), extension('a'), after('x', 'b'), extension('b')];
    expect(inProvisioningOrder(list).map(({ name }) => name)).toEqual(['c', 'a', 'b', 'x']);
  });
});

describe('a cycle', () => {
  test('is found exactly where some cannot come after all that they name', () => {
    fc.assert(
      fc.property(any, (list) => {
        const ordered = inProvisioningOrder(list);
        const good = ordered.every((one, index) =>
          predecessors(one).every(
            (name) => named(list, name) === undefined || named(ordered.slice(0, index), name) !== undefined,
          ),
        );
        expect(cycleIn(list) === undefined).toBe(good);
      }),
    );
  });

  test('of one is a cycle', () => {
    expect(cycleIn([after('a', 'A')])?.name).toBe('a');
  });
});

describe('what is declared for one instance', () => {
  test('takes the place of what the model has of that name, in any case, and else comes after it', () => {
    const [own, other] = [extension('B', { type: 'Own' }), extension('z')];
    const list = withOwn([extension('a'), extension('b'), extension('c')], [other, own]);
    expect(list.map(({ name }) => name)).toEqual(['a', 'B', 'c', 'z']);
    expect(list[1]).toBe(own);
  });

  test('changes nothing where there is none', () => {
    const model = [extension('a')];
    expect(withOwn(model, [])).toBe(model);
  });
});

describe('the print of an extension', () => {
  const base = extension('a', { settings: { x: 1 }, protectedSettings: { y: 2 }, forceUpdateTag: 'one' });
  const print = (more: Extension['properties']) =>
    extensionPrint({ ...base, properties: { ...base.properties, ...more } });

  test.each([
    [{ settings: { x: 2 } }],
    [{ protectedSettings: { y: 3 } }],
    [{ forceUpdateTag: 'two' }],
    [{ typeHandlerVersion: '2.0' }],
    [{ type: 'U' }],
  ])('changes with %j', (more) => {
    expect(print(more)).not.toBe(extensionPrint(base));
  });

  test.each([
    [{ suppressFailures: true }],
    [{ provisionAfterExtensions: ['b'] }],
    [{ autoUpgradeMinorVersion: true }],
  ])('does not change with %j', (more) => {
    expect(print(more)).toBe(extensionPrint(base));
  });
});

test('a model without extensions has none, and one with them has them in its order', () => {
  expect(modelExtensions(modelRow())).toEqual([]);
  const { name, properties } = extension('a');
  const model = modelRow({ profile: { extensionProfile: { extensions: [{ name, properties }] } } });
  expect(modelExtensions(model)).toEqual([{ name, properties }]);
  expect(modelExtensions(model)).toBe(modelExtensions(model));
  expect(handlerName(extension('a'))).toBe('P.T');
});

function byName(a: Extension, b: Extension): number {
  return a.name < b.name ? -1 : 1;
}

test('one of a list is replaced by its name, whatever its case, in its place; a new one comes last', () => {
  const list = [extension('a'), extension('b')];
  const other = extension('A', { settings: { x: 1 } });
  expect(withNamed(list, other)).toEqual([other, extension('b')]);
  expect(withNamed(list, extension('c')).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(list.map(({ name }) => name)).toEqual(['a', 'b']);
});
