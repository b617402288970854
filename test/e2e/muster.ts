// Muster as its users run it: `muster up` in a process of its own on a fresh data directory, and every other command
// against that. What must hold: everything is waited for by what is printed or by a process's end, and when a test file is
// done, whatever happened in it, no process of its plane is left and none of its guests.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { guestProcesses, killGuests, killNow } from './guests.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin', 'muster.mjs');
/** Milliseconds after which `muster down` counts as hanging, when a test file is cleaned up. */
const PATIENCE = 60_000;

export interface Ran {
  /** `undefined` when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `muster env --json` prints. */
export interface MusterEnv extends Readonly<Record<string, string>> {
  readonly MUSTER_ENDPOINT: string;
  readonly MUSTER_TENANT_ID: string;
  readonly AZURE_AUTHORITY_HOST: string;
  readonly AZURE_TENANT_ID: string;
  readonly AZURE_CLIENT_ID: string;
  readonly AZURE_CLIENT_SECRET: string;
  readonly AZURE_SUBSCRIPTION_ID: string;
  readonly NODE_EXTRA_CA_CERTS: string;
}

interface Serving {
  readonly command: ChildProcess;
  readonly endpoint: string;
  /** Resolves when the command has ended and everybody has let go of its output. */
  readonly ended: Promise<Ran>;
}

/** Starts a plane that is ready when the promise resolves. `close` belongs into an `afterAll` or `onTestFinished`. */
export async function startMuster(...options: readonly string[]): Promise<Muster> {
  const data = mkdtempSync(join(realpathSync(tmpdir()), 'muster-e2e-'));
  const muster = new Muster(data, options);
  try {
    await muster.again();
    return muster;
  } catch (error) {
    await muster.close();
    throw error;
  }
}

export class Muster {
  readonly data: string;
  readonly #options: readonly string[];
  #serving: Serving | undefined;
  #stderr = '';

  constructor(data: string, options: readonly string[]) {
    this.data = data;
    this.#options = options;
  }

  get endpoint(): string {
    if (this.#serving === undefined) throw new Error('no plane is running');
    return this.#serving.endpoint;
  }

  /** What the planes on this directory have written to standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The plane's own process, which is not the command that was started. */
  get pid(): number {
    return (JSON.parse(readFileSync(join(this.data, 'plane.json'), 'utf8')) as { pid: number }).pid;
  }

  /** Starts a plane on the same data directory. */
  async again(): Promise<void> {
    const command = this.#spawn(['up', '--data', this.data, '--port', '0', ...this.#options]);
    const ended = output(command, (text) => (this.#stderr += text));
    const line = await Promise.race([firstLine(command), ended]);
    const endpoint =
      typeof line === 'string' ? /^muster is ready: (https:\/\/\S+)$/.exec(line)?.[1] : undefined;
    if (endpoint === undefined) {
      throw new Error(`the plane did not start: ${JSON.stringify(line)}\n${this.#stderr}`);
    }
    this.#serving = { command, endpoint, ended };
    trust(join(this.data, 'tls', 'ca.pem'));
  }

  /** The plane is gone from one instruction to the next, as in a power cut. */
  async kill9(): Promise<void> {
    killNow(this.pid);
    await this.ended();
  }

  /** What Ctrl-C sends. */
  async interrupt(): Promise<Ran> {
    this.#serving?.command.kill('SIGINT');
    return this.ended();
  }

  /** `muster down`: also waits for the plane that it stops. */
  async down(): Promise<Ran> {
    const ran = await this.run('down');
    if (ran.code === 0) await this.ended();
    return ran;
  }

  /** Waits until the plane has ended, whoever ended it. */
  async ended(): Promise<Ran> {
    if (this.#serving === undefined) throw new Error('no plane is running');
    const ran = await this.#serving.ended;
    this.#serving = undefined;
    return ran;
  }

  /** Any other command of Muster's, on this data directory. */
  async run(...args: readonly string[]): Promise<Ran> {
    return output(this.#spawn(args));
  }

  /** The same, in a shell that has these variables too. */
  async runWith(variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
    return output(this.#spawn(args, 0, variables));
  }

  /** A command that goes on until it is stopped. */
  begin(...args: readonly string[]): ChildProcess {
    return this.#spawn(args);
  }

  /** Like `run`, for a command that is to succeed; answers what it printed. */
  async must(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`muster ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
    return stdout;
  }

  /** Lines as a README has them, in a shell in which `npx muster` is this one; answers what they printed. */
  async shell(lines: string): Promise<string> {
    const npx = 'npx() { shift; "$MUSTER_TEST_NODE" "$MUSTER_TEST_BIN" "$@"; }';
    const own = { MUSTER_TEST_NODE: process.execPath, MUSTER_TEST_BIN: BIN };
    const child = this.#spawnIn('sh', ['-c', `${npx}\n${lines}`], own);
    const { code, stdout, stderr } = await output(child);
    if (code !== 0) throw new Error(`${lines} ended with ${code}:\n${stderr}${stdout}`);
    return stdout;
  }

  async env(): Promise<MusterEnv> {
    return JSON.parse(await this.must('env', '--json')) as MusterEnv;
  }

  /** Ends everything and removes the data directory. Fails when `muster down` left a guest running. */
  async close(): Promise<void> {
    const down = this.#serving === undefined ? undefined : await this.#powerOff();
    const left = [...guestProcesses(this.data).keys()];
    await killGuests(this.data);
    rmSync(this.data, { recursive: true, force: true });
    if (down === 0 && left.length > 0) throw new Error(`muster down left guests running: ${left.join(', ')}`);
  }

  async #powerOff(): Promise<number | undefined> {
    const { code } = await output(this.#spawn(['down'], PATIENCE));
    // It hangs, or somebody killed it and did not wait for that.
    if (code !== 0 && existsSync(join(this.data, 'plane.json'))) killNow(this.pid);
    await this.ended();
    return code;
  }

  #spawn(
    args: readonly string[],
    timeout = 0,
    variables: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    return this.#spawnIn(process.execPath, [BIN, ...args], variables, timeout);
  }

  #spawnIn(
    program: string,
    args: readonly string[],
    more: Readonly<Record<string, string>>,
    timeout = 0,
  ): ChildProcess {
    // A home of its own: whatever is written there would have been written into the user's.
    const env = {
      ...process.env,
      MUSTER_HOME: this.data,
      MUSTER_CONFIG: join(this.data, 'contexts.json'),
      HOME: join(this.data, 'home'),
      XDG_STATE_HOME: join(this.data, 'state'),
      ...more,
    };
    return spawn(program, args, { env, cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], timeout });
  }
}

async function output(child: ChildProcess, tell?: (stderr: string) => void): Promise<Ran> {
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
    tell?.(chunk);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? undefined, ...text };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('its output is not read');
  const [line] = (await once(createInterface(stdout), 'line')) as [string];
  return line;
}

/** What NODE_EXTRA_CA_CERTS does for a process that starts with it, for this one. */
function trust(file: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')]);
}
