// Network references: which ids are read, and where they lead.
import { describe, expect, test } from 'vitest';
import { networkRow } from '../../test/testing/rows.ts';
import {
  leadsTo,
  networkPath,
  parseNetworkReference,
  servedType,
  typeNamed,
  withOwnIds,
} from './network-reference.ts';

const SUBNETS = [{ name: 'Default', properties: { addressPrefix: '10.0.0.0/24' } }];
const VNET = networkRow({ name: 'Net', properties: { subnets: SUBNETS } });
const PATH = networkPath('s', VNET);

function read(id: string): NonNullable<ReturnType<typeof parseNetworkReference>> {
  const reference = parseNetworkReference(id);
  if (reference === undefined) throw new Error(`${id} is no reference`);
  return reference;
}

describe('a reference', () => {
  test('is read in any case, of a resource or of a part', () => {
    expect(read(PATH.toUpperCase())).toMatchObject({ group: 'RG', name: 'NET' });
    expect(read(`${PATH}/subnets/default`).part).toEqual({ kind: 'subnets', name: 'default' });
    expect(typeNamed(read(`${PATH}/subnets/default`))).toBe('virtualNetworks/subnets');
  });

  test.each([
    '',
    'default',
    `${PATH}/subnets`,
    `${PATH}/subnets/`,
    `${PATH}/subnets/a/b/c`,
    PATH.replace('Microsoft.Network', 'Microsoft.Compute'),
    PATH.replace('/subscriptions/s', ''),
  ])('is not %j', (id) => {
    expect(parseNetworkReference(id)).toBeUndefined();
  });

  test.each([
    [PATH.toLowerCase(), true],
    [`${PATH}/subnets/DEFAULT`, true],
    [`${PATH}/subnets/other`, false],
    [`${PATH}/securityRules/Default`, false],
    [PATH.replace('/Net', '/Other'), false],
    [PATH.replace('/rg/', '/other/'), false],
    [PATH.replace('virtualNetworks', 'natGateways'), false],
  ])('%s leads to the network: %j', (id, leads) => {
    expect(leadsTo(read(id), VNET)).toBe(leads);
  });
});

test('types that are served are known in any case', () => {
  expect(servedType('PUBLICIPADDRESSES')).toBe('publicIPAddresses');
  expect(servedType('routeTables')).toBeUndefined();
});

test('ids are spelled as those that they name are, whatever else stands beside them', () => {
  const properties = { addressSpace: {}, subnets: [{ name: 'Front', properties: {} }] };
  const network = networkRow({ group: 'Web', name: 'Net', properties });
  const own = networkPath('s', network);
  const given = {
    list: [{ id: `${own}/subnets/front`.toUpperCase() }, 'text', 7],
    other: { id: '/not/known', deep: { id: own.toLowerCase(), name: own.toLowerCase() } },
  };
  expect(withOwnIds('s', given, [network])).toEqual({
    list: [{ id: `${own}/subnets/Front` }, 'text', 7],
    other: { id: '/not/known', deep: { id: own, name: own.toLowerCase() } },
  });
});
