// Lists of ARM's to their ends, and what becomes of the URLs that it hands out.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { JsonObject } from '../domain/json.ts';
import type { Arm } from './arm.ts';
import { ArmRefusal } from './arm-refusal.ts';
import { linkRequest } from './link.ts';
import { listPages } from './pages.ts';

/** An Arm that answers each path with what is there for it. */
function pagesOf(
  answers: Readonly<Record<string, { status?: number; body: JsonObject }>>,
): Arm & { paths: string[] } {
  const paths: string[] = [];
  return {
    paths,
    send: async ({ path, apiVersion }) => {
      paths.push(`${path} ${apiVersion}`);
      const { status = 200, body } = answers[path] ?? { status: 404, body: {} };
      return await Promise.resolve({ status, headers: {}, body });
    },
    finish: async () => await Promise.reject(new Error('nothing was begun')),
  };
}

const first = { method: 'GET', path: '/a', apiVersion: '2024-07-01' } as const;

describe('a list', () => {
  test('is followed over pages that are empty, by path alone', async () => {
    const arm = pagesOf({
      '/a': {
        body: {
          value: [{ n: 1 }],
          nextLink: 'https://management.azure.com:443/a?api-version=2024-03-01&$skiptoken=x',
        },
      },
      '/a?$skiptoken=x': {
        body: { value: [], nextLink: 'https://elsewhere.example/a?$skiptoken=y&api-version=2024-03-01' },
      },
      '/a?$skiptoken=y': { body: { value: [{ n: 2 }, 'no object'], nextLink: '' } },
    });
    expect(await listPages(arm, first)).toEqual({ items: [{ n: 1 }, { n: 2 }], calls: 3, truncated: false });
    expect(arm.paths).toEqual(['/a 2024-07-01', '/a?$skiptoken=x 2024-03-01', '/a?$skiptoken=y 2024-03-01']);
  });

  test('ends after as many pages as are asked for, and says so', async () => {
    const arm = pagesOf({ '/a': { body: { value: [{ n: 1 }], nextLink: '/b' } } });
    expect(await listPages(arm, first, 1)).toEqual({ items: [{ n: 1 }], calls: 1, truncated: true });
  });

  test('that goes round in a circle is not followed for ever', async () => {
    const arm = pagesOf({
      '/a': { body: { value: [], nextLink: '/b' } },
      '/b': { body: { value: [], nextLink: '/b' } },
    });
    await expect(listPages(arm, first)).rejects.toThrow('ARM names the page /b twice.');
  });

  test('that is refused is a refusal with ARM’s words', async () => {
    const error = { code: 'ResourceNotFound', message: 'It is not there.' };
    const arm = pagesOf({ '/a': { status: 404, body: { error } } });
    await expect(listPages(arm, first)).rejects.toThrow(
      new ArmRefusal(first, { status: 404, headers: {}, body: { error } }),
    );
    await expect(listPages(arm, first)).rejects.toThrow(
      'GET /a was answered with 404: ResourceNotFound: It is not there.',
    );
  });

  test('that is refused without an envelope, as Microsoft.Insights does, has its words too', () => {
    const body = { code: 'BadRequest', message: 'The location is invalid.' };
    const refusal = new ArmRefusal(
      { method: 'GET', path: '/a?$filter=x' },
      { status: 400, headers: {}, body },
    );
    expect([refusal.message, refusal.code]).toEqual([
      'GET /a was answered with 400: BadRequest: The location is invalid.',
      'BadRequest',
    ]);
  });
});

describe('a link', () => {
  test.each([
    ['https://h/a/b?x=1&api-version=2020-01-01', '/a/b?x=1', '2020-01-01'],
    ['https://h:443/a?API-Version=2020-01-01', '/a', '2020-01-01'],
    ['http://h/a', '/a', 'otherwise'],
    ['/a?x=https://h/?y', '/a?x=https://h/?y', 'otherwise'],
  ])('%s', (link, path, apiVersion) => {
    expect(linkRequest(link, 'otherwise')).toEqual({ method: 'GET', path, apiVersion });
  });

  test.each(['', 'https://h', 'ftp://h/a', 'a/b'])('%j is none', (link) => {
    expect(linkRequest(link, 'v')).toBeUndefined();
  });

  test('never leads to another host', () => {
    const parts = fc.constantFrom(
      'https:',
      'http:',
      '//',
      '/',
      'evil.example',
      ':443',
      '@',
      '?',
      '#',
      '\\',
      'a=b',
      '%2F',
    );
    const links = fc.oneof(
      fc.string(),
      fc.array(parts, { maxLength: 9 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(links, (link) => {
        const path = linkRequest(link, 'v')?.path ?? '/';
        expect(path.startsWith('/')).toBe(true);
        expect(new URL(`https://arm.example${path}`).host).toBe('arm.example');
      }),
    );
  });
});
