// The `muster` command as a user has it: a real plane with real guests in a fresh data directory, and around it
// every command, an SDK in a shell that `muster env` set up, and the user's own az.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestProcesses, killGuests } from './guests.ts';

const root = join(import.meta.dirname, '..', '..');
const entry = ['--disable-warning=ExperimentalWarning', join(root, 'src', 'main.ts')];
const home = mkdtempSync(join(tmpdir(), 'muster-cli-'));
const data = join(home, "a plane's data");
const env = { ...process.env, HOME: home, MUSTER_HOME: data };

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(
  command: string,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<Ran> {
  const child = spawn(command, args, {
    env: { ...env, ...more },
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const muster = async (...args: string[]): Promise<Ran> => await run(process.execPath, [...entry, ...args]);

interface Plane {
  readonly child: ChildProcess;
  readonly endpoint: string;
  /** Everything it has written so far. */
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

const planes: ChildProcess[] = [];

async function up(...args: string[]): Promise<Plane> {
  const child = spawn(process.execPath, [...entry, 'up', '--port', '0', ...args], { env, cwd: root });
  planes.push(child);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let output = '';
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => (output += `${line}\n`));
  const ready = once(lines, 'line').then(([line]) => String(line));
  const first = await Promise.race([ready, ended]);
  const [, endpoint] = /^muster is ready: (https:\/\/localhost:\d+)$/.exec(String(first)) ?? [];
  if (endpoint === undefined) throw new Error(`the plane did not start: ${output}`);
  return { child, endpoint, output: () => output, ended };
}

interface Status {
  readonly pid: number;
  readonly instances: { readonly total: number; readonly byPower: Record<string, number> };
}

async function statusWhen(fits: (status: Status) => boolean): Promise<Status> {
  for (;;) {
    const { code, out, err } = await muster('status', '--json');
    if (code !== 0) throw new Error(`no status: ${err}`);
    const status = JSON.parse(out) as Status;
    if (fits(status)) return status;
  }
}

const secret = (): string =>
  (JSON.parse(readFileSync(join(data, 'identity.json'), 'utf8')) as { clientSecret: string }).clientSecret;

let plane: Plane;

beforeAll(async () => {
  plane = await up('--sample');
  await statusWhen(({ instances }) => instances.byPower.running === 3);
});

afterAll(async () => {
  await muster('down');
  for (const child of planes) child.kill('SIGKILL');
  await killGuests(data);
  rmSync(home, { recursive: true, force: true });
});

describe('a running plane', () => {
  test('is shown by muster status', async () => {
    const { code, out } = await muster('status');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Endpoint +${plane.endpoint}$`, 'm'));
    expect(out).toMatch(new RegExp(`^Process +${plane.child.pid}, up .+ s$`, 'm'));
    expect(out).toMatch(/^Instances +3: 3 running$/m);
    expect(out).toContain(data);
  });

  test('keeps what is secret to its owner', () => {
    for (const name of ['identity.json', 'plane.json', 'tls/ca-key.pem', 'tls/server-key.pem']) {
      expect([name, statSync(join(data, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    expect(statSync(data).mode & 0o777).toBe(0o700);
  });

  test('has its data directory to itself', async () => {
    const second = await run(process.execPath, [...entry, 'up', '--port', '0']);
    expect(second.code).toBe(1);
    expect(second.err).toMatch(/^muster: Another plane is running on .+\n$/);
    expect((await muster('status')).code).toBe(0);
  });

  test('has its port to itself', async () => {
    const { port } = new URL(plane.endpoint);
    const second = await run(process.execPath, [...entry, 'up', '--port', port], {
      MUSTER_HOME: `${data} 2`,
    });
    expect(second.code).toBe(1);
    expect(second.err).toBe(
      `muster: Port ${port} is taken by another program. Choose another with --port; --port 0 takes any free one.\n`,
    );
  });
});

describe('a shell after eval "$(muster env)"', () => {
  const command = `'${process.execPath}' ${entry.map((word) => `'${word}'`).join(' ')} env`;
  const shell = async (script: string): Promise<Ran> =>
    await run('sh', ['-c', `eval "$(${command})" && ${script}`]);

  test('runs an Azure SDK program without a change to it', async () => {
    const program = join(root, 'node_modules', `.muster-sdk-${process.pid}.mjs`);
    writeFileSync(
      program,
      `import { ComputeManagementClient } from '@azure/arm-compute';
      import { DefaultAzureCredential } from '@azure/identity';
      const { AZURE_SUBSCRIPTION_ID, MUSTER_ENDPOINT } = process.env;
      const client = new ComputeManagementClient(new DefaultAzureCredential(), AZURE_SUBSCRIPTION_ID, {
        endpoint: MUSTER_ENDPOINT,
      });
      for await (const vm of client.virtualMachineScaleSetVMs.list('sample', 'web')) console.log(vm.name);
      `,
    );
    try {
      const { code, out, err } = await shell(`exec '${process.execPath}' '${program}'`);
      expect({ code, out, err }).toEqual({ code: 0, out: 'web_0\nweb_1\nweb_2\n', err: '' });
    } finally {
      rmSync(program);
    }
  });

  test.runIf(spawnSync('curl', ['--version']).status === 0)('lets curl trust the plane', async () => {
    const { code, out } = await shell(
      'curl -sS "$MUSTER_ENDPOINT/metadata/endpoints?api-version=2022-09-01"',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ resourceManager: plane.endpoint });
  });

  test('can be set up twice, and trusts the same', async () => {
    const { code, out } = await shell(
      `cat "$SSL_CERT_FILE" && printf '%s' ======== && eval "$(${command})" && cat "$SSL_CERT_FILE"`,
    );
    const [once_, twice] = out.split('========').map((text) => text.match(/-----BEGIN/g)?.length);
    expect([code, twice]).toEqual([0, once_]);
    expect(once_).toBeGreaterThan(20);
  });

  test.runIf(spawnSync('python3', ['-c', 'import ssl']).status === 0)(
    'lets Python trust the plane',
    async () => {
      const program =
        'import os,ssl,urllib.request as u;c=ssl.create_default_context();' +
        'c.verify_flags|=ssl.VERIFY_X509_STRICT;' +
        'print(u.urlopen(os.environ["MUSTER_ENDPOINT"]+"/adfs/.well-known/openid-configuration",context=c).status)';
      expect(await shell(`python3 -c '${program}'`)).toMatchObject({ code: 0, out: '200\n' });
    },
  );
});

/** The names and contents of everything below a directory. */
function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path, readFileSync(path, 'utf8')];
    }),
  );
}

describe.runIf(spawnSync('az', ['version']).status === 0)('muster az', () => {
  test('runs the user’s az against the plane and leaves the user’s login alone', async () => {
    mkdirSync(join(home, '.azure'));
    writeFileSync(join(home, '.azure', 'azureProfile.json'), '{"subscriptions":[{"name":"production"}]}');
    writeFileSync(join(home, '.azure', 'config'), '[cloud]\nname = AzureCloud\n');
    const before = contents(join(home, '.azure'));

    const first = await muster(
      'az',
      '--',
      'vmss',
      'list-instances',
      '-g',
      'sample',
      '-n',
      'web',
      '--query',
      '[].name',
    );
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toEqual(['web_0', 'web_1', 'web_2']);
    expect(first.err).toContain('Registering the plane with az and signing in.');

    const second = await muster('az', 'account', 'show', '--query', 'environmentName', '-o', 'tsv');
    expect(second).toEqual({ code: 0, out: 'Muster\n', err: '' });
    expect(contents(join(home, '.azure'))).toEqual(before);
  });

  test('passes az’s own exit code on', async () => {
    expect((await muster('az', 'vmss', 'show', '-g', 'sample', '-n', 'nothing')).code).toBe(3);
    expect((await muster('az', '--', 'no-such-command')).code).toBe(2);
  });

  test('signs in by itself after the user has signed out', async () => {
    expect((await muster('az', 'logout')).code).toBe(0);
    const { code, out } = await muster('az', 'account', 'show', '--query', 'user.type', '-o', 'tsv');
    expect([code, out]).toEqual([0, 'servicePrincipal\n']);
  });
});

describe('muster down', () => {
  test('powers the guests off, waits until the plane is gone, and the next plane starts them again', async () => {
    const { pid } = await statusWhen(() => true);
    const { code, out, err } = await muster('down');
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'Powered off 3 running instances and stopped the plane.\n',
      err: '',
    });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await plane.ended).toBe(0);
    expect([...guestProcesses(data).values()].flat()).toEqual([]);
    expect(plane.output()).not.toContain(secret());
    for (const name of ['status', 'env', 'down']) {
      const after = await muster(name);
      expect([after.code, after.out]).toEqual([3, '']);
      expect(after.err).toMatch(/^muster: No plane is running on .+\n$/);
    }

    const before = secret();
    plane = await up();
    const { instances } = await statusWhen(({ instances: { byPower } }) => byPower.running === 3);
    expect(instances.total).toBe(3);
    expect(secret()).toBe(before);
  });
});
