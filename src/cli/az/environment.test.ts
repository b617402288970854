// The environment az gets.
import { describe, expect, test } from 'vitest';
import { azEnvironment } from './environment.ts';

const places = { configuration: '/data/az', trust: '/data/tls/trust.pem' };

describe('az’s environment', () => {
  test('is the user’s with Muster’s directory and trust', () => {
    const user = { PATH: '/bin', AZURE_CONFIG_DIR: '/home/me/.azure', REQUESTS_CA_BUNDLE: '/corp.pem' };
    expect(azEnvironment(user, places)).toEqual({
      PATH: '/bin',
      AZURE_CONFIG_DIR: '/data/az',
      AZURE_CORE_COLLECT_TELEMETRY: 'no',
      REQUESTS_CA_BUNDLE: '/data/tls/trust.pem',
      PYTHONWARNINGS: 'ignore',
    });
    expect(user.AZURE_CONFIG_DIR).toBe('/home/me/.azure');
  });

  test('keeps the user’s own warnings, and drops what would choose another cloud', () => {
    const user = {
      PYTHONWARNINGS: 'error',
      ARM_CLOUD_METADATA_URL: 'https://x',
      AZURE_CLOUD_NAME: 'AzureCloud',
    };
    const env = azEnvironment(user, places);
    expect(env.PYTHONWARNINGS).toBe('error');
    expect(Object.keys(env)).not.toContain('ARM_CLOUD_METADATA_URL');
    expect(Object.keys(env)).not.toContain('AZURE_CLOUD_NAME');
  });

  test('sends nothing for this machine to a proxy, where there is one', () => {
    expect(Object.keys(azEnvironment({ NO_PROXY: '.corp' }, places))).not.toContain('no_proxy');
    expect(azEnvironment({ HTTPS_PROXY: 'http://p' }, places)).toMatchObject({
      no_proxy: 'localhost,127.0.0.1,::1',
      NO_PROXY: 'localhost,127.0.0.1,::1',
    });
    expect(azEnvironment({ http_proxy: 'http://p', NO_PROXY: '.corp' }, places)).toMatchObject({
      no_proxy: '.corp,localhost,127.0.0.1,::1',
      NO_PROXY: '.corp,localhost,127.0.0.1,::1',
    });
  });
});
