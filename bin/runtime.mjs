// Owns the way from whatever Node the user has to the one Muster needs: installing a source checkout's
// dependencies, choosing the runtime, running a command under it. Shared by bin/muster.mjs and scripts/.
// Must hold: plain JavaScript that Node 18 runs, no dependency, and nothing printed when all is well.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_MAJOR = 24;

/** The package's own directory: a clone, or node_modules/muster. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** True in a clone; the published package carries no sources. */
const isCheckout = existsSync(join(root, 'tsconfig.json'));

const binDirectory = join(root, 'node_modules', '.bin');
const pinnedNode = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** Installs what package-lock.json names, unless node_modules already holds exactly that. */
export function ensureInstalled() {
  if (!isCheckout || isInstalled()) return;
  process.stderr.write('muster: installing dependencies (once, and again when package-lock.json changes)\n');
  const npm = spawnSync('npm', ['ci', '--loglevel=error', '--no-fund', '--no-audit'], {
    cwd: root,
    env: environmentForNpm(),
    // npm's summary goes to stderr as well: stdout belongs to the command the user asked for.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32', // npm is npm.cmd there
  });
  if (npm.error !== undefined)
    throw new Problem(`cannot run npm (${npm.error.message}); it is needed to install dependencies`);
  if (npm.status !== 0) throw new Problem('`npm ci` failed, see its message above');
}

/** Compares contents, not times: a checkout, a copy or an unpacked archive may give files any time. */
function isInstalled() {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (installed === undefined || wanted === undefined) return installed !== undefined;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? optional === true || devOptional === true : found.version === version;
  });
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

/**
 * `npm start` and `npx` hand their own settings down in npm_* variables, and put node_modules/.bin first in
 * PATH, where the very Node that `npm ci` is about to replace lives. The inner npm must see neither.
 */
function environmentForNpm() {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|command|config_local)/i.test(name),
  );
  const environment = Object.fromEntries(inherited);
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== binDirectory);
  return { ...environment, PATH: path.join(delimiter) };
}

/** The Node to run under: this one when it is new enough, else the one pinned in package.json. */
export function findRuntime() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_MAJOR) return process.execPath;
  if (existsSync(pinnedNode)) return pinnedNode;
  throw new Problem(
    `needs Node ${OLDEST_MAJOR} or newer, and this is Node ${process.versions.node}: install one from https://nodejs.org`,
  );
}

/** The environment in which `node` and the tools are the ones this checkout pins. */
export function pinnedEnvironment() {
  return { ...process.env, PATH: [binDirectory, process.env.PATH].join(delimiter) };
}

/** Runs a command with our terminal, passes signals on, and ends the way it ended. */
export function become(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  const signals = process.platform === 'win32' ? [] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the whole process group, so the child has it already; a second one would
    // mean "at once". Either way this process stays until the child has finished its own shutdown.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  whenNpmDies(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    process.stderr.write(`muster: cannot run ${command}: ${error.message}\n`);
    process.exitCode = 127;
  });
  child.on('exit', (code, signal) => {
    for (const name of signals) process.off(name, forward);
    if (signal === null) process.exitCode = code ?? 1;
    else process.kill(process.pid, signal);
  });
}

/**
 * npm and npx start us through a shell that does not pass signals on: `kill` on npm ends that shell and leaves
 * us behind, with a new parent. That is how we learn that we were asked to stop.
 */
function whenNpmDies(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 250);
  watch.unref();
}

/** Something the user can mend; shown as one sentence without a stack. */
class Problem extends Error {}

/** Runs the body of a bootstrap script; a Problem becomes its one sentence and exit code 1. */
export function orExplain(body) {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`muster: ${error.message}\n`);
    process.exitCode = 1;
  }
}
