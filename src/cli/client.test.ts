// The command line's ARM client against a real listener with real certificates and tokens.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Answers, type Served, serveIdentity } from '../../test/testing/served-identity.ts';
import { connect } from './client.ts';
import { requirePlane } from './plane-file.ts';
import { EXIT, Problem } from './problem.ts';

const running: Served[] = [];
afterEach(async () => {
  for (const served of running.splice(0)) await served.stop();
});

async function serve(answers?: Answers): Promise<Served> {
  const served = await serveIdentity(answers);
  running.push(served);
  return served;
}

const connected = async ({ data }: Served): ReturnType<typeof connect> =>
  await connect(data, requirePlane(data));

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing went wrong');
}

describe('the client', () => {
  test('signs in, and gets and posts JSON with the api-version', async () => {
    const served = await serve((request) => ({ status: 200, body: JSON.stringify({ request }) }));
    const client = await connected(served);
    expect(await client.get('/a/b')).toEqual({ request: 'GET /a/b' });
    expect(await client.get('/a?$top=1')).toEqual({ request: 'GET /a' });
    expect(await client.post('/c', { größe: 1 })).toEqual({ request: 'POST /c' });
    expect(served.requests).toEqual([
      'GET /a/b?api-version=2026-11-01',
      'GET /a?$top=1&api-version=2026-11-01',
      'POST /c?api-version=2026-11-01 {"größe":1}',
    ]);
  });

  test('takes an answer without a body', async () => {
    const client = await connected(await serve(() => ({ status: 202, body: '' })));
    expect(await client.post('/c', {})).toBeUndefined();
  });

  test.each([
    ['{"error":{"code":"NotFound","message":"No such thing."}}', ': NotFound: No such thing.'],
    ['{"error":"x","error_description":"Longer."}', ': Longer.'],
    ['{"other":1}', '.'],
    ['<html>', '.'],
    ['', '.'],
  ])('tells what ARM said: %s', async (body, words) => {
    const client = await connected(await serve(() => ({ status: 404, body })));
    const problem = await problemOf(client.get('/x'));
    expect(problem.message).toBe(`The plane answered GET /x?api-version=2026-11-01 with 404${words}`);
    expect(problem.exitCode).toBe(EXIT.failed);
  });
});

describe('a plane that', () => {
  test('does not answer means exit code 3', async () => {
    const served = await serveIdentity();
    const plane = requirePlane(served.data);
    await served.stop();
    const problem = await problemOf(connect(served.data, plane));
    expect(problem.message).toBe(`Nothing answers at ${served.endpoint}: the plane is not running.`);
    expect(problem.exitCode).toBe(EXIT.noPlane);
  });

  test('shows another authority’s certificate is not trusted with the secret', async () => {
    const [served, other] = [await serve(), await serve()];
    copyFileSync(join(other.data, 'tls', 'ca.pem'), join(served.data, 'tls', 'ca.pem'));
    const problem = await problemOf(connected(served));
    expect(problem.message).toMatch(
      /^What answers at https:\/\/localhost:\d+ is not this data directory's plane/,
    );
  });

  test('hangs up is a sentence', async () => {
    const served = await serve();
    const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const { port } = rude.address() as { port: number };
    const plane = { ...requirePlane(served.data), endpoint: `https://127.0.0.1:${port}` };
    expect((await problemOf(connect(served.data, plane))).message).toMatch(
      /cannot be reached \(ECONNRESET\)/,
    );
    rude.close();
  });

  test('does not know the secret says so, without telling it', async () => {
    const served = await serve();
    const path = join(served.data, 'identity.json');
    const wrong = 'wrong-secret-wrong-secret-wrong-secret';
    writeFileSync(path, readFileSync(path, 'utf8').replace(served.credentials.clientSecret, wrong));
    const problem = await problemOf(connected(served));
    expect(problem.message).toMatch(/with 401: AADSTS7000215: Invalid client secret provided/);
    expect(problem.message).not.toContain(wrong);
  });

  test.each(['identity.json', 'tls/ca.pem'])('lacks %s is a sentence', async (file) => {
    const served = await serve();
    const path = join(served.data, file);
    rmSync(path);
    expect((await problemOf(connected(served))).message).toBe(`${path} is missing.`);
  });
});
