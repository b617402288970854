// `muster env`: what a shell exports so that the Azure SDKs, unchanged, talk to the plane.
// AZURE_TENANT_ID is `adfs`, which is a plane's tenant by another name: with it every SDK's DefaultAzureCredential
// signs in at AZURE_AUTHORITY_HOST alone, while for a GUID it first asks login.microsoftonline.com who that is.
// Not exported is ARM_CLOUD_METADATA_URL: the user's own az would keep what it reads there in ~/.azure.

import { dataDirectory } from '../data-directory.ts';
import { readIdentity } from '../identity-file.ts';
import { readOptions } from '../options.ts';
import { quoted } from '../output.ts';
import { requirePlane } from '../plane-file.ts';
import { EXIT } from '../problem.ts';
import { trustFile } from '../trust.ts';
import type { Command } from './command.ts';

export const env: Command = {
  summary: 'print the variables that point Azure SDKs at the plane',
  usage: `Usage: eval "$(muster env)"
       muster env [--data DIR] [--json]

MUSTER_ENDPOINT, MUSTER_TENANT_ID     the plane's URL, and its tenant
AZURE_*                               what DefaultAzureCredential signs in with
NODE_EXTRA_CA_CERTS, SSL_CERT_FILE,   a file with the plane's authority and all that this machine trusts:
REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE    other TLS connections of the shell go on working

The output holds the client secret. For az there is "muster az".
`,
  async run(args, environment, terminal) {
    const values = readOptions('env', args, {
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const data = dataDirectory(values.data, environment);
    const { endpoint } = requirePlane(data);
    const variables = variablesOf(data, endpoint);
    terminal.out(values.json ? `${JSON.stringify(variables, null, 2)}\n` : exportsOf(variables));
    return await Promise.resolve(EXIT.done);
  },
};

function variablesOf(data: string, endpoint: string): Readonly<Record<string, string>> {
  const identity = readIdentity(data);
  const trust = trustFile(data, { fresh: true });
  return {
    MUSTER_ENDPOINT: endpoint,
    MUSTER_TENANT_ID: identity.tenantId,
    AZURE_AUTHORITY_HOST: endpoint,
    AZURE_TENANT_ID: 'adfs',
    AZURE_CLIENT_ID: identity.clientId,
    AZURE_CLIENT_SECRET: identity.clientSecret,
    AZURE_SUBSCRIPTION_ID: identity.subscriptionId,
    NODE_EXTRA_CA_CERTS: trust,
    SSL_CERT_FILE: trust,
    REQUESTS_CA_BUNDLE: trust,
    CURL_CA_BUNDLE: trust,
  };
}

/** POSIX shell, one export a line, whatever the values hold. */
function exportsOf(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
}
