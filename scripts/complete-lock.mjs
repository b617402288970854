// Owns the completeness of package-lock.json: every platform build that a locked package offers must have
// an entry. npm drops the builds its registry does not carry (a mirror may hold one platform only), and then
// `npm ci` refuses the lock on every other machine. Run it after `npm install` changed the lock; it adds
// entries and changes none. They carry no hash: npm writes it when it installs on that platform.
import { readFileSync, writeFileSync } from 'node:fs';

const lockUrl = new URL('../package-lock.json', import.meta.url);
const systems = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** The platform a build's name states, as npm's own fields; undefined when it states none. */
function platformOf(name) {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) return undefined;
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  return os === 'linux' ? { cpu: [cpu], libc: [libc], os: [os] } : { cpu: [cpu], os: [os] };
}

const lock = JSON.parse(readFileSync(lockUrl, 'utf8'));
const added = [];
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path] !== undefined) continue;
    const platform = platformOf(name);
    if (platform === undefined)
      throw new Error(`${name}: its name states no platform; add it to the lock by hand`);
    const dev = owner.dev === true ? { dev: true } : {};
    lock.packages[path] = { version, ...dev, optional: true, ...platform };
    added.push(`${name}@${version}`);
  }
}
const byPath = ([a], [b]) => a.localeCompare(b, 'en'); // npm's own order
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(byPath));
writeFileSync(lockUrl, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'the lock is complete' : `added ${added.length}: ${added.join(', ')}`);
