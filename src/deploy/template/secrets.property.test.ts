// Secrets: whatever a template does with a secure value, no refusal, no parameter shown and no output holds a piece of it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../domain/failure.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import {
  deploymentFacts,
  publicIp,
  refusal,
  shown,
  template,
  valuesGiven,
  vnet,
  worth,
} from '../../../test/testing/templates.ts';
import { type Lookup, type Plan, planTemplate } from './plan.ts';

/** Long enough that no piece of it is in a refusal by chance. */
const secrets = fc
  .array(fc.constantFrom(...'qxzjkvwQXZJKVW0123456789'.split('')), { minLength: 24, maxLength: 32 })
  .map((letters) => letters.join(''));

const PIECE = 8;

/** What must be nowhere: every piece of the secret, and of what it is in base64, in any case. */
function piecesOf(secret: string): readonly string[] {
  return [secret, Buffer.from(secret).toString('base64')].flatMap((text) =>
    Array.from({ length: text.length - PIECE + 1 }, (_, at) => text.slice(at, at + PIECE).toLowerCase()),
  );
}

/** Ways to read it: right ones, wrong ones, and ones that give something of it. */
const readings = [
  "[parameters('pw')]",
  "[parameters('box').in]",
  "[variables('kept')]",
  "[toUpper(parameters('pw'))]",
  "[base64(parameters('pw'))]",
  "[substring(parameters('pw'), 2, 9)]",
  "[substring(parameters('pw'), 99, 9)]",
  "[concat('a', parameters('pw'), 3, createArray())]",
  "[int(parameters('pw'))]",
  "[bool(parameters('pw'))]",
  "[json(parameters('pw'))]",
  "[json(concat('{', parameters('pw')))]",
  "[base64ToString(parameters('pw'))]",
  "[dataUriToString(parameters('pw'))]",
  "[dateTimeAdd(parameters('pw'), 'PT1H')]",
  "[createObject(parameters('pw'), 1).nope]",
  "[createObject(parameters('pw'), 1)]",
  "[createArray(parameters('pw'))[7]]",
  "[split(parameters('pw'), '')[0]]",
  "[format(parameters('pw'), 1)]",
  "[format('{0} {9}', parameters('pw'))]",
  "[parameters(parameters('pw'))]",
  "[variables(parameters('pw'))]",
  "[variables(concat('x', parameters('pw')))]",
  "[resourceId(parameters('pw'), 'x')]",
  "[resourceId('Microsoft.Network/virtualNetworks', parameters('pw'))]",
  "[reference(parameters('pw')).x]",
  "[reference(parameters('pw'), parameters('pw')).x]",
  "[reference(concat('/', parameters('pw'))).x]",
  "[reference(concat(reference('first').x, parameters('pw'))).x]",
  "[reference(concat('/', reference('first').x, parameters('pw')), '2024-05-01').x]",
  "[reference('first')[parameters('pw')]]",
  "[reference('first', parameters('pw')).x]",
  "[providers(parameters('pw')).x]",
  "[providers('Microsoft.Network', parameters('pw'))]",
  "[subscription()[parameters('pw')]]",
  "[copyIndex(parameters('pw'))]",
  "[f.echo(parameters('pw'))]",
  "[f.fail(parameters('pw'))]",
  "[f.nope(parameters('pw'))]",
  "[f.echo(parameters('pw'), parameters('pw'))]",
  "[parameters('box').nope]",
  "[parameters('box')[parameters('pw')]]",
  "[if(parameters('pw'), 1, 2)]",
  "[range(0, length(parameters('pw')))]",
  "[map(createArray(parameters('pw')), lambda('i', int(lambdaVariables('i'))))]",
  "[nosuch(parameters('pw'))]",
  "[parameters('pw']",
  "[uri(parameters('pw'), parameters('pw'))]",
  "[cidrSubnet(parameters('pw'), 24, 0)]",
  "[padLeft(parameters('pw'), 'x')]",
  "[max(parameters('pw'), 1)]",
  "[union(parameters('pw'), 1)]",
  "[union(parameters('box'), createArray())]",
  "[items(parameters('box'))[0].nope]",
  "[string(parameters('box'))]",
  "[tryGet(parameters('box'), 'in')]",
];

/** Places where it is read. */
const places: Readonly<Record<string, (text: string) => JsonObject>> = {
  variable: (text) => ({ variables: { kept: "[parameters('pw')]", probe: { deep: [text] } } }),
  loop: (text) => ({
    variables: { kept: "[parameters('pw')]", copy: [{ name: 'l', count: 1, input: text }] },
  }),
  count: (text) => ({
    variables: { kept: "[parameters('pw')]", copy: [{ name: 'l', count: text, input: 1 }] },
  }),
  default: (text) => ({
    parameters: { pw: SECURE, box: BOX, probe: { type: 'string', defaultValue: text, allowedValues: ['x'] } },
  }),
  secureDefault: (text) => ({
    parameters: { pw: SECURE, box: BOX, probe: { type: 'securestring', defaultValue: text, maxLength: 3 } },
  }),
  ...Object.fromEntries(
    ['name', 'type', 'apiVersion', 'location', 'condition', 'scope', 'sku'].map((key) => [
      key,
      (text: string) => ({ resources: [vnet('first'), vnet('second', { [key]: text })] }),
    ]),
  ),
  dependsOn: (text) => ({ resources: [vnet('first'), vnet('second', { dependsOn: [text] })] }),
  copies: (text) => ({ resources: [vnet('first', { copy: { name: 'l', count: text } })] }),
  property: (text) => ({ resources: [vnet('first'), publicIp('ip', { properties: { deep: [text] } })] }),
  key: (text) => ({ resources: [vnet('first'), publicIp('ip', { tags: { [text]: 'x' } })] }),
  output: (text) => ({ outputs: { o: { type: 'string', value: text }, p: { type: 'object', value: text } } }),
  outputCondition: (text) => ({ outputs: { o: { type: 'string', value: 'x', condition: text } } }),
  outer: (text) => ({ resources: [vnet('first'), nestedWith(probing(text))] }),
  inner: (text) => ({
    resources: [
      vnet('first'),
      nestedWith(probing("[parameters('given')]", { given: { type: 'string' } }), {
        expressionEvaluationOptions: { scope: 'inner' },
        parameters: { given: { value: text } },
      }),
    ],
  }),
  nestedSymbol: (text) => ({
    resources: [
      vnet('first'),
      nestedWith(
        template({
          languageVersion: '2.0',
          resources: { 'a.b': vnet('deep', { name: text }), [text]: vnet(text) },
        }),
      ),
    ],
  }),
  nestedKey: (text) => ({
    resources: [vnet('first'), nestedWith(template({ parameters: { [text]: { type: 'string' } } }))],
  }),
};

const SECURE: JsonObject = { type: 'securestring' };
const BOX: JsonObject = { type: 'secureObject' };

function nestedWith(inside: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name: 'inside',
    properties: { mode: 'Incremental', template: inside, ...more },
  };
}

function probing(text: string, parameters: JsonObject = {}): JsonObject {
  return template({
    parameters,
    resources: [vnet('deep', { tags: { t: text }, properties: { value: text } })],
    outputs: { o: { type: 'string', value: text } },
  });
}

function templateWith(place: string, text: string): JsonObject {
  return template({
    parameters: { pw: SECURE, box: BOX },
    variables: { kept: "[parameters('pw')]" },
    functions: [
      {
        namespace: 'f',
        members: {
          echo: { parameters: [{ name: 'x', type: 'string' }], output: { value: "[parameters('x')]" } },
          fail: { parameters: [{ name: 'x', type: 'string' }], output: { value: "[int(parameters('x'))]" } },
        },
      },
    ],
    resources: [vnet('first')],
    ...places[place]?.(text),
  });
}

/** Everything that anybody is shown of it, of what is nested in it too. */
function everythingShown(act: () => Plan, lookup: Lookup): string {
  const texts: string[] = [];
  const attempt = <T>(doing: () => T): T | undefined => {
    try {
      return doing();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      texts.push(shown(error));
      return undefined;
    }
  };
  const plan = attempt(act);
  if (plan === undefined) return texts.join('\n');
  texts.push(JSON.stringify([plan.parameters, plan.resources, attempt(() => plan.outputs(lookup))]));
  for (const { type, body } of plan.resources) {
    const request = attempt(() => body(lookup));
    if (!type.endsWith('/deployments') || request === undefined) continue;
    const { properties } = request as { properties: { template: JsonObject; parameters?: JsonObject } };
    texts.push(
      everythingShown(
        () => planTemplate(properties.template, properties.parameters ?? {}, deploymentFacts()),
        lookup,
      ),
    );
  }
  return texts.join('\n');
}

test('no piece of a secure value is shown, wherever and however a template reads it', () => {
  const lookups: readonly Lookup[] = [() => undefined, () => ({ properties: { x: 'y' } })];
  fc.assert(
    fc.property(
      secrets,
      fc.constantFrom(...Object.keys(places)),
      fc.constantFrom(...readings),
      fc.constantFrom(...lookups),
      (secret, place, text, lookup) => {
        const values = valuesGiven({ pw: secret, box: { in: secret } });
        const all = everythingShown(
          () => planTemplate(templateWith(place, text), values, deploymentFacts()),
          lookup,
        ).toLowerCase();
        expect(piecesOf(secret).filter((piece) => all.includes(piece))).toEqual([]);
      },
    ),
    { numRuns: 2000 },
  );
});

test('every place with every reading, once', () => {
  const secret = 'qxzJKVw0123456789QXZjkvW';
  const values = valuesGiven({ pw: secret, box: { in: secret } });
  const leaks: string[] = [];
  let refused = 0;
  for (const place of Object.keys(places)) {
    for (const text of readings) {
      const make = (): Plan => planTemplate(templateWith(place, text), values, deploymentFacts());
      const all = everythingShown(make, () => ({ properties: { x: 'y' } })).toLowerCase();
      if (piecesOf(secret).some((piece) => all.includes(piece))) leaks.push(`${place}: ${text}`);
      if (all.includes('is not valid')) refused += 1;
    }
  }
  expect(leaks).toEqual([]);
  // The property would say nothing if nothing were refused.
  expect(refused).toBeGreaterThan(500);
});

test('a refusal says why it is silent', () => {
  const parameters = { pw: SECURE };
  const failure = refusal(() => worth("[int(parameters('pw'))]", { parameters }, { pw: 'S3cret' }));
  expect(failure.message).toContain("expression '[int(parameters('pw'))]'");
  expect(failure.message).toContain('it reads a secure value, so what is wrong with it is not repeated here');
});

test('the text of a secure default is not repeated: the secret may be written in it', () => {
  const parameters = { pw: { type: 'securestring', defaultValue: "[concat('S3cret', nosuch())]" } };
  const failure = refusal(() => worth('x', { parameters }));
  expect(shown(failure)).not.toContain('S3cret');
  expect(failure.message).toContain(
    "The template parameter 'pw' is not valid: at 'properties.template.parameters.pw",
  );
});

test('the secure value itself arrives where it is meant to', () => {
  const sections: JsonObject = { parameters: { pw: SECURE }, variables: { kept: "[parameters('pw')]" } };
  const read: Json = { a: "[parameters('pw')]", b: "[variables('kept')]" };
  expect(worth(read, sections, { pw: 'S3cret' })).toEqual({ a: 'S3cret', b: 'S3cret' });
});
