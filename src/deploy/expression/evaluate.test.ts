// Evaluation of strings and of whole JSON values: literals, accesses, case, laziness, and what a problem says.
import { describe, expect, test } from 'vitest';
import type { Json } from '../../domain/json.ts';
import { evaluateJson, evaluateText } from './evaluate.ts';
import { ExpressionProblem } from './problem.ts';
import type { Scope } from './scope.ts';
import { emptyScope } from '../../../test/testing/expression-scope.ts';

const VALUES: Readonly<Record<string, Json>> = {
  tree: { Name: 'oak', leaves: [{ size: 1 }, { size: 2 }], nothing: null },
  list: ['a', 'b'],
  text: 'hello',
  password: 'Secret-1',
};

const scope = emptyScope({
  parameter: (name) => VALUES[name.toLowerCase()],
  variable: (name) => VALUES[name.toLowerCase()],
});

const evaluate = (expression: string, within: Scope = scope): Json => evaluateText(`[${expression}]`, within);

const problemOf = (work: () => unknown): ExpressionProblem => {
  try {
    work();
  } catch (error) {
    if (error instanceof ExpressionProblem) return error;
    throw error;
  }
  throw new Error('there was no problem');
};

const messageOf = (expression: string, within: Scope = scope): string =>
  problemOf(() => evaluate(expression, within)).message;

describe('a string', () => {
  test('without brackets is what it is', () => {
    expect(evaluateText('Standard_B2s', scope)).toBe('Standard_B2s');
    expect(evaluateText('[test] value', scope)).toBe('[test] value');
  });

  test('with a doubled bracket is a literal', () => {
    expect(evaluateText("[[parameters('x')]", scope)).toBe("[parameters('x')]");
  });

  test('in brackets may be a constant', () => {
    expect(evaluate("'a''b'")).toBe("a'b");
    expect(evaluate('-7')).toBe(-7);
  });
});

describe('accesses', () => {
  test('by name, by position, by an expression; without regard to case', () => {
    expect(evaluate("parameters('tree').name")).toBe('oak');
    expect(evaluate("PARAMETERS('TREE').LEAVES[1].Size")).toBe(2);
    expect(evaluate("variables('tree')['leaves'][sub(1, 1)]['size']")).toBe(1);
  });

  test('prefer the name that is written as it is asked for', () => {
    expect(evaluate('json(\'{"A":1,"a":2}\').a')).toBe(2);
    expect(evaluate('json(\'{"A":1,"a":2}\').A')).toBe(1);
  });

  test.each([
    [
      "parameters('tree').x",
      "The language expression property 'x' doesn't exist, available properties are 'Name, leaves, nothing'.",
    ],
    [
      "parameters('tree')['x y']",
      "The language expression property 'x y' doesn't exist, available properties are 'Name, leaves, nothing'.",
    ],
    ["parameters('list')[2]", "The language expression property array index '2' is out of bounds."],
    ["parameters('list')[-1]", "The language expression property array index '-1' is out of bounds."],
    ["parameters('tree').nothing[0]", "The language expression property '0' can't be evaluated."],
    ["parameters('tree').nothing.x", "The language expression property 'x' can't be evaluated."],
    [
      "parameters('text').x",
      "The language expression property 'x' can't be evaluated, property selection is not supported on values of type 'String'.",
    ],
    [
      "parameters('list').length",
      "The language expression property 'length' can't be evaluated, property selection is not supported on values of type 'Array'.",
    ],
  ])('%s', (expression, message) => {
    expect(messageOf(expression)).toBe(message);
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    '%s is no property of an object',
    (name) => {
      expect(messageOf(`createObject().${name}`)).toMatch(/doesn't exist/);
      expect(evaluate(`contains(createObject(), '${name}')`)).toBe(false);
      expect(evaluate(`tryGet(createObject(), '${name}')`)).toBeNull();
      expect(evaluate(`string(createObject('${name}', 1))`)).toBe(`{"${name}":1}`);
    },
  );

  test('that are safe give null where there is nothing, and so does what follows', () => {
    expect(evaluate("parameters('tree').?x")).toBeNull();
    expect(evaluate("parameters('tree').?x.y[0]['z']")).toBeNull();
    expect(evaluate("parameters('tree').nothing.?x.y")).toBeNull();
    expect(evaluate("parameters('list')[?5]")).toBeNull();
    expect(evaluate("parameters('tree')[?'leaves'][0].size")).toBe(1);
    expect(evaluate("coalesce(parameters('tree').?x, 'default')")).toBe('default');
  });

  test('that are safe still refuse what could never be', () => {
    expect(messageOf("parameters('text').?x")).toMatch(/not supported on values of type 'String'/);
    expect(messageOf("parameters('list').?x")).toMatch(/not supported on values of type 'Array'/);
    expect(messageOf("parameters('tree')[?0]")).toMatch(/not supported on values of type 'Object'/);
  });
});

describe('arguments', () => {
  const counting = (): { readonly asked: string[]; readonly scope: Scope } => {
    const asked: string[] = [];
    return {
      asked,
      scope: emptyScope({
        parameter: (name) => {
          asked.push(name);
          return name === 'yes' ? true : name === 'no' ? false : name === 'null' ? null : name;
        },
      }),
    };
  };

  test.each([
    ["if(parameters('yes'), parameters('a'), parameters('b'))", 'a', ['yes', 'a']],
    ["if(parameters('no'), parameters('a'), parameters('b'))", 'b', ['no', 'b']],
    ["and(parameters('yes'), parameters('no'), parameters('a'))", false, ['yes', 'no']],
    ["or(parameters('no'), parameters('yes'), parameters('a'))", true, ['no', 'yes']],
    ["coalesce(parameters('null'), parameters('a'), parameters('b'))", 'a', ['null', 'a']],
  ])('%s is %s and asks for no more than it needs', (expression, value, names) => {
    const { asked, scope: within } = counting();
    expect(evaluate(expression, within)).toEqual(value);
    expect(asked).toEqual(names);
  });

  test('are evaluated once, however often a function looks at them', () => {
    const { asked, scope: within } = counting();
    expect(evaluate("contains(parameters('ab'), parameters('b'))", within)).toBe(true);
    expect(evaluate("split(parameters('ab'), parameters('b'))", within)).toEqual(['a', '']);
    expect(evaluate("tryIndexFromEnd(createArray(parameters('a')), 1)", within)).toBe('a');
    expect(asked).toEqual(['ab', 'b', 'ab', 'b', 'a']);
  });

  test('of the branch that is not taken may be nonsense', () => {
    expect(evaluate("if(true(), 1, parameters('absent').x[0])")).toBe(1);
    expect(evaluate("if(contains(parameters('tree'), 'x'), parameters('tree').x, 'none')")).toBe('none');
    expect(evaluate('if(false(), div(1, 0), 2)')).toBe(2);
  });
});

describe('lambdas', () => {
  test('see the variables of those around them, and hide one of the same name', () => {
    expect(
      evaluate(
        "map(range(0, 2), lambda('a', map(range(5, 2), lambda('b', add(lambdaVariables('a'), lambdaVariables('B'))))))",
      ),
    ).toEqual([
      [5, 6],
      [6, 7],
    ]);
    expect(
      evaluate("map(range(1, 1), lambda('a', map(range(5, 2), lambda('a', lambdaVariables('a')))))"),
    ).toEqual([[5, 6]]);
  });

  test.each([
    ["lambdaVariables('x')", /The lambda variable 'x' is not found/],
    ["lambda('x', 1)", /The template function 'lambda' is not expected at this location/],
    ['map(range(0, 1), 1)', /expects its argument at position '2' to be a lambda function/],
    ['map(range(0, 1), lambda(1, 2))', /expects the names of its variables to be strings/],
    [
      "filter(range(0, 1), lambda('x', 1))",
      /to return a value of type 'Boolean'. The returned value is of type 'Integer'/,
    ],
    ["toObject(range(0, 1), lambda('x', 1))", /to return a value of type 'String'/],
  ])('%s', (expression, message) => {
    expect(messageOf(expression)).toMatch(message);
  });

  test('of a sort that contradicts itself still end it', () => {
    expect(evaluate("length(sort(range(0, 100), lambda('a', 'b', true())))")).toBe(100);
  });
});

describe('functions of the template', () => {
  const within = emptyScope({
    parameter: () => 'p',
    userFunction: (namespace, name, args) =>
      namespace === 'contoso' && name === 'join' ? JSON.stringify(args) : undefined,
  });

  test('get their arguments evaluated', () => {
    expect(evaluate("contoso.join(parameters('x'), add(1, 2))", within)).toBe('["p",3]');
  });

  test('that it does not have are refused', () => {
    expect(messageOf("contoso.other('a')", within)).toBe(
      "The template function 'contoso.other' is not valid. Please see https://aka.ms/arm-functions for usage details.",
    );
    expect(messageOf("contoso.join('a')")).toMatch(/The template function 'contoso.join' is not valid/);
  });
});

describe('a JSON value', () => {
  test('is evaluated all the way down, keys as well', () => {
    expect(
      evaluateJson(
        {
          "[concat('hidden-', parameters('text'))]": 'Resource',
          '[[key]': ["[parameters('tree').name]", { deep: "[length('abc')]" }, 1, true, null],
          gone: undefined,
        },
        scope,
      ),
    ).toEqual({ 'hidden-hello': 'Resource', '[key]': ['oak', { deep: 3 }, 1, true, null] });
  });

  test('with a key that is no text is refused', () => {
    const problem = problemOf(() => evaluateJson({ '[add(1, 2)]': 1 }, scope));
    expect(problem.message).toMatch(/name of a property must evaluate to a string/);
    expect(problem.expression).toBe('add(1, 2)');
  });

  test('does not evaluate what a parameter gave', () => {
    const within = emptyScope({ parameter: () => "[concat('a')]" });
    expect(evaluateJson({ a: "[parameters('x')]" }, within)).toEqual({ a: "[concat('a')]" });
  });

  test('nested too deep is refused', () => {
    let deep: Json = 'x';
    for (let level = 0; level < 20_000; level += 1) deep = [deep];
    expect(problemOf(() => evaluateJson(deep, scope)).message).toMatch(/more than 128 levels deep/);
  });
});

describe('a problem', () => {
  test('carries the expression that it is about', () => {
    const problem = problemOf(() => evaluateJson({ a: ["[concat('x', parameters('absent'))]"] }, scope));
    expect(problem).toMatchObject({
      name: 'ExpressionProblem',
      expression: "concat('x', parameters('absent'))",
      message:
        "The template parameter 'absent' is not found. Please see https://aka.ms/arm-template/#parameters for usage details.",
    });
  });

  test.each([
    "int(parameters('password'))",
    "bool(parameters('password'))",
    "json(parameters('password'))",
    "uri(parameters('password'), 'x')",
    "dataUriToString(parameters('password'))",
    "dateTimeAdd(parameters('password'), 'P1D')",
    "dateTimeAdd('2020-01-01', parameters('password'))",
    "parameters(parameters('password'))",
    "variables('tree')[parameters('password')]",
    "cidrHost(parameters('password'), 1)",
    "reference('x', '2020-01-01', parameters('password'))",
    "providers(parameters('password'), 'x')",
    "add(parameters('password'), 1)",
    "concat(parameters('password'), parameters('list'))",
    "guid(parameters('tree'), parameters('password'))",
    "map(range(0, 1), lambda('x', lambdaVariables(parameters('password'))))",
  ])('never says what a parameter holds: %s', (expression) => {
    expect(messageOf(expression)).not.toMatch(/secret/i);
  });

  test('quotes a constant, and of everything else the expression', () => {
    expect(messageOf("int('asdf')")).toBe(
      "The template language function 'int' cannot convert provided value 'asdf' to integer value. Please see https://aka.ms/arm-functions for usage details.",
    );
    expect(messageOf("int(parameters('password'))")).toMatch(/provided value 'parameters\('password'\)'/);
  });
});
