// Registering the plane with az. The real az is driven in test/e2e; here a script stands in for it that
// leaves the same marks, so that failures and interruptions can be had at will.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/testing/temporary.ts';
import { recordingTerminal, type Served, serveIdentity } from '../../../test/testing/served-identity.ts';
import type { Environment } from '../terminal.ts';
import { findAz, runAttached, runCaptured } from './executable.ts';
import { cloudArguments, prepareAz } from './registration.ts';

const SCRIPT = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  version*) echo '{"azure-cli":"2.45.0"}' ;;
  "cloud register"*) mkdir -p "$AZURE_CONFIG_DIR"; echo registered > "$AZURE_CONFIG_DIR/clouds.config" ;;
  login*)
    for word; do case "$word" in @*) cat "\${word#@}" > "$CALLS.secret"; ls -l "\${word#@}" >> "$CALLS.secret" ;; esac; done
    [ -z "$FAIL" ] || { echo "ERROR: no such luck" >&2; exit 1; }
    echo "$SUBSCRIPTION" > "$AZURE_CONFIG_DIR/azureProfile.json" ;;
  exit*) exit "$2" ;;
  kill*) kill -TERM $$ ;;
esac
`;

let served: Served;
let env: Record<string, string>;
let calls: string;

beforeEach(async () => {
  served = await serveIdentity();
  const bin = temporaryDirectory();
  calls = join(bin, 'calls');
  writeFileSync(join(bin, 'az'), SCRIPT);
  chmodSync(join(bin, 'az'), 0o755);
  const { subscriptionId } = served.credentials;
  env = { PATH: `${bin}:/usr/bin:/bin`, CALLS: calls, SUBSCRIPTION: subscriptionId, HOME: bin };
  return async () => {
    await served.stop();
  };
});

const lines = (): string[] => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []);
const file = (name: string): string => join(served.data, 'az', name);

async function prepare(changes: Environment = {}, endpoint = served.endpoint): Promise<Environment> {
  const terminal = recordingTerminal();
  const all = { ...env, ...changes };
  const result = await prepareAz({ data: served.data, endpoint, az: findAz(all) }, all, terminal);
  expect(terminal.text.out).toBe('');
  return result;
}

describe('the first run', () => {
  test('registers, chooses and signs in, once', async () => {
    const azEnv = await prepare();
    expect(azEnv.AZURE_CONFIG_DIR).toBe(join(served.data, 'az'));
    expect(lines().map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'version --output',
      'cloud register',
      'cloud set',
      'login --service-principal',
    ]);
    await prepare();
    expect(lines()).toHaveLength(4);
    expect(statSync(join(served.data, 'az')).mode & 0o777).toBe(0o700);
  });

  test('gives the secret by a file that is the owner’s alone and gone afterwards', async () => {
    await prepare();
    const { clientSecret, clientId, tenantId } = served.credentials;
    const [secret, listing] = readFileSync(`${calls}.secret`, 'utf8').split(/(?<=^.{43})/);
    expect(secret).toBe(clientSecret);
    expect(listing).toMatch(/^-rw-------/);
    expect(readFileSync(calls, 'utf8')).not.toContain(clientSecret);
    expect(lines().at(-1)).toMatch(
      new RegExp(`--username ${clientId} --password @\\S+ --tenant ${tenantId} --output none$`),
    );
    expect(readdirSync(served.data).toSorted()).toEqual(['az', 'identity.json', 'plane.json', 'tls']);
  });

  test('that fails leaves nothing behind, and says what az said', async () => {
    await expect(prepare({ FAIL: '1' })).rejects.toThrow(
      'az login --service-principal failed with exit code 1. ERROR: no such luck',
    );
    expect(readdirSync(served.data).toSorted()).toEqual(['identity.json', 'plane.json', 'tls']);
    await prepare();
    expect(existsSync(file('azureProfile.json'))).toBe(true);
  });

  test('by several at once leaves one complete directory', async () => {
    await Promise.all([prepare(), prepare(), prepare()]);
    expect(readFileSync(file('azureProfile.json'), 'utf8').trim()).toBe(served.credentials.subscriptionId);
    expect(readdirSync(served.data).toSorted()).toEqual(['az', 'identity.json', 'plane.json', 'tls']);
    const before = lines().length;
    await prepare();
    expect(lines()).toHaveLength(before);
  });
});

describe('a later run', () => {
  beforeEach(async () => {
    await prepare();
    writeFileSync(file('config'), '[defaults]\ngroup = sample\n');
    mkdirSync(file('cliextensions'));
    writeFileSync(join(file('cliextensions'), 'azureProfile.json'), 'an extension’s own');
    writeFileSync(file('msal_token_cache.json'), 'old');
  });

  test.each([
    ['the endpoint', async (): Promise<unknown> => await prepare({}, 'https://localhost:1')],
    [
      'az itself',
      async (): Promise<unknown> => {
        writeFileSync(findAz(env).path, `${SCRIPT}# newer\n`);
        return await prepare();
      },
    ],
    [
      'the secret',
      async (): Promise<unknown> => {
        const path = join(served.data, 'identity.json');
        const text = readFileSync(path, 'utf8');
        writeFileSync(path, text.replace(served.credentials.clientSecret, 'x'.repeat(43)));
        return await prepare();
      },
    ],
    [
      'that the user has signed out',
      async (): Promise<unknown> => {
        writeFileSync(file('azureProfile.json'), '{"subscriptions":[]}');
        return await prepare();
      },
    ],
  ])('signs in again after a change of %s, and keeps what is the user’s', async (_, change) => {
    await change();
    expect(lines()).toHaveLength(8);
    expect(readFileSync(file('config'), 'utf8')).toBe('[defaults]\ngroup = sample\n');
    expect(readFileSync(join(file('cliextensions'), 'azureProfile.json'), 'utf8')).toBe('an extension’s own');
    expect(existsSync(file('msal_token_cache.json'))).toBe(false);
    await change();
    expect(readdirSync(served.data).toSorted()).toEqual(['az', 'identity.json', 'plane.json', 'tls']);
  });

  test('that fails to sign in again leaves the directory as it was', async () => {
    const before = readFileSync(file('muster-stamp'), 'utf8');
    await expect(prepare({ FAIL: '1' }, 'https://localhost:1')).rejects.toThrow('no such luck');
    expect(readFileSync(file('muster-stamp'), 'utf8')).toBe(before);
    expect(readFileSync(file('msal_token_cache.json'), 'utf8')).toBe('old');
  });
});

describe('a version of az learns the cloud', () => {
  const endpoint = 'https://localhost:7443';

  test.each(['2.60.0', '2.74.0', '2.91.0', '3.0.0'])('%s: from the metadata', (version) => {
    expect(cloudArguments(endpoint, version)).toEqual(['--endpoint-resource-manager', endpoint]);
  });

  test.each(['2.45.0', '2.59.9', '1.99.0'])(
    '%s: from a configuration with the older profile in it',
    (version) => {
      const [option, text = ''] = cloudArguments(endpoint, version);
      expect(option).toBe('--cloud-config');
      expect(JSON.parse(text)).toEqual({
        profile: '2020-09-01-hybrid',
        endpoints: {
          resourceManager: endpoint,
          microsoftGraphResourceId: `${endpoint}/msgraph/`,
          vmImageAliasDoc: `${endpoint}/aliases.json`,
        },
        suffixes: { storageEndpoint: 'storage.localhost' },
      });
    },
  );
});

describe('running az', () => {
  test('passes its exit code on, and a signal as a shell would', async () => {
    const { path } = findAz(env);
    expect(await runAttached(path, ['exit', '3'], env)).toBe(3);
    expect(await runAttached(path, ['exit', '0'], env)).toBe(0);
    expect(await runAttached(path, ['kill'], env)).toBe(128 + 15);
    expect((await runCaptured(path, ['version'], env)).stdout).toBe('{"azure-cli":"2.45.0"}\n');
  });

  test('where it is not installed is one sentence', () => {
    const sentence = 'The Azure CLI (az) is not installed, or not on PATH.';
    expect(() => findAz({ PATH: temporaryDirectory() })).toThrow(sentence);
    expect(() => findAz({})).toThrow(sentence);
  });

  test('takes the first az on PATH that can be run', () => {
    const [first, second] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(first, 'az'), 'not a program', { mode: 0o644 });
    writeFileSync(join(second, 'az'), SCRIPT, { mode: 0o755 });
    expect(findAz({ PATH: `${first}:${second}` }).path).toBe(join(second, 'az'));
  });
});
