// AzureSignIn: access tokens of real Azure, by whatever DefaultAzureCredential finds: variables, a managed identity, az's login.
// The library is loaded when a token is wanted and not before: it takes longer to load than most commands take.

import { EXIT, Problem } from '../problem.ts';
import type { SignIn } from './tokens.ts';

export interface AzureSignInOptions {
  /** Of the context, for sentences. */
  readonly context: string;
  /** `https://management.azure.com`; tokens are for this audience. */
  readonly endpoint: string;
  /** `https://login.microsoftonline.com`; undefined leaves it to AZURE_AUTHORITY_HOST. */
  readonly authority?: string;
  /** PEM of an authority to trust, where the endpoint is not publicly known. */
  readonly ca?: string;
}

export function azureSignIn({ context, endpoint, authority, ca }: AzureSignInOptions): SignIn {
  return async () => {
    const { DefaultAzureCredential } = await import('@azure/identity');
    const credential = new DefaultAzureCredential({
      ...(authority === undefined ? {} : { authorityHost: authority }),
      ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    });
    try {
      const { token, expiresOnTimestamp } = await credential.getToken(`${endpoint}/.default`);
      return { text: token, expires: expiresOnTimestamp };
    } catch (error) {
      throw new Problem(
        `Signing in to Azure for the context ${context} failed: ${reasonOf(error)}\n` +
          'Sign in with "az login", or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
        EXIT.denied,
      );
    }
  };
}

/**
 * The one reason that matters: what Azure itself answered (an AADSTS code) goes before what was tried and is not there.
 * The library's texts name no secret and no token.
 */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const said = lines.find((line) => /AADSTS\d+/.test(line));
  if (said !== undefined) return said.replace(/^.*?(AADSTS\d+)/, '$1').replace(/\s*Trace ID:.*$/, '');
  if (error instanceof Error && error.name === 'AggregateAuthenticationError') {
    return 'no credentials were found on this machine, or what was found has expired.';
  }
  const [first = 'it did not say why.'] = lines;
  // A page about the library is no help to who signs in.
  return first.replace(/ ?To troubleshoot, visit \S+\.?/, '');
}
