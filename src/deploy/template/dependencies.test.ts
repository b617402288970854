// The order: every way to name a dependency, loops in batches, conditions, rings.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../domain/json.ts';
import { GROUP_ID, pathOf, plan, publicIp, refusal, vnet, vnetId } from '../../../test/testing/templates.ts';

const NET = 'Microsoft.Network/virtualNetworks';

/** What the last resource waits for, by name. */
function waitsFor(dependsOn: Json, others: readonly JsonObject[], more: JsonObject = {}): readonly string[] {
  const { resources } = plan({ ...more, resources: [...others, publicIp('last', { dependsOn })] });
  const names = new Map(resources.map(({ id, name }) => [id, name]));
  return (resources.at(-1)?.dependsOn ?? []).map((id) => names.get(id) ?? '');
}

test.each([
  `[resourceId('${NET}', 'web')]`,
  vnetId('web'),
  vnetId('WEB').toUpperCase(),
  `${NET}/web`,
  'microsoft.network/VIRTUALNETWORKS/web',
  `[concat('${NET}/', 'web')]`,
  'web',
  'WEB',
])('a resource is named by %s', (call) => {
  expect(waitsFor([call], [vnet('other'), vnet('web')])).toEqual(['web']);
});

test.each([
  `${NET}/web/subnets/front`,
  `${NET}/subnets/web/front`,
  'web/front',
  `${vnetId('web')}/subnets/front`,
])('a child is named by %s', (call) => {
  const child = vnet('web/front', { type: `${NET}/subnets` });
  expect(waitsFor([call], [vnet('web'), child])).toEqual(['web/front']);
});

test('the name of a loop means every copy, without case', () => {
  const copies = vnet("[concat('v', copyIndex())]", { copy: { name: 'nets', count: 3 } });
  expect(waitsFor(['NETS'], [copies])).toEqual(['v0', 'v1', 'v2']);
});

test('a symbolic name means its resource, one copy, or all', () => {
  const nets = vnet("[concat('v', copyIndex())]", { copy: { name: 'loop', count: 2 } });
  const resources = {
    nets,
    all: publicIp('all', { dependsOn: ['nets'] }),
    one: publicIp('one', { dependsOn: ["[format('nets[{0}]', 1)]"] }),
  };
  const made = plan({ languageVersion: '2.0', resources }).resources;
  expect(made.slice(2).map(({ dependsOn }) => dependsOn)).toEqual([
    [vnetId('v0'), vnetId('v1')],
    [vnetId('v1')],
  ]);
});

test('a dependency that is named twice is one', () => {
  expect(waitsFor(['web', `${NET}/web`, vnetId('web')], [vnet('web')])).toEqual(['web']);
});

test('a name of two types is refused, and the type tells them apart', () => {
  const others = [vnet('web'), publicIp('web')];
  expect(refusal(() => waitsFor(['web'], others)).message).toContain(
    "'web' is not valid: there are several resources",
  );
  expect(waitsFor([`${NET}/web`], others)).toEqual(['web']);
});

test.each([
  [
    'nope',
    "The template reference 'nope' is not valid: could not find template resource or resource copy with this name.",
  ],
  [`${NET}/nope`, `The resource '${NET}/nope' is not defined in the template.`],
  [vnetId('nope'), `The resource '${NET}/nope' is not defined in the template.`],
  ['/subscriptions/x', "The resource '/subscriptions/x' is not defined in the template."],
])('what is not in the template, %s, is refused', (call, words) => {
  const failure = refusal(() => waitsFor([call], [vnet('web')]));
  expect(failure.code).toBe('invalidTemplate');
  expect(failure.message).toContain(`Deployment template validation failed: '${words}`);
  expect(pathOf(failure)).toBe('properties.template.resources[1].dependsOn[0]');
});

test('nobody waits for what is not made', () => {
  const others = [vnet('off', { condition: false, dependsOn: ['on'] }), vnet('on')];
  expect(waitsFor(['off', 'on'], others)).toEqual(['on']);
  expect(waitsFor(['off'], others)).toEqual([]);
});

test('of two resources of one id, the one that is made is waited for', () => {
  const others = [vnet('web', { condition: false }), vnet('web')];
  expect(waitsFor(['web'], others)).toEqual(['web']);
});

test('a serial loop makes one after the other', () => {
  const copy = { name: 'nets', count: 3, mode: 'Serial' };
  const { resources } = plan({ resources: [vnet("[concat('v', copyIndex())]", { copy })] });
  expect(resources.map(({ dependsOn }) => dependsOn)).toEqual([[], [vnetId('v0')], [vnetId('v1')]]);
});

test('a parallel loop makes all at once', () => {
  const copy = { name: 'nets', count: 3, mode: 'parallel', batchSize: 1 };
  const { resources } = plan({ resources: [vnet("[concat('v', copyIndex())]", { copy })] });
  expect(resources.flatMap(({ dependsOn }) => dependsOn)).toEqual([]);
});

test('a serial loop never has more than a batch without order between them', () => {
  const shapes = fc.record({
    count: fc.integer({ min: 0, max: 12 }),
    batchSize: fc.integer({ min: 1, max: 5 }),
    off: fc.uniqueArray(fc.nat(11)),
  });
  fc.assert(
    fc.property(shapes, ({ count, batchSize, off }) => {
      const copy = { name: 'nets', count, mode: 'serial', batchSize };
      const condition = `[not(contains(parameters('off'), copyIndex()))]`;
      const resources = [vnet("[concat('v', copyIndex())]", { copy, condition })];
      const sections = { parameters: { off: { type: 'array', defaultValue: off } }, resources };
      const made = plan(sections).resources.filter((one) => one.condition);
      // Whatever starts as soon as it may: round by round, those whose dependencies are done.
      const done = new Set<string>();
      while (done.size < made.length) {
        const round = made.filter(
          ({ id, dependsOn }) => !done.has(id) && dependsOn.every((one) => done.has(one)),
        );
        expect(round.length).toBeGreaterThan(0);
        expect(round.length).toBeLessThanOrEqual(batchSize);
        for (const { id } of round) done.add(id);
      }
    }),
  );
});

test.each([
  [[vnet('a', { dependsOn: ['a'] })], 'a'],
  [[vnet('a', { dependsOn: ['b'] }), vnet('b', { dependsOn: ['a'] })], 'a'],
  [
    [
      vnet('x', { dependsOn: ['a'] }),
      vnet('a', { dependsOn: ['b'] }),
      vnet('b', { dependsOn: ['c'] }),
      vnet('c', { dependsOn: ['a'] }),
    ],
    'a',
  ],
  [[vnet('a', { properties: { x: "[reference('a').x]" } })], 'a'],
  [[vnet('a', { dependsOn: ['b'] }), vnet('b', { properties: { x: "[reference('a').x]" } })], 'a'],
])('a ring is refused with the id of a resource in it', (resources, name) => {
  const failure = refusal(() => plan({ resources }));
  expect(failure.message).toBe(
    `Deployment template validation failed: 'Circular dependency detected on resource: '${GROUP_ID}/providers/${NET}/${name}'. Please see https://aka.ms/arm-syntax-resources for usage details.'.`,
  );
});

test('a diamond is no ring', () => {
  const resources = [
    vnet('a', { dependsOn: ['b', 'c'] }),
    vnet('c', { dependsOn: ['d'] }),
    vnet('d', { dependsOn: ['b'] }),
    vnet('b'),
  ];
  expect(plan({ resources }).resources).toHaveLength(4);
});

test('any order without a ring is planned, and every ring is refused', () => {
  const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 });
  fc.assert(
    fc.property(edges, (pairs) => {
      const resources = Array.from({ length: 8 }, (_, at) =>
        vnet(`v${at}`, { dependsOn: pairs.filter(([from]) => from === at).map(([, to]) => `v${to}`) }),
      );
      if (hasRing(pairs)) {
        expect(refusal(() => plan({ resources })).message).toContain(
          'Circular dependency detected on resource',
        );
        return;
      }
      const made = plan({ resources }).resources;
      for (const [from, to] of pairs) expect(made[from]?.dependsOn).toContain(vnetId(`v${to}`));
    }),
  );
});

/** Whether somebody reaches itself, by the closure of the pairs. */
function hasRing(pairs: readonly (readonly [number, number])[]): boolean {
  const reaches = Array.from({ length: 8 }, () => new Set<number>());
  for (const [from, to] of pairs) reaches[from]?.add(to);
  for (let through = 0; through < 8; through += 1) {
    for (const set of reaches) {
      if (set.has(through)) for (const next of reaches[through] ?? []) set.add(next);
    }
  }
  return reaches.some((set, at) => set.has(at));
}
