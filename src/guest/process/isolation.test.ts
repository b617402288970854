// Isolation as a guest meets it: tried from inside, by a root that means it.
import { promises as fs, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { G, isolations, openProcessHarness } from '../../../test/testing/process-guests.ts';

const allowed = await isolations();

async function open(isolation: 'namespaces' | 'process groups') {
  const harness = await openProcessHarness({ isolation });
  onTestFinished(() => harness.close());
  return harness;
}

describe.runIf(allowed.includes('namespaces'))('a guest with namespaces', () => {
  test('sees its own process table, which begins with its own first process', async () => {
    const h = await open('namespaces');
    await h.created(G);
    const { stdout } = await h.run(G, 'ls /proc | grep -c "^[0-9]"; tr "\\0" " " </proc/1/cmdline');
    const [count, first] = stdout.split('\n');
    // init, what it sleeps on, the script's shell, and the pipe's three.
    expect(Number(count)).toBeLessThan(10);
    expect(first).toContain('/opt/muster/init');
  });

  test('has its computer name, and may change it without changing the host’s', async () => {
    const h = await open('namespaces');
    await h.created(G, { computerName: 'db000007' });
    const host = (await fs.readFile('/proc/sys/kernel/hostname', 'utf8')).trim();
    expect((await h.run(G, 'uname -n; cat /etc/hostname')).stdout).toBe('db000007\ndb000007\n');
    await h.run(G, 'hostname other');
    expect((await fs.readFile('/proc/sys/kernel/hostname', 'utf8')).trim()).toBe(host);
  });

  test('cannot write the host’s programs, not even after asking for it', async () => {
    const h = await open('namespaces');
    await h.created(G);
    const attempts = [
      'touch /usr/bin/.muster-test',
      'mount -o remount,bind,rw /usr && touch /usr/bin/.muster-test',
      'umount /usr',
      'umount -l /usr && touch /usr/bin/.muster-test',
      'echo x >>/opt/muster/bin/node',
      'echo 1 >/proc/sys/vm/drop_caches',
      'mount -o remount,bind,rw /proc/sys && echo 1 >/proc/sys/vm/drop_caches',
      'umount /proc/sys',
      'mkdir -p /tmp/p && unshare --user --map-root-user --mount --pid --fork mount -t proc proc /tmp/p',
      'touch /dev/new',
      'echo x >/etc/resolv.conf',
    ];
    for (const attempt of attempts) {
      const { exitCode, state } = await h.run(G, attempt);
      expect({ attempt, state, failed: exitCode !== 0 }).toEqual({ attempt, state: 'exited', failed: true });
    }
    await expect(fs.stat('/usr/bin/.muster-test')).rejects.toThrow('ENOENT');
  });

  test('does not find the host’s files, the plane’s, or another guest’s', async () => {
    const h = await open('namespaces');
    await h.created(G);
    await h.created(`${G}-other`);
    writeFileSync(join(h.directory, 'plane.secret'), 'secret');
    for (const path of [
      h.directory,
      join(h.directory, 'plane.secret'),
      '/etc/shadow',
      '/boot',
      import.meta.filename,
    ]) {
      expect((await h.run(G, `ls -d '${path}'`)).exitCode).not.toBe(0);
    }
    // Nor any other way up: the old root is gone, and no process of the host shows its own.
    const roots = await h.run(
      G,
      'cd /; ls -d ../../etc/shadow /proc/[0-9]*/root/etc/shadow /proc/[0-9]*/cwd/etc/shadow',
    );
    expect(roots.stdout).toBe('');
    const mounts = await h.run(
      G,
      'grep -v " /usr\\| /proc\\| /dev\\| /run\\| /mnt/data\\| /etc/\\| /sys\\| /opt/muster\\| / " /proc/self/mounts',
    );
    expect(mounts.stdout).toBe('');
  });

  test('has no disk device, and cannot make one', async () => {
    const h = await open('namespaces');
    await h.created(G);
    const { stdout } = await h.run(
      G,
      'find /dev -type b | wc -l; mknod /tmp/disk b 254 0 2>/dev/null && cat /tmp/disk | head -c 1 | wc -c',
    );
    expect(stdout).toBe('0\n');
  });

  test('sees a data disk where it is expected, also one attached while it runs', async () => {
    const h = await open('namespaces');
    await h.created(G, { dataDisks: [{ id: 'disk0', lun: 0, sizeGiB: 1 }] });
    await h.run(G, 'echo from inside >/mnt/data/lun0/note');
    expect(await h.dataDisks?.read(G, 0)).toBe('from inside\n');
    const spec = { name: 'web_0', computerName: 'web000000', image: 'base', size: 's' };
    const dataDisks = [
      { id: 'disk0', lun: 0, sizeGiB: 1 },
      { id: 'disk7', lun: 7, sizeGiB: 1 },
    ];
    await h.guests.reconfigure(G, { generation: 1, spec: { ...spec, dataDisks } });
    expect((await h.run(G, 'ls /mnt/data; cat /mnt/data/lun0/note')).stdout).toBe(
      'lun0\nlun7\nfrom inside\n',
    );
  });

  test('can write its own disk everywhere it should', async () => {
    const h = await open('namespaces');
    await h.created(G, { adminUsername: 'azureuser' });
    const places = [
      '/',
      '/etc',
      '/root',
      '/tmp',
      '/var/log',
      '/srv',
      '/opt',
      '/usr/local/bin',
      '/home/azureuser',
      '/run',
    ];
    for (const place of places)
      expect(await h.run(G, `echo x >'${place}/file'`)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('finds programs, libraries, names and certificates of the host', async () => {
    const h = await open('namespaces');
    await h.created(G);
    const { stdout } = await h.run(
      G,
      'node -p "1 + 1"; sed --version >/dev/null && awk "BEGIN { print 3 }"; id -un; echo x >/dev/null && head -c 2 /dev/zero | wc -c',
    );
    expect(stdout).toBe('2\n3\nroot\n2\n');
  });
});

describe.for(allowed.map((isolation) => ({ isolation })))('with $isolation', ({ isolation }) => {
  const escapes = {
    'a child': 'sleep 2147483647 >/dev/null 2>&1 &',
    'a process in a session of its own': 'setsid sleep 2147483647 >/dev/null 2>&1 </dev/null &',
    'a daemon that forked twice': '(setsid sh -c "sleep 2147483647 & exit" >/dev/null 2>&1 </dev/null &)',
    'a process that ignores signals': `sh -c 'trap "" TERM HUP INT; while :; do sleep 1000; done' >/dev/null 2>&1 &`,
  };

  test.for(Object.entries(escapes))('%s does not survive power-off', async ([, script]) => {
    const h = await open(isolation);
    await h.created(G);
    await h.run(G, script);
    expect(h.processes(G).length).toBeGreaterThan(2);
    await h.guests.stop(G, { graceful: false, release: false });
    await h.power(G, 'stopped');
    expect(h.processes(G)).toEqual([]);
  });

  test('no process survives the first one', async () => {
    const h = await open(isolation);
    await h.created(G);
    for (const script of Object.values(escapes)) await h.run(G, script);
    await h.crash(G);
    expect((await h.power(G, 'stopped')).cause).toBe('exited');
    expect(h.processes(G)).toEqual([]);
  });

  test('a guest that powers itself off has exited', async () => {
    const h = await open(isolation);
    await h.created(G);
    await h.guests.exec(G, 'off', {
      script: `kill -TERM ${isolation === 'namespaces' ? 1 : h.firstProcess(G)}`,
      parameters: [],
      timeoutMs: 60_000,
    });
    expect((await h.power(G, 'stopped')).cause).toBe('exited');
    expect(await h.guests.consoleLog(G)).toContain('power down');
    expect(h.processes(G)).toEqual([]);
  });

  test('nothing is left of a deleted guest, in the process table or on disk', async () => {
    const h = await open(isolation);
    await h.created(G);
    // A directory that its own user cannot enter would stop a simple removal where the plane is not root.
    await h.run(G, 'mkdir -p "$MUSTER_ROOT/var/closed/inside" && chmod 0 "$MUSTER_ROOT/var/closed"');
    await h.run(G, escapes['a daemon that forked twice']);
    await h.guests.delete(G);
    await h.until(async () => (await h.guests.get(G)) === undefined);
    expect(h.processes(G)).toEqual([]);
    expect((await fs.readdir(h.directory)).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  test('says which it is, and its directories are the plane’s own', async () => {
    const h = await open(isolation);
    expect(h.guests.isolation).toBe(isolation);
    await h.created(G, { customData: Buffer.from('#!/bin/sh\n: secret\n').toString('base64') });
    expect((await fs.stat(join(h.directory, G))).mode & 0o777).toBe(0o700);
    for (const file of [
      'guest.json',
      'os/var/lib/waagent/CustomData',
      'os/var/lib/cloud/instance/user-data.txt',
    ]) {
      expect((await fs.stat(join(h.directory, G, file))).mode & 0o077).toBe(0);
    }
  });
});
