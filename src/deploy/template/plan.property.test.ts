// Whatever a template looks like: it is planned or refused, never anything else; a plan can be carried out in its order; the same
// facts give the same plan.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { azTemplate } from '../../../test/testing/az-template.ts';
import { mangled } from '../../../test/testing/mangled.ts';
import { deploymentFacts, publicIp, template, valuesGiven, vnet } from '../../../test/testing/templates.ts';
import { Failure } from '../../domain/failure.ts';
import { isObject, type Json, type JsonObject } from '../../domain/json.ts';
import { type Lookup, type Plan, planTemplate } from './plan.ts';

/** Of everything that a template may have, some. */
const rich = template({
  languageVersion: '1.0',
  definitions: { text: { type: 'string' } },
  parameters: {
    n: { type: 'int', defaultValue: 2, minValue: 0, maxValue: 5 },
    name: { $ref: '#/definitions/text', defaultValue: "[concat('web', uniqueString(resourceGroup().id))]" },
    on: { type: 'bool', defaultValue: true },
    list: { type: 'array', defaultValue: ['a', 'b'] },
    guid: { type: 'string', defaultValue: '[newGuid()]' },
    secret: { type: 'securestring', defaultValue: '[newGuid()]' },
  },
  functions: [
    {
      namespace: 'own',
      members: {
        join: {
          parameters: [
            { name: 'a', type: 'string' },
            { name: 'b', type: 'string' },
          ],
          output: { type: 'string', value: "[concat(parameters('a'), '-', parameters('b'))]" },
        },
      },
    },
  ],
  variables: {
    prefix: "[own.join(parameters('name'), 'x')]",
    copy: [
      {
        name: 'names',
        count: "[parameters('n')]",
        input: "[concat(variables('prefix'), copyIndex('names'))]",
      },
    ],
  },
  resources: [
    vnet('net', {
      resources: [{ type: 'subnets', apiVersion: '2024-05-01', name: 'sub', dependsOn: ['net'] }],
      properties: {
        copy: [{ name: 'spaces', count: 2, input: "[format('10.{0}.0.0/16', copyIndex('spaces'))]" }],
      },
    }),
    publicIp("[variables('names')[copyIndex()]]", {
      copy: { name: 'ips', count: "[length(variables('names'))]", mode: 'serial', batchSize: 1 },
      dependsOn: ["[resourceId('Microsoft.Network/virtualNetworks', 'net')]"],
      properties: { space: "[reference('net').spaces[0]]" },
    }),
    publicIp('maybe', { condition: "[not(parameters('on'))]", dependsOn: ['ips'] }),
    {
      type: 'Microsoft.Resources/deployments',
      apiVersion: '2022-09-01',
      name: 'inside',
      dependsOn: ['maybe', 'ips'],
      properties: {
        mode: 'Incremental',
        expressionEvaluationOptions: { scope: 'inner' },
        parameters: { p: { value: "[parameters('secret')]" } },
        template: template({
          parameters: { p: { type: 'string' } },
          resources: [vnet("[concat('in', '1')]")],
          outputs: { o: { type: 'string', value: "[parameters('p')]" } },
        }),
      },
    },
  ],
  outputs: {
    space: { type: 'string', value: "[reference('net').spaces[0]]" },
    all: { type: 'array', copy: { count: "[parameters('n')]", input: "[variables('names')[copyIndex()]]" } },
  },
});

/** Texts that may stand anywhere: right ones, wrong ones, broken ones. */
const expressions = fc.constantFrom(
  "[parameters('name')]",
  "[parameters('list')]",
  "[parameters('secret')]",
  "[parameters('nope')]",
  "[variables('names')[0]]",
  "[variables('names')[9]]",
  '[copyIndex()]',
  "[copyIndex('names')]",
  "[reference('net')]",
  "[reference('inside').outputs.o.value]",
  "[reference('nope').x]",
  "[reference(parameters('name'), '2024-05-01', 'Full')]",
  "[own.join('a', 'b')]",
  "[own.join('a')]",
  '[add(1)]',
  '[range(0, 100)]',
  "[if(parameters('on'), 1, div(1, 0))]",
  "[json('null')]",
  "[json('[')]",
  '[',
  '[[x]',
  '[]',
  '[]]',
  "['it''s']",
  "[concat('a'",
  '[utcNow()]',
  'net',
  'inside',
  '/subscriptions/x',
  '',
  'Microsoft.Network/virtualNetworks/net',
);

/** The document with some of its texts replaced. */
function withExpressions(document: JsonObject): fc.Arbitrary<JsonObject> {
  const count = textsIn(document);
  return fc.array(fc.tuple(fc.nat(count - 1), expressions), { minLength: 1, maxLength: 4 }).map((changes) => {
    let at = 0;
    const replaced = new Map(changes);
    const change = (value: Json): Json => {
      if (typeof value === 'string') return replaced.get(at++) ?? value;
      if (Array.isArray(value)) return (value as readonly Json[]).map(change);
      if (!isObject(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part ?? null)]));
    };
    return change(document) as JsonObject;
  });
}

function textsIn(value: Json): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + textsIn(part ?? null), 0);
}

/** Well-formed ones: any order (with a ring now and then), conditions, loops, references. */
const shapes = fc.record({
  after: fc.array(fc.nat(9), { maxLength: 3 }),
  on: fc.boolean(),
  copies: fc.option(fc.integer({ min: 0, max: 3 })),
  batch: fc.option(fc.integer({ min: 1, max: 2 })),
  reads: fc.option(fc.nat(9)),
  text: fc.oneof({ weight: 30, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: expressions }),
});

const orderly = fc.array(shapes, { maxLength: 10 }).map((all) => {
  const resources = all.map(({ after, on, copies, batch, reads, text }, at) => {
    const before = after
      .map((other) => (other + at < 9 ? other % (at + 1) : other))
      .filter((other) => other !== at);
    const loop = copies === null ? {} : { copy: loopOf(at, copies, batch) };
    const other = reads === null ? undefined : all[reads % (at + 1)];
    const readable = other !== undefined && other.copies === null && (reads ?? 0) % (at + 1) !== at;
    return vnet(copies === null ? `r${at}` : `[concat('r${at}x', copyIndex())]`, {
      ...loop,
      condition: on,
      dependsOn: before
        .filter((one) => one < all.length && all[one]?.copies !== 0)
        .map((one) => nameOf(one, all[one]?.copies)),
      properties: {
        text: text ?? 'x',
        read: readable ? `[reference('r${(reads ?? 0) % (at + 1)}').spaces[0]]` : "[variables('v')]",
      },
    });
  });
  return template({ variables: { v: '[resourceGroup().location]' }, resources });
});

function loopOf(at: number, count: number, batch: number | null): JsonObject {
  return { name: `loop${at}`, count, ...(batch === null ? {} : { mode: 'serial', batchSize: batch }) };
}

function nameOf(at: number, copies: number | null | undefined): string {
  return typeof copies === 'number' ? `loop${at}` : `r${at}`;
}

const anyObject = fc.jsonValue().map((value): JsonObject => (isObject(value) ? value : { resources: value }));

const templates = fc.oneof(
  { weight: 5, arbitrary: orderly },
  mangled(rich),
  mangled(azTemplate),
  withExpressions(rich),
  withExpressions(azTemplate),
  withExpressions(rich).chain(mangled),
  anyObject,
  fc.dictionary(
    fc.constantFrom('resources', 'parameters', 'variables', 'outputs', 'functions', 'definitions'),
    fc.jsonValue() as fc.Arbitrary<Json>,
  ),
);

const parameters = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<JsonObject>({}, valuesGiven({ adminPassword: 'P@ssw0rd-of-az' })) },
  { weight: 1, arbitrary: anyObject },
);

const lookups = fc.constantFrom<Lookup>(
  () => undefined,
  () => ({}),
  () => ({ properties: null }),
  () => ({ properties: { spaces: ['10.0.0.0/16'], outputs: { o: { value: 'x' } } } }),
);

function attempted<T>(act: () => T): T | Failure {
  try {
    return act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Everything of a plan that can be compared. */
function written(plan: Plan | Failure, lookup: Lookup): string {
  if (plan instanceof Failure)
    return JSON.stringify([plan.code, plan.message, plan.details, plan.additionalInfo]);
  const bodies = plan.resources.map(({ body, ...rest }) => [rest, said(attempted(() => body(lookup)))]);
  return JSON.stringify([plan.parameters, bodies, said(attempted(() => plan.outputs(lookup)))]);
}

function said(value: JsonObject | Failure): Json {
  return value instanceof Failure ? value.message : value;
}

const CODES = ['invalidTemplate', 'invalidTemplateDeployment', 'invalidRequestContent'];

test('a template is planned, or refused with a code of Azure’s, and nothing else happens', () => {
  let planned = 0;
  fc.assert(
    fc.property(templates, parameters, lookups, (document, given, lookup) => {
      const plan = attempted(() => planTemplate(document, given, deploymentFacts()));
      if (plan instanceof Failure) {
        expect(CODES).toContain(plan.code);
        return;
      }
      planned += 1;
      for (const { body } of plan.resources) attempted(() => body(lookup));
      const outputs = attempted(() => plan.outputs(lookup));
      if (outputs instanceof Failure) expect(outputs.code).toBe('deploymentOutputEvaluationFailed');
    }),
    { numRuns: 3000 },
  );
  // It would say little if nearly everything were refused.
  expect(planned).toBeGreaterThan(300);
});

test('what is planned can be made in its order, each id once', () => {
  fc.assert(
    fc.property(templates, parameters, (document, given) => {
      const plan = attempted(() => planTemplate(document, given, deploymentFacts()));
      if (plan instanceof Failure) return;
      const made = plan.resources.filter(({ condition }) => condition);
      const ids = made.map(({ id }) => id.toLowerCase());
      expect(new Set(ids).size).toBe(ids.length);
      const left = new Map(made.map((resource) => [resource.id, resource]));
      for (const { dependsOn } of made) for (const id of dependsOn) expect(left.has(id)).toBe(true);
      while (left.size > 0) {
        const next = [...left.values()].filter(({ dependsOn }) => dependsOn.every((id) => !left.has(id)));
        expect(next.length).toBeGreaterThan(0);
        for (const { id } of next) left.delete(id);
      }
    }),
    { numRuns: 1500 },
  );
});

test('the same template, parameters and facts give the same plan', () => {
  fc.assert(
    fc.property(templates, parameters, lookups, (document, given, lookup) => {
      const make = (): string =>
        written(
          attempted(() => planTemplate(document, given, deploymentFacts())),
          lookup,
        );
      expect(make()).toBe(make());
    }),
    { numRuns: 500 },
  );
});

test('planning changes neither template nor parameters', () => {
  fc.assert(
    fc.property(templates, parameters, lookups, (document, given, lookup) => {
      const before = JSON.stringify([document, given]);
      written(
        attempted(() => planTemplate(document, given, deploymentFacts())),
        lookup,
      );
      expect(JSON.stringify([document, given])).toBe(before);
    }),
    { numRuns: 500 },
  );
});

test('the template that everything starts from is planned whole', () => {
  const plan = planTemplate(rich, {}, deploymentFacts());
  expect(plan.resources.map(({ type, condition, dependsOn }) => [type, condition, dependsOn.length])).toEqual(
    [
      ['Microsoft.Network/virtualNetworks', true, 0],
      ['Microsoft.Network/virtualNetworks/subnets', true, 1],
      ['Microsoft.Network/publicIPAddresses', true, 1],
      ['Microsoft.Network/publicIPAddresses', true, 2],
      ['Microsoft.Network/publicIPAddresses', false, 2],
      ['Microsoft.Resources/deployments', true, 2],
    ],
  );
  const outputs = plan.outputs(() => ({ properties: { spaces: ['10.0.0.0/16'] } }));
  expect(outputs.space).toEqual({ type: 'String', value: '10.0.0.0/16' });
});
