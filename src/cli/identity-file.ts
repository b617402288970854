// identity.json as the command line reads it: who signs in, to which tenant and subscription. The plane owns the file.

import { filesOf } from './data-directory.ts';
import { readJsonFile, textField } from './json-file.ts';
import { EXIT, Problem } from './problem.ts';

export interface IdentityFile {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export function readIdentity(data: string): IdentityFile {
  const path = filesOf(data).identity;
  const fields = readJsonFile(path);
  if (fields === undefined) throw new Problem(`${path} is missing.`, EXIT.failed);
  return {
    tenantId: textField(fields, 'tenantId', path),
    subscriptionId: textField(fields, 'subscriptionId', path),
    clientId: textField(fields, 'clientId', path),
    clientSecret: textField(fields, 'clientSecret', path),
  };
}
