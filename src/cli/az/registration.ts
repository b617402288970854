// az's knowledge of the plane: a configuration directory in which the plane is a registered cloud and the
// service principal is signed in. Must hold: the directory is complete or not there at all, whatever is
// interrupted and however many run at once; the user's own ~/.azure is never touched; the client secret is in no
// command line, where every user of the machine could read it.

import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from '../data-directory.ts';
import { type IdentityFile, readIdentity } from '../identity-file.ts';
import { isFields, readTextFile } from '../json-file.ts';
import { Problem } from '../problem.ts';
import type { Environment, Terminal } from '../terminal.ts';
import { trustFile } from '../trust.ts';
import { azEnvironment } from './environment.ts';
import { type Executable, runCaptured } from './executable.ts';

const CLOUD = 'Muster';
const STAMP = 'muster-stamp';

/** What the directory of a plane that has changed must not keep: the cloud and the sign-in. The rest is the user's. */
const STALE =
  /^(clouds\.config|azureProfile\.json|service_principal_entries.*|msal_.*|muster-stamp|commands|logs)$/;

export interface AzTarget {
  readonly data: string;
  readonly endpoint: string;
  readonly az: Executable;
}

/** The environment for az, after making or renewing its directory where that is needed. */
export async function prepareAz(
  target: AzTarget,
  env: Environment,
  terminal: Terminal,
): Promise<Environment> {
  const identity = readIdentity(target.data);
  const directory = filesOf(target.data).az;
  const trust = trustFile(target.data, { fresh: false });
  const stamp = stampOf(target, identity);
  if (!isCurrent(directory, stamp, identity)) {
    terminal.err('Registering the plane with az and signing in. This is done once and takes some seconds.\n');
    await build(target, identity, { directory, trust, stamp }, env);
  }
  return azEnvironment(env, { configuration: directory, trust });
}

/** Changes when anything does that az has learnt. */
function stampOf({ data, endpoint, az }: AzTarget, identity: IdentityFile): string {
  const facts = [1, endpoint, identity, readTextFile(filesOf(data).ca), az.mark];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** A directory whose user has signed out is not current either. */
function isCurrent(directory: string, stamp: string, identity: IdentityFile): boolean {
  if (readTextFile(join(directory, STAMP)) !== stamp) return false;
  return readTextFile(join(directory, 'azureProfile.json'))?.includes(identity.subscriptionId) === true;
}

interface Wanted {
  readonly directory: string;
  readonly trust: string;
  readonly stamp: string;
}

/** Builds the directory beside its place and moves it there, so that nobody sees half of one. */
async function build(
  target: AzTarget,
  identity: IdentityFile,
  wanted: Wanted,
  env: Environment,
): Promise<void> {
  const work = mkdtempSync(join(dirname(wanted.directory), 'az-new-'));
  try {
    const draft = join(work, 'az');
    copyWhatIsTheUsers(wanted.directory, draft);
    mkdirSync(draft, { recursive: true });
    chmodSync(draft, 0o700);
    const azEnv = azEnvironment(env, { configuration: draft, trust: wanted.trust });
    await register(target, azEnv);
    await signIn(target.az, identity, join(work, 'secret'), azEnv);
    writeFileSync(join(draft, STAMP), wanted.stamp, { mode: 0o600 });
    moveInto(wanted, identity, { draft, old: join(work, 'old') });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function copyWhatIsTheUsers(directory: string, draft: string): void {
  const top = join(directory, '/');
  try {
    cpSync(directory, draft, { recursive: true, filter: (from) => !STALE.test(from.slice(top.length)) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Somebody else may have been faster with the same: then theirs stays. */
function moveInto(
  wanted: Wanted,
  identity: IdentityFile,
  { draft, old }: { draft: string; old: string },
): void {
  if (isCurrent(wanted.directory, wanted.stamp, identity)) return;
  try {
    renameSync(wanted.directory, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    renameSync(draft, wanted.directory);
  } catch (error) {
    if (!isCurrent(wanted.directory, wanted.stamp, identity)) throw error;
  }
}

async function register({ endpoint, az }: AzTarget, env: Environment): Promise<void> {
  const version = await azVersion(az, env);
  await azStep(az, ['cloud', 'register', '--name', CLOUD, ...cloudArguments(endpoint, version)], env);
  await azStep(az, ['cloud', 'set', '--name', CLOUD], env);
}

async function azVersion(az: Executable, env: Environment): Promise<string> {
  const { stdout } = await azStep(az, ['version', '--output', 'json'], env);
  const versions: unknown = JSON.parse(stdout);
  const version = isFields(versions) ? versions['azure-cli'] : undefined;
  if (typeof version !== 'string') throw new Problem(`${az.path} does not tell its version.`);
  return version;
}

/**
 * How a version of az learns a cloud. From 2.60 on it reads all of it from Resource Manager's metadata. Older
 * ones miss two endpoints there; and those of Debian 12 lack the libraries for scale sets in the latest
 * profile, so they get the one before. The profile must be inside the JSON: `--profile` beside it is ignored.
 */
export function cloudArguments(endpoint: string, version: string): readonly string[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 2 || (major === 2 && minor >= 60)) return ['--endpoint-resource-manager', endpoint];
  const cloud = {
    profile: '2020-09-01-hybrid',
    endpoints: {
      resourceManager: endpoint,
      microsoftGraphResourceId: `${endpoint}/msgraph/`,
      vmImageAliasDoc: `${endpoint}/aliases.json`,
    },
    suffixes: { storageEndpoint: 'storage.localhost' },
  };
  return ['--cloud-config', JSON.stringify(cloud)];
}

/** The secret goes by a file of the owner's alone: an argument would be in everybody's `ps`. */
async function signIn(az: Executable, identity: IdentityFile, file: string, env: Environment): Promise<void> {
  writeFileSync(file, identity.clientSecret, { mode: 0o600 });
  const who = ['--username', identity.clientId, '--password', `@${file}`, '--tenant', identity.tenantId];
  await azStep(az, ['login', '--service-principal', ...who, '--output', 'none'], env);
}

async function azStep(
  az: Executable,
  args: readonly string[],
  env: Environment,
): Promise<{ readonly stdout: string }> {
  const { code, stdout, stderr } = await runCaptured(az.path, args, env);
  if (code === 0) return { stdout };
  const said = stderr.trim() === '' ? 'It said nothing.' : stderr.trim();
  throw new Problem(`az ${args.slice(0, 2).join(' ')} failed with exit code ${code}. ${said}`);
}
