// The environment az runs in: the user's, with Muster's own configuration directory and trust, and without
// what would lead az elsewhere.

import type { Environment } from '../terminal.ts';

/** They choose a cloud, or a place to learn one from, before az looks into its configuration. */
const MISLEADING = ['ARM_CLOUD_METADATA_URL', 'AZURE_CLOUD_NAME'];

const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy'];
const LOOPBACK = 'localhost,127.0.0.1,::1';

export interface AzPlaces {
  readonly configuration: string;
  readonly trust: string;
}

export function azEnvironment(env: Environment, { configuration, trust }: AzPlaces): Environment {
  const kept = Object.entries(env).filter(([name]) => !MISLEADING.includes(name));
  return {
    ...Object.fromEntries(kept),
    ...loopbackWithoutProxy(env),
    AZURE_CONFIG_DIR: configuration,
    AZURE_CORE_COLLECT_TELEMETRY: 'no',
    REQUESTS_CA_BUNDLE: trust,
    // az 2.70 and later warn of their own regular expressions when they first list their commands.
    PYTHONWARNINGS: env.PYTHONWARNINGS ?? 'ignore',
  };
}

function loopbackWithoutProxy(env: Environment): Environment {
  const value = (name: string): string => env[name] ?? env[name.toUpperCase()] ?? '';
  if (PROXIES.every((name) => value(name) === '')) return {};
  const exceptions = [value('no_proxy'), LOOPBACK].filter((text) => text !== '').join(',');
  return { no_proxy: exceptions, NO_PROXY: exceptions };
}
