// Headers: which ids are taken over from the caller, which are echoed, and what every answer carries.
import { describe, expect, test } from 'vitest';
import { seededIds } from '../../test/testing/seeded.ts';
import { commonHeaders, requestIds } from './headers.ts';
import type { Request } from './request.ts';

const GUID = '12345678-ABCD-4abc-8abc-1234567890ab';
const request = (headers: Request['headers']): Request => ({
  method: 'GET',
  path: '/',
  query: new URLSearchParams(),
  headers,
  body: new Uint8Array(0),
});
const idsOf = (headers: Request['headers']) => requestIds(request(headers), seededIds(1));

describe('the ids of a request', () => {
  test('are new ones when it brings none', () => {
    const { requestId, correlationId, clientRequestId } = idsOf({});
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(requestId).not.toBe(correlationId);
    expect(clientRequestId).toBeUndefined();
  });

  test('take over a correlation id that is a guid, and nothing else', () => {
    expect(idsOf({ 'x-ms-correlation-request-id': GUID }).correlationId).toBe(GUID.toLowerCase());
    for (const other of ['mine', '', `${GUID}\r\nx: y`, `${GUID}${GUID}`]) {
      expect(idsOf({ 'x-ms-correlation-request-id': other }).correlationId).not.toBe(other);
    }
  });

  test('echo the client’s own id only when that is asked for, and only a harmless one', () => {
    const echo = { 'x-ms-return-client-request-id': 'True' };
    expect(idsOf({ 'x-ms-client-request-id': 'az-1' }).clientRequestId).toBeUndefined();
    expect(idsOf({ ...echo, 'x-ms-client-request-id': 'az-1' }).clientRequestId).toBe('az-1');
    expect(
      idsOf({ ...echo, 'x-ms-client-request-id': 'a\r\nset-cookie: x' }).clientRequestId,
    ).toBeUndefined();
    expect(idsOf(echo).clientRequestId).toBeUndefined();
  });
});

test('every answer carries Azure’s own headers', () => {
  const ids = { requestId: 'r', correlationId: 'c', clientRequestId: 'mine' };
  expect(commonHeaders(ids, Date.parse('2026-11-24T06:08:00.999Z'))).toEqual({
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': 'r',
    'x-ms-correlation-request-id': 'c',
    'x-ms-routing-request-id': 'MUSTER:20261124T060800Z:c',
    'x-ms-client-request-id': 'mine',
  });
});
