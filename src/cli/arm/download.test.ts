// The end of a text behind a signed URL: read without a token, and never shown with its signature.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ArmServer, serveArm } from '../../../test/testing/arm-server.ts';
import { downloadTail, tailOf } from './download.ts';

let server: ArmServer;

beforeAll(async () => {
  server = await serveArm(({ target }) =>
    target.startsWith('/log') ? { status: 200, body: 'a\r\nb\r\nc\r\n' } : { status: 403, body: 'no' },
  );
});
afterAll(async () => {
  await server.close();
});

test('the last lines are read, and no token goes with it', async () => {
  expect(await downloadTail(`${server.endpoint}/log?sig=s3cret`, 2, server.ca)).toEqual({
    lines: ['b', 'c'],
    cut: true,
  });
  expect(server.asked.at(-1)).toMatchObject({ method: 'GET', target: '/log?sig=s3cret', authorization: '' });
});

test('a refusal is a sentence without the signature', async () => {
  const refused = downloadTail(`${server.endpoint}/other?sig=s3cret`, 2, server.ca);
  await expect(refused).rejects.toThrow(`${server.endpoint} answered with 403.`);
});

test('without TLS nothing is read', async () => {
  await expect(downloadTail('http://localhost/log', 2, undefined)).rejects.toThrow('without TLS');
});

test('the tail is the end of the text, and says whether it is all of it', () => {
  expect(tailOf('', 5)).toEqual({ lines: [], cut: false });
  const lines = fc.array(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 25 }), (all, count) => {
      const tail = tailOf(`${all.join('\n')}\n`, count);
      expect(tail).toEqual({ lines: all.slice(-count), cut: all.length > count });
    }),
  );
});
