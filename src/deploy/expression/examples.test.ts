// Documented examples: what Microsoft's documentation of the template functions, and the published tests of its own tools,
// say that an expression gives. One row is one example; the values of the parameters are those of the documentation.
import { expect, test } from 'vitest';
import type { Json } from '../../domain/json.ts';
import { evaluateText } from './evaluate.ts';
import { emptyScope } from '../../../test/testing/expression-scope.ts';

const PARAMETERS: Readonly<Record<string, Json>> = {
  numbers: [0, 3, 2, 5, 4],
  words: ['one', 'two', 'three'],
  more: ['three', 'four'],
  object: { one: 'a', two: 'b', three: 'c' },
  other: { one: 'a', two: 'z', three: 'c' },
  c1: { one: 'a', two: 'b', three: 'c1' },
  c2: { three: 'c2', four: 'd', five: 'e' },
  deep1: { property: { one: 'a', two: 'b', three: 'c1' }, nestedArray: [1, 2] },
  deep2: { property: { three: 'c2', four: 'd', five: 'e' }, nestedArray: [3, 4] },
  lists1: [['one', 'two'], ['three']],
  lists2: [['three'], ['four', 'two']],
  length: { propA: 'one', propB: 'two', propC: 'three', propD: { 'propD-1': 'sub', 'propD-2': 'sub' } },
  nulls: { null1: null, null2: null, string: 'default', int: 1, object: { first: 'default' }, array: [1] },
  entities: {
    item002: { enabled: false, displayName: 'Example item 2', number: 200 },
    item001: { enabled: true, displayName: 'Example item 1', number: 300 },
  },
  dogs: [
    { name: 'Evie', age: 5, interests: ['Ball', 'Frisbee'] },
    { name: 'Casper', age: 3, interests: ['Other dogs'] },
    { name: 'Indy', age: 2, interests: ['Butter'] },
    { name: 'Kira', age: 8, interests: ['Rubs'] },
  ],
  valueA: { valueA: 10, valueB: 'Example Text' },
  baseTime: '2020-04-07 14:53:14Z',
};

const scope = emptyScope({
  parameter: (name) => PARAMETERS[name],
  now: Date.parse('2019-03-05T17:53:18Z'),
});

type Example = readonly [expression: string, value: Json];

const arrays: readonly Example[] = [
  ['array(1)', [1]],
  ["array('efgh')", ['efgh']],
  ["array(createObject('a', 'b', 'c', 'd'))", [{ a: 'b', c: 'd' }]],
  ['array(createArray())', []],
  [
    "concat(createArray('1-1', '1-2', '1-3'), createArray('2-1', '2-2', '2-3'))",
    ['1-1', '1-2', '1-3', '2-1', '2-2', '2-3'],
  ],
  ["concat(createArray('abc'), createArray('def'))", ['abc', 'def']],
  ["contains('OneTwoThree', 'e')", true],
  ["contains('OneTwoThree', 'z')", false],
  ["contains(parameters('object'), 'one')", true],
  ["contains(parameters('object'), 'a')", false],
  ["contains(parameters('words'), 'three')", true],
  ["contains(parameters('words'), 'four')", false],
  ["contains('foo/bar', '/')", true],
  ["createArray('a', 'b', 'c')", ['a', 'b', 'c']],
  ['createArray(1, 2, 3)', [1, 2, 3]],
  ["createArray(parameters('object'))", [{ one: 'a', two: 'b', three: 'c' }]],
  ["createArray(parameters('words'))", [['one', 'two', 'three']]],
  ['createArray()', []],
  ['empty(createArray())', true],
  ['empty(createObject())', true],
  ["empty('')", true],
  ['empty(null())', true],
  ["first(parameters('words'))", 'one'],
  ["first('One Two Three')", 'O'],
  ['first(createArray(124, 25))', 124],
  ["flatten(createArray(createArray('abc'), createArray('def')))", ['abc', 'def']],
  ["indexOf('test', 't')", 0],
  ["lastIndexOf('test', 't')", 3],
  ["indexOf('abcdef', 'CD')", 2],
  ["lastIndexOf('abcdef', 'AB')", 0],
  ["indexOf('abcdef', 'z')", -1],
  ["indexOf('abc', 'b')", 1],
  ["lastIndexOf('abcba', 'b')", 3],
  ["indexOf(parameters('words'), 'two')", 1],
  ["intersection(parameters('object'), parameters('other'))", { one: 'a', three: 'c' }],
  ["intersection(parameters('words'), createArray('two', 'three'))", ['two', 'three']],
  ['intersection(createArray(1, 2, 3), createArray(2, 3, 4))', [2, 3]],
  ["last(parameters('words'))", 'three'],
  ["last('One Two Three')", 'e'],
  ['last(createArray(1, 2))', 2],
  ["length(parameters('words'))", 3],
  ["length('One Two Three')", 13],
  ["length(parameters('length'))", 4],
  ["max(parameters('numbers'))", 5],
  ['max(0, 3, 2, 5, 4)', 5],
  ["min(parameters('numbers'))", 0],
  ['min(0, 3, 2, 5, 4)', 0],
  ['range(5, 3)', [5, 6, 7]],
  ['range(0, 3)', [0, 1, 2]],
  ["skip(parameters('words'), 2)", ['three']],
  ["skip('one two three', 4)", 'two three'],
  ['skip(createArray(1, 2, 3), 1)', [2, 3]],
  ["take(parameters('words'), 2)", ['one', 'two']],
  ["take('one two three', 2)", 'on'],
  ['take(createArray(1, 2, 3), 2)', [1, 2]],
  ["union(parameters('words'), parameters('more'))", ['one', 'two', 'three', 'four']],
  ["union(parameters('c1'), parameters('c2'))", { one: 'a', two: 'b', three: 'c2', four: 'd', five: 'e' }],
  [
    "union(parameters('deep1'), parameters('deep2'))",
    { property: { one: 'a', two: 'b', three: 'c2', four: 'd', five: 'e' }, nestedArray: [3, 4] },
  ],
  ["union(parameters('lists1'), parameters('lists2'))", [['one', 'two'], ['three'], ['four', 'two']]],
  ["union(createObject('abc', 'def'), createObject('def', 'ghi'))", { abc: 'def', def: 'ghi' }],
  ["tryGet(createObject('a', 1), 'a')", 1],
  ["tryGet(createObject('a', 1), 'b')", null],
];

const objects: readonly Example[] = [
  [
    "createObject('intProp', 1, 'stringProp', 'abc', 'boolProp', true(), 'arrayProp', createArray('a', 'b', 'c'), 'objectProp', createObject('key1', 'value1'))",
    {
      intProp: 1,
      stringProp: 'abc',
      boolProp: true,
      arrayProp: ['a', 'b', 'c'],
      objectProp: { key1: 'value1' },
    },
  ],
  [
    "items(parameters('entities'))",
    [
      { key: 'item001', value: { displayName: 'Example item 1', enabled: true, number: 300 } },
      { key: 'item002', value: { displayName: 'Example item 2', enabled: false, number: 200 } },
    ],
  ],
  [
    "items(createObject('foo', 'abc', 'bar', 123))",
    [
      { key: 'bar', value: 123 },
      { key: 'foo', value: 'abc' },
    ],
  ],
  ["empty(json('null'))", true],
  ['json(\'{"a": "b"}\')', { a: 'b' }],
  ['json(\'"test"\')', 'test'],
  ["json('true')", true],
  ["json('3')", 3],
  ["json('[1, 2, 3]')", [1, 2, 3]],
  ["json(concat('{\"a\": \"', 'demo value', '\"}'))", { a: 'demo value' }],
  ['null()', null],
  ["objectKeys(createObject('a', 1, 'b', 2))", ['a', 'b']],
  [
    "shallowMerge(createArray(createObject('one', 'a'), createObject('two', 'b'), createObject('two', 'c')))",
    { one: 'a', two: 'c' },
  ],
  ["shallowMerge(createArray(createObject('a', 123), createObject('b', 456)))", { a: 123, b: 456 }],
];

const lambdas: readonly Example[] = [
  [
    "filter(parameters('dogs'), lambda('dog', greaterOrEquals(lambdaVariables('dog').age, 5)))",
    [
      { name: 'Evie', age: 5, interests: ['Ball', 'Frisbee'] },
      { name: 'Kira', age: 8, interests: ['Rubs'] },
    ],
  ],
  ["filter(range(0, 10), lambda('i', greater(lambdaVariables('i'), 5)))", [6, 7, 8, 9]],
  ["filter(range(0, 10), lambda('i', equals(0, mod(lambdaVariables('i'), 2))))", [0, 2, 4, 6, 8]],
  [
    "filter(parameters('dogs'), lambda('val', 'i', and(less(lambdaVariables('i'), 2), equals(substring(lambdaVariables('val').name, 0, 1), 'C'))))",
    [{ name: 'Casper', age: 3, interests: ['Other dogs'] }],
  ],
  ["map(parameters('dogs'), lambda('dog', lambdaVariables('dog').name))", ['Evie', 'Casper', 'Indy', 'Kira']],
  [
    "map(parameters('dogs'), lambda('dog', format('Hello {0}!', lambdaVariables('dog').name)))",
    ['Hello Evie!', 'Hello Casper!', 'Hello Indy!', 'Hello Kira!'],
  ],
  [
    "map(range(0, length(parameters('dogs'))), lambda('i', createObject('i', lambdaVariables('i'), 'dog', parameters('dogs')[lambdaVariables('i')].name, 'greeting', format('Ahoy, {0}!', parameters('dogs')[lambdaVariables('i')].name))))",
    [
      { i: 0, dog: 'Evie', greeting: 'Ahoy, Evie!' },
      { i: 1, dog: 'Casper', greeting: 'Ahoy, Casper!' },
      { i: 2, dog: 'Indy', greeting: 'Ahoy, Indy!' },
      { i: 3, dog: 'Kira', greeting: 'Ahoy, Kira!' },
    ],
  ],
  [
    "reduce(map(parameters('dogs'), lambda('dog', lambdaVariables('dog').age)), 0, lambda('cur', 'next', add(lambdaVariables('cur'), lambdaVariables('next'))))",
    18,
  ],
  [
    "reduce(map(parameters('dogs'), lambda('dog', lambdaVariables('dog').age)), 1, lambda('cur', 'next', add(lambdaVariables('cur'), lambdaVariables('next'))))",
    19,
  ],
  [
    "reduce(createArray(createObject('foo', 123), createObject('bar', 456), createObject('baz', 789)), createObject(), lambda('cur', 'next', union(lambdaVariables('cur'), lambdaVariables('next'))))",
    { foo: 123, bar: 456, baz: 789 },
  ],
  [
    "reduce(createArray('a', 'b', 'c'), '', lambda('a', 'b', format('{0}-{1}', lambdaVariables('a'), lambdaVariables('b'))))",
    '-a-b-c',
  ],
  [
    "map(sort(parameters('dogs'), lambda('a', 'b', less(lambdaVariables('a').age, lambdaVariables('b').age))), lambda('dog', lambdaVariables('dog').name))",
    ['Indy', 'Casper', 'Evie', 'Kira'],
  ],
  [
    "sort(createArray('c', 'd', 'a'), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
    ['a', 'c', 'd'],
  ],
  [
    "toObject(parameters('dogs'), lambda('entry', lambdaVariables('entry').name), lambda('entry', lambdaVariables('entry').age))",
    { Evie: 5, Casper: 3, Indy: 2, Kira: 8 },
  ],
  ["toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')))", { a: 'a', b: 'b' }],
  ["mapValues(createObject('foo', 'foo'), lambda('val', toUpper(lambdaVariables('val'))))", { foo: 'FOO' }],
  [
    "mapValues(createObject('a', 123, 'b', 456), lambda('val', mul(lambdaVariables('val'), 2)))",
    { a: 246, b: 912 },
  ],
  [
    "groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring(lambdaVariables('x'), 0, 1)))",
    { f: ['foo'], b: ['bar', 'baz'] },
  ],
];

const comparisons: readonly Example[] = [
  ["coalesce(parameters('nulls').null1, parameters('nulls').null2, parameters('nulls').string)", 'default'],
  ["coalesce(parameters('nulls').null1, parameters('nulls').null2, parameters('nulls').int)", 1],
  ["coalesce(parameters('nulls').null1, parameters('nulls').object)", { first: 'default' }],
  ["coalesce(parameters('nulls').null1, parameters('nulls').null2, parameters('nulls').array)", [1]],
  ["empty(coalesce(parameters('nulls').null1, parameters('nulls').null2))", true],
  ['coalesce(null(), 123)', 123],
  ['equals(1, 1)', true],
  ["equals('a', 'a')", true],
  ["equals(createArray('a', 'b'), createArray('a', 'b'))", true],
  ["equals(createObject('a', 'b'), createObject('a', 'b'))", true],
  ['not(equals(1, 2))', true],
  ['greater(1, 2)', false],
  ["greater('A', 'a')", true],
  ['greaterOrEquals(1, 2)', false],
  ["greaterOrEquals('A', 'a')", true],
  ['less(1, 2)', true],
  ["less('A', 'a')", false],
  ['lessOrEquals(1, 2)', true],
  ["lessOrEquals('A', 'a')", false],
  ['less(123, 456)', true],
  ["and(bool('true'), bool('false'))", false],
  ["or(bool('true'), bool('false'))", true],
  ["not(bool('true'))", false],
  ["bool('true')", true],
  ["bool('false')", false],
  ['bool(1)', true],
  ['bool(0)', false],
  ['true()', true],
  ['false()', false],
  ["if(equals('a', 'a'), 'yes', 'no')", 'yes'],
  ["if(equals('a', 'b'), 'yes', 'no')", 'no'],
  ["if(equals('a', 'a'), json('{\"test\": \"value1\"}'), json('null'))", { test: 'value1' }],
];

const numbers: readonly Example[] = [
  ['add(5, 3)', 8],
  ['div(8, 3)', 2],
  ['div(6, 11)', 0],
  ["float('3.0')", 3],
  ['float(3)', 3],
  ["int('4')", 4],
  ['int(123)', 123],
  ['mod(7, 3)', 1],
  ['mod(20, 7)', 6],
  ['mul(5, 3)', 15],
  ['sub(7, 3)', 4],
  ['sub(0, 13)', -13],
];

const strings: readonly Example[] = [
  ["base64('one, two, three')", 'b25lLCB0d28sIHRocmVl'],
  ["base64ToString('b25lLCB0d28sIHRocmVl')", 'one, two, three'],
  ["base64ToString(base64('one, two, three'))", 'one, two, three'],
  ['base64ToJson(base64(\'{"one": "a", "two": "b"}\'))', { one: 'a', two: 'b' }],
  ['base64ToJson(base64(\'{"hi": "there"}\')).hi', 'there'],
  ["concat('')", ''],
  ["concat('hello')", 'hello'],
  ["concat('hello', 'brave')", 'hellobrave'],
  ["dataUri('Hello')", 'data:text/plain;charset=utf8;base64,SGVsbG8='],
  ["dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", 'Hello, World!'],
  ["dataUriToString(dataUri('abc'))", 'abc'],
  ["endsWith('abcdef', 'ef')", true],
  ["endsWith('abcdef', 'F')", true],
  ["endsWith('abcdef', 'e')", false],
  ["startsWith('abcdef', 'ab')", true],
  ["startsWith('abcdef', 'A')", true],
  ["startsWith('abcdef', 'e')", false],
  [
    "format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)",
    'Hello, User. Formatted number: 8,175,133',
  ],
  ["format('->{0}<-', 123)", '->123<-'],
  [
    "format('>{0}<>{1}<>{2}<>{3}<>{4}<', false(), 12948, 'hello!', createObject('a', 'b', '!c', 2), createArray(true(), 2893, 'abc'))",
    ">False<>12948<>hello!<>{'a':'b','!c':2}<>[true,2893,'abc']<",
  ],
  ["guid('asdf')", '228d27cc-6fdb-5934-b7ac-1efccebade04'],
  ["join(createArray('one', 'two', 'three'), ',')", 'one,two,three'],
  ["join(createArray('abc', 'def', 'ghi'), '/')", 'abc/def/ghi'],
  ["padLeft('123', 10, '0')", '0000000123'],
  ['padLeft(13, 5)', '   13'],
  ["replace('123-123-1234', '-', '')", '1231231234'],
  ["replace('123-123-1234', '1234', 'xxxx')", '123-123-xxxx'],
  ["replace('abc', 'b', '/')", 'a/c'],
  ["split('one,two,three', ',')", ['one', 'two', 'three']],
  ["split('one;two,three', createArray(',', ';'))", ['one', 'two', 'three']],
  ["split('a/b/c', '/')", ['a', 'b', 'c']],
  ["string(parameters('valueA'))", '{"valueA":10,"valueB":"Example Text"}'],
  ["string(createArray('a', 'b', 'c'))", '["a","b","c"]'],
  ['string(5)', '5'],
  ["substring('one two three', 4, 3)", 'two'],
  ["substring('asdfasf', 3)", 'fasf'],
  ["toLower('One Two Three')", 'one two three'],
  ["toUpper('One Two Three')", 'ONE TWO THREE'],
  ["toLower('AiKInIniIN')", 'aikininiin'],
  ["trim('    one two three   ')", 'one two three'],
  ["uniqueString('asd', 'asdf', 'asdf')", 'iizpqit7ih3cc'],
  [
    "uri('http://contoso.com/resources/', 'nested/azuredeploy.json')",
    'http://contoso.com/resources/nested/azuredeploy.json',
  ],
  ["uri('http://contoso.org/firstpath', 'myscript.sh')", 'http://contoso.org/myscript.sh'],
  ["uri('http://contoso.org/firstpath/', 'myscript.sh')", 'http://contoso.org/firstpath/myscript.sh'],
  [
    "uri('http://contoso.org/firstpath/azuredeploy.json', 'myscript.sh')",
    'http://contoso.org/firstpath/myscript.sh',
  ],
  [
    "uri('http://contoso.org/firstpath/azuredeploy.json/', 'myscript.sh')",
    'http://contoso.org/firstpath/azuredeploy.json/myscript.sh',
  ],
  ["uri('https://github.com', 'Azure/bicep')", 'https://github.com/Azure/bicep'],
  [
    "uriComponent('http://contoso.com/resources/nested/azuredeploy.json')",
    'http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json',
  ],
  ["uriComponent('UB*8h 0+=_)9h9n')", 'UB%2A8h%200%2B%3D_%299h9n'],
  [
    "uriComponentToString('http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json')",
    'http://contoso.com/resources/nested/azuredeploy.json',
  ],
  ["uriComponentToString('%20%25%20')", ' % '],
];

const dates: readonly Example[] = [
  ['utcNow()', '20190305T175318Z'],
  ["utcNow('d')", '03/05/2019'],
  ["utcNow('M d')", '3 5'],
  ["dateTimeAdd(dateTimeFromEpoch(1680224438), 'P1D')", '2023-04-01T01:00:38Z'],
  ['dateTimeToEpoch(dateTimeFromEpoch(1680224438))', 1680224438],
  // The documentation's table has what PowerShell shows of these three; the text says: in the format of the base.
  ["dateTimeAdd(parameters('baseTime'), 'P3Y')", '2023-04-07 14:53:14Z'],
  ["dateTimeAdd(parameters('baseTime'), '-P9D')", '2020-03-29 14:53:14Z'],
  ["dateTimeAdd(parameters('baseTime'), 'PT1H')", '2020-04-07 15:53:14Z'],
];

const networks: readonly Example[] = [
  [
    "parseCidr('10.144.0.0/20')",
    {
      network: '10.144.0.0',
      netmask: '255.255.240.0',
      broadcast: '10.144.15.255',
      firstUsable: '10.144.0.1',
      lastUsable: '10.144.15.254',
      cidr: 20,
    },
  ],
  [
    "parseCidr('fdad:3236:5555::/48')",
    {
      network: 'fdad:3236:5555::',
      netmask: 'ffff:ffff:ffff::',
      firstUsable: 'fdad:3236:5555::',
      lastUsable: 'fdad:3236:5555:ffff:ffff:ffff:ffff:ffff',
      cidr: 48,
    },
  ],
  [
    "map(range(0, 5), lambda('i', cidrSubnet('10.144.0.0/20', 24, lambdaVariables('i'))))",
    ['10.144.0.0/24', '10.144.1.0/24', '10.144.2.0/24', '10.144.3.0/24', '10.144.4.0/24'],
  ],
  [
    "map(range(0, 5), lambda('i', cidrSubnet('fdad:3236:5555::/48', 52, lambdaVariables('i'))))",
    [
      'fdad:3236:5555::/52',
      'fdad:3236:5555:1000::/52',
      'fdad:3236:5555:2000::/52',
      'fdad:3236:5555:3000::/52',
      'fdad:3236:5555:4000::/52',
    ],
  ],
  [
    "map(range(0, 5), lambda('i', cidrHost('10.144.3.0/24', lambdaVariables('i'))))",
    ['10.144.3.1', '10.144.3.2', '10.144.3.3', '10.144.3.4', '10.144.3.5'],
  ],
  [
    "map(range(0, 5), lambda('i', cidrHost('fdad:3236:5555:3000::/52', lambdaVariables('i'))))",
    [
      'fdad:3236:5555:3000::1',
      'fdad:3236:5555:3000::2',
      'fdad:3236:5555:3000::3',
      'fdad:3236:5555:3000::4',
      'fdad:3236:5555:3000::5',
    ],
  ],
  ["cidrHost('192.168.1.0/24', 0)", '192.168.1.1'],
];

const families = { arrays, objects, lambdas, comparisons, numbers, strings, dates, networks };

for (const [family, rows] of Object.entries(families)) {
  test.each(rows)(`of ${family}: %s`, (expression, value) => {
    expect(evaluateText(`[${expression}]`, scope)).toEqual(value);
  });
}

test('there are more than a hundred and fifty of them, each once', () => {
  const rows = Object.values(families).flat();
  expect(rows.length).toBeGreaterThanOrEqual(150);
  expect(new Set(rows.map(([expression]) => expression)).size).toBe(rows.length);
});
