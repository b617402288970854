// The command line as a whole: which command runs, what goes to which stream, and exit codes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import {
  NO_IMAGES,
  recordingTerminal,
  type Served,
  serveIdentity,
} from '../../test/testing/served-identity.ts';
import type { UpOptions } from './commands/up.ts';
import { run } from './main.ts';
import type { Environment } from './terminal.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function muster(
  args: readonly string[],
  env: Environment = {},
  up?: () => Promise<number>,
): Promise<Ran> {
  const terminal = recordingTerminal();
  const code = await run(args, env, terminal, {
    up: up ?? (async () => await Promise.resolve(0)),
    images: NO_IMAGES,
  });
  return { code, ...terminal.text };
}

describe('help', () => {
  test.each([['--help'], ['-h'], ['help']])('%s shows every command on standard output', async (...args) => {
    const { code, out, err } = await muster(args);
    expect([code, err]).toEqual([0, '']);
    for (const name of ['up', 'status', 'down', 'env', 'az'])
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  test('without a command it is an error, with the same text', async () => {
    const { code, out, err } = await muster([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe((await muster(['--help'])).out);
  });

  test.each(['up', 'status', 'down', 'env', 'az'])('of %s shows its usage', async (name) => {
    const shown = await muster([name, '--help']);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^Usage: /);
    expect(await muster(['help', name])).toEqual(shown);
    expect(await muster([name, '-h'])).toEqual(shown);
  });

  test('fits into 110 columns', async () => {
    const texts = await Promise.all(
      ['up', 'status', 'down', 'env', 'az'].map((name) => muster([name, '-h'])),
    );
    const lines = [...texts, await muster(['--help'])].flatMap(({ out }) => out.split('\n'));
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
  });
});

test('the version is the package’s', async () => {
  expect((await muster(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([['frobnicate'], ['help', 'frobnicate'], ['constructor'], ['--frobnicate']])(
  'an unknown command is one sentence: %s',
  async (...args) => {
    const name = args.at(-1) ?? '';
    expect(await muster(args)).toEqual({
      code: 2,
      out: '',
      err: `muster: There is no command '${name}'. See: muster --help\n`,
    });
  },
);

describe('up', () => {
  test('hands its options over and answers what it is answered', async () => {
    let given: UpOptions | undefined;
    const terminal = recordingTerminal();
    const up = async (options: UpOptions): Promise<number> => {
      given = options;
      return await Promise.resolve(7);
    };
    expect(
      await run(['up', '--port', '0', '--sample'], { MUSTER_HOME: '/x' }, terminal, {
        up,
        images: NO_IMAGES,
      }),
    ).toBe(7);
    expect(given).toMatchObject({ data: '/x', port: 0, sample: true });
  });

  test('explains a port that is taken', async () => {
    const taken = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
    const { code, err } = await muster(['up'], {}, async () => await Promise.reject(taken));
    expect([code, err]).toEqual([
      1,
      'muster: Port 7443 is taken by another program. Choose another with --port; --port 0 takes any free one.\n',
    ]);
  });

  test('shows a fault of Muster’s own whole', async () => {
    const { code, err } = await muster(
      ['up'],
      {},
      async () => await Promise.reject(new TypeError('x is not y')),
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^muster: this is a fault in Muster\.\nTypeError: x is not y\n +at /);
  });
});

const STATUS = {
  version: '0.1.0',
  pid: 42,
  started: '2026-11-24T06:57:55.0000000+00:00',
  endpoint: 'https://localhost:7443',
  data: '/x',
  guests: { driver: 'process', isolation: 'namespaces' },
  resourceGroups: 1,
  scaleSets: 2,
  instances: { total: 4, byPower: { stopped: 1, running: 3 } },
};

async function withStatus(body: unknown, look: (served: Served) => Promise<void>): Promise<void> {
  const served = await serveIdentity((request) =>
    request === 'GET /providers/Muster.Plane/status'
      ? { status: 200, body: JSON.stringify(body) }
      : { status: 404, body: '' },
  );
  try {
    await look(served);
  } finally {
    await served.stop();
  }
}

describe('status', () => {
  test('is a table for people', async () => {
    await withStatus(STATUS, async ({ data }) => {
      expect(await muster(['status', '--data', data])).toEqual({
        code: 0,
        err: '',
        out: `Endpoint         https://localhost:7443
Process          42, up 1 h 2 min
Version          0.1.0
Guests           process, isolation: namespaces
Resource groups  1
Scale sets       2
Instances        4: 3 running, 1 stopped
Data             /x
`,
      });
    });
  });

  test('is the plane’s own answer for scripts', async () => {
    await withStatus(STATUS, async ({ data }) => {
      const { code, out } = await muster(['status', '--json'], { MUSTER_HOME: data });
      expect([code, JSON.parse(out)]).toEqual([0, STATUS]);
    });
  });

  test('shows what it is not told as unknown, and no instances as a number', async () => {
    await withStatus({ instances: { total: 0, byPower: {} } }, async ({ data }) => {
      const { out } = await muster(['status', '--data', data]);
      expect(out).toMatch(/^Endpoint +unknown\nProcess +unknown\n/);
      expect(out).toMatch(/^Instances +0$/m);
    });
  });
});

describe('where no plane runs', () => {
  test.each([['status'], ['down'], ['env'], ['az']])('%s says so and exits with 3', async (name) => {
    const data = temporaryDirectory();
    const { code, out, err } = await muster([name, '--data', data]);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(new RegExp(`^muster: No plane is running on ${data}\\. .+\\n$`));
  });
});

describe('env', () => {
  test('is the same as text and as JSON, and nothing else is printed', async () => {
    const served = await serveIdentity();
    const { data, credentials, endpoint } = served;
    const { code, out, err } = await muster(['env', '--json', '--data', data]);
    expect([code, err]).toEqual([0, '']);
    const trust = join(data, 'tls', 'trust.pem');
    const variables = JSON.parse(out) as Record<string, string>;
    expect(variables).toEqual({
      MUSTER_ENDPOINT: endpoint,
      MUSTER_TENANT_ID: credentials.tenantId,
      AZURE_AUTHORITY_HOST: endpoint,
      AZURE_TENANT_ID: 'adfs',
      AZURE_CLIENT_ID: credentials.clientId,
      AZURE_CLIENT_SECRET: credentials.clientSecret,
      AZURE_SUBSCRIPTION_ID: credentials.subscriptionId,
      NODE_EXTRA_CA_CERTS: trust,
      SSL_CERT_FILE: trust,
      REQUESTS_CA_BUNDLE: trust,
      CURL_CA_BUNDLE: trust,
    });
    const text = await muster(['env', '--data', data]);
    const expected = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
    expect(text.out).toBe(expected.join(''));
    await served.stop();
  });

  test('quotes a directory with blanks and quotes in its name', async () => {
    const odd = join(temporaryDirectory(), "it's mine");
    mkdirSync(odd);
    const served = await serveIdentity(undefined, odd);
    const { out } = await muster(['env', '--data', odd]);
    expect(out).toContain(`export NODE_EXTRA_CA_CERTS='${odd.replace("'", "'\\''")}/tls/trust.pem'\n`);
    await served.stop();
  });
});

describe('down', () => {
  test('asks for the power-off, waits for the process, and says when that does not end', async () => {
    // This very process serves, and goes on: the terminal's time passes by pausing, so nobody waits.
    const served = await serveIdentity((request) =>
      request.startsWith('GET') ? { status: 200, body: JSON.stringify(STATUS) } : { status: 202, body: '' },
    );
    const { code, err } = await muster(['down', '--data', served.data]);
    expect(served.requests).toEqual([
      'GET /providers/Muster.Plane/status?api-version=2026-11-01',
      'POST /providers/Muster.Plane/shutdown?api-version=2026-11-01 {"powerOff":true}',
    ]);
    expect([code, err]).toEqual([
      1,
      `muster: The plane (process ${process.pid}) is still running after 2 min.\n`,
    ]);
    await served.stop();
  });
});

test('a damaged file is one sentence', async () => {
  const data = temporaryDirectory();
  writeFileSync(join(data, 'plane.json'), '{');
  expect(await muster(['status', '--data', data])).toEqual({
    code: 1,
    out: '',
    err: `muster: ${join(data, 'plane.json')} is damaged: it is not a JSON object.\n`,
  });
});
