// Parameters: what is given, what is missing, what the defaults are worth, and what is shown of them.
import { expect, test } from 'vitest';
import {
  deploymentFacts,
  pathOf,
  plan,
  refusal,
  template,
  valuesGiven,
  worth,
} from '../../../test/testing/templates.ts';
import { asText } from '../../domain/json.ts';
import { planTemplate } from './plan.ts';

const one = (declaration: object, name = 'p') => ({ parameters: { [name]: { ...declaration } } });

test('a given value is found under its name in any case', () => {
  expect(worth("[parameters('P')]", one({ type: 'string' }), { p: 'x' })).toBe('x');
  expect(worth("[parameters('p')]", one({ type: 'string' }), { P: 'x' })).toBe('x');
});

test('a value that looks like an expression is none: it was given, not written', () => {
  expect(worth("[parameters('p')]", one({ type: 'string' }), { p: '[nothing()]' })).toBe('[nothing()]');
});

test('every type takes its own values, written in any case', () => {
  const values = {
    string: 'x',
    securestring: 'x',
    INT: 3,
    bool: false,
    object: {},
    secureobject: {},
    array: [],
  };
  for (const [type, value] of Object.entries(values)) {
    expect(worth("[parameters('p')]", one({ type }), { p: value })).toEqual(value);
  }
});

test.each([
  ['string', 3, "'String, Uri', but received a value of type 'Integer'"],
  ['securestring', {}, "'String, Uri', but received a value of type 'Object'"],
  ['int', '3', "'Integer', but received a value of type 'String'"],
  ['int', 1.5, "'Integer', but received a value of type 'Float'"],
  ['bool', 'true', "'Boolean', but received a value of type 'String'"],
  ['object', [], "'Object', but received a value of type 'Array'"],
  ['array', {}, "'Array', but received a value of type 'Object'"],
  ['string', null, "'String, Uri', but received a value of type 'Null'"],
])('a %s is not %j', (type, value, words) => {
  const failure = refusal(() => plan(one({ type }), { p: value }));
  expect(failure.code).toBe('invalidTemplate');
  expect(failure.message).toBe(
    `Deployment template validation failed: 'The provided value for the template parameter 'p' is not valid. Expected a value of type ${words}. Please see https://aka.ms/arm-create-parameter-file for usage details.'.`,
  );
  expect(pathOf(failure)).toBe('properties.template.parameters.p');
});

test('one missing value is refused by name', () => {
  const failure = refusal(() => plan(one({ type: 'string' })));
  expect(failure.message).toBe(
    "Deployment template validation failed: 'The value for the template parameter 'p' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details.'.",
  );
  expect(pathOf(failure)).toBe('properties.template.parameters.p');
});

test('several missing values are refused with all their names', () => {
  const parameters = { a: { type: 'string' }, b: { type: 'int' }, c: { type: 'int', defaultValue: 1 } };
  expect(refusal(() => plan({ parameters })).message).toContain(
    "template parameters 'a, b' are not provided",
  );
});

test('an entry without a value is as good as none', () => {
  const facts = deploymentFacts();
  const failure = refusal(() => planTemplate(template(one({ type: 'string' })), { p: {} }, facts));
  expect(failure.message).toContain("template parameter 'p' is not provided");
});

test('a parameter that the template does not have is refused, and those that it has are told', () => {
  const failure = refusal(() => plan(one({ type: 'string' }), { p: 'x', q: 1, r: 2 }));
  expect(failure.message).toBe(
    "Deployment template validation failed: 'The template parameters 'q, r' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time. The only supported parameters for this template are 'p'. Please see https://aka.ms/arm-pass-parameter-values for usage details.'.",
  );
});

test('a value from a key vault is refused clearly', () => {
  const facts = deploymentFacts();
  const reference = { keyVault: { id: '/subscriptions/x' }, secretName: 's' };
  const failure = refusal(() =>
    planTemplate(template(one({ type: 'securestring' })), { p: { reference } }, facts),
  );
  expect(failure.message).toContain("'p' refers to a key vault, and there are no key vaults here");
});

test('a value that is not wrapped is refused', () => {
  const failure = refusal(() =>
    planTemplate(template(one({ type: 'string' })), { p: 'x' }, deploymentFacts()),
  );
  expect(failure.message).toContain("It must be an object with a member 'value'");
});

test('a value that is given twice in two cases is refused', () => {
  const twice = { ...valuesGiven({ p: 'x' }), P: { value: 'y' } };
  const failure = refusal(() => planTemplate(template(one({ type: 'string' })), twice, deploymentFacts()));
  expect(failure.message).toContain("'P' is provided twice");
});

test('a default may read other parameters, whatever their order, and the group', () => {
  const parameters = {
    a: { type: 'string', defaultValue: "[concat(parameters('b'), '-a')]" },
    b: { type: 'string', defaultValue: '[resourceGroup().location]' },
  };
  expect(worth("[parameters('a')]", { parameters })).toBe('westus-a');
  expect(worth("[parameters('a')]", { parameters }, { b: 'x' })).toBe('x-a');
});

test('a default that reads itself through another is refused', () => {
  const parameters = {
    a: { type: 'string', defaultValue: "[parameters('b')]" },
    b: { type: 'string', defaultValue: "[parameters('a')]" },
  };
  expect(refusal(() => plan({ parameters })).message).toContain(
    'Circular dependency detected in its default',
  );
});

test('a default may not read variables', () => {
  const parameters = { a: { type: 'string', defaultValue: "[variables('v')]" } };
  const failure = refusal(() => plan({ parameters, variables: { v: 'x' } }));
  expect(failure.message).toContain("The template parameter 'a' is not valid");
});

test('the time and new GUIDs are for defaults alone, and follow from the facts', () => {
  const parameters = {
    when: { type: 'string', defaultValue: "[utcNow('yyyy-MM-dd')]" },
    one: { type: 'string', defaultValue: '[newGuid()]' },
    two: { type: 'string', defaultValue: "[concat(newGuid(), '/', newGuid())]" },
  };
  expect(worth("[parameters('when')]", { parameters })).toBe('2026-11-24');
  const guids = asText(worth("[concat(parameters('one'), '/', parameters('two'))]", { parameters })).split(
    '/',
  );
  expect(new Set(guids).size).toBe(3);
  expect(guids.join()).toMatch(/^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12},?){3}$/);
  expect(worth("[parameters('one')]", { parameters })).toBe(guids[0]);
  expect(refusal(() => worth('[utcNow()]')).message).toContain("'utcNow' is not expected at this location");
  expect(refusal(() => worth('[newGuid()]')).message).toContain("'newGuid' is not expected at this location");
});

test('another seed gives other GUIDs', () => {
  const sections = { parameters: { g: { type: 'string', defaultValue: '[newGuid()]' } } };
  expect(plan(sections).parameters).not.toEqual(plan(sections, {}, { seed: 'other' }).parameters);
});

test('a default is held to its type and limits too', () => {
  expect(refusal(() => plan(one({ type: 'int', defaultValue: 'x' }))).message).toContain("type 'Integer'");
  expect(refusal(() => plan(one({ type: 'int', defaultValue: 3, maxValue: 2 }))).message).toContain("'2'");
});

test('what may be null is null when it is not given', () => {
  expect(worth("[coalesce(parameters('p'), 'none')]", one({ type: 'string', nullable: true }))).toBe('none');
  expect(plan(one({ type: 'int', nullable: true })).parameters).toEqual({ p: { type: 'Int', value: null } });
});

test('null takes the default', () => {
  expect(worth("[parameters('p')]", one({ type: 'string', defaultValue: 'd' }), { p: null })).toBe('d');
});

test('the plan shows the effective values with their types, and no secure one', () => {
  const parameters = {
    name: { type: 'string' },
    count: { type: 'INT', defaultValue: 2 },
    password: { type: 'secureString' },
    settings: { type: 'secureobject' },
  };
  const values = { name: 'web', password: 'S3cret', settings: { key: 'S3cret' } };
  expect(plan({ parameters }, values).parameters).toEqual({
    name: { type: 'String', value: 'web' },
    count: { type: 'Int', value: 2 },
    password: { type: 'SecureString' },
    settings: { type: 'SecureObject' },
  });
});

test('a default that is made of a secure parameter is not shown either', () => {
  const parameters = {
    password: { type: 'securestring' },
    url: { type: 'string', defaultValue: "[concat('https://u:', parameters('password'))]" },
  };
  expect(plan({ parameters }, { password: 'S3cret' }).parameters).toEqual({
    password: { type: 'SecureString' },
    url: { type: 'String' },
  });
});

test('the default of a secure parameter is not shown, nor what is made of it, text or not', () => {
  const parameters = {
    pin: { type: 'secureObject', defaultValue: { pin: 1234 } },
    copy: { type: 'int', defaultValue: "[parameters('pin').pin]" },
  };
  expect(plan({ parameters }).parameters).toEqual({ pin: { type: 'SecureObject' }, copy: { type: 'Int' } });
});

test('a type may be a definition of the template', () => {
  const sections = {
    definitions: { size: { $ref: '#/definitions/text' }, text: { type: 'string' } },
    ...one({ $ref: '#/definitions/size' }),
  };
  expect(worth("[parameters('p')]", sections, { p: 'x' })).toBe('x');
});

test.each([{}, { type: 'text' }, { type: 3 }, { $ref: '#/definitions/none' }])(
  'a declaration without a type that there is, %j, is refused',
  (declaration) => {
    const failure = refusal(() => plan(one(declaration), { p: 'x' }));
    expect(failure.message).toContain("The template parameter 'p' is not valid: its type must be one of");
  },
);

test('there are at most 256 parameters', () => {
  const many = (count: number) =>
    Object.fromEntries(
      Array.from(
        { length: count },
        (_, index) => [`p${index}`, { type: 'int', defaultValue: index }] as const,
      ),
    );
  expect(Object.keys(plan({ parameters: many(256) }).parameters)).toHaveLength(256);
  expect(refusal(() => plan({ parameters: many(257) })).message).toContain(
    "The number of template parameters limit exceeded. Limit: '256' and actual: '257'",
  );
});

test('two parameters that differ in case only are refused', () => {
  const parameters = { a: { type: 'int', defaultValue: 1 }, A: { type: 'int', defaultValue: 1 } };
  expect(refusal(() => plan({ parameters })).message).toContain("The name 'A' is used twice");
});
