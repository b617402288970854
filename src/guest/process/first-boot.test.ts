// First boot and images in real guests: custom data in its forms, once for each OS disk; layers of images; the web server.
import { mkdirSync, mkdtempSync, promises as fs, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import {
  BASE,
  G,
  isolations,
  openProcessHarness,
  type ProcessHarness,
} from '../../../test/testing/process-guests.ts';
import type { ProcessGuestsOptions } from './guests.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64');

describe.for((await isolations()).map((isolation) => ({ isolation })))('with $isolation', ({ isolation }) => {
  async function open(options: Partial<ProcessGuestsOptions> = {}) {
    const harness = await openProcessHarness({ isolation, ...options });
    onTestFinished(() => harness.close());
    return harness;
  }

  /** Custom data runs in the background: looks again and again, with something happening in between, until it has done so. */
  async function soon(h: ProcessHarness, script: string, wanted: string) {
    let stdout = '';
    while (stdout !== wanted) ({ stdout } = await h.run(G, script));
    expect(stdout).toBe(wanted);
  }

  test('a script runs once for each OS disk', async () => {
    const h = await open();
    const spec = { customData: encoded('#!/bin/sh\necho ran >>"$MUSTER_ROOT/root/runs"\n') };
    await h.created(G, spec);
    await soon(h, 'cat "$MUSTER_ROOT/root/runs" 2>/dev/null', 'ran\n');
    await h.guests.restart(G, {
      generation: 1,
      spec: { ...BASE, ...spec },
      newHost: false,
      graceful: true,
    });
    await h.ready(G, 1);
    await soon(h, 'cat "$MUSTER_ROOT/root/runs"', 'ran\n');
    await h.guests.reimage(G, { generation: 2, spec: { ...BASE, ...spec }, dataDisks: 'keep' });
    await h.ready(G, 2);
    await soon(h, 'cat "$MUSTER_ROOT/root/runs" 2>/dev/null', 'ran\n');
  });

  test('cloud-config writes files before the services start, then runs its commands', async () => {
    const h = await open();
    const customData = encoded(`#cloud-config
packages: [nginx]
write_files:
  - path: /etc/app/conf
    content: "line 1\\n"
    permissions: '0640'
  - path: /etc/app/conf
    content: "line 2\\n"
    append: true
    permissions: '0640'
  - path: /srv/www/it's binary
    encoding: b64
    content: ${encoded('\0\u0001')}
  - path: /etc/muster/services/early
    permissions: '0755'
    content: |
      #!/bin/sh
      cp "$MUSTER_ROOT/etc/app/conf" "$MUSTER_ROOT/root/seen-by-service"
runcmd:
  - echo "$((6 * 7))" >"$MUSTER_ROOT/root/answer"
  - [sh, -c, 'echo "$0 $1" >"$MUSTER_ROOT/root/words"', 'a b', "it's"]
  - 'false'
  - echo last
`);
    await h.created(G, { customData });
    await soon(h, 'cat "$MUSTER_ROOT/root/answer" "$MUSTER_ROOT/root/words" 2>/dev/null', "42\na b it's\n");
    await soon(h, 'cat "$MUSTER_ROOT/root/seen-by-service" 2>/dev/null', 'line 1\nline 2\n');
    await soon(
      h,
      'stat -c %a "$MUSTER_ROOT/etc/app/conf"; od -An -tx1 "$MUSTER_ROOT/srv/www/it\'s binary"',
      '640\n 00 01\n',
    );
    await soon(
      h,
      'cat "$MUSTER_ROOT/var/log/cloud-init-output.log"',
      'last\ncloud-init: runcmd has ended (exit code 0)\n',
    );
    await h.guests.stop(G, { graceful: false, release: false });
    await h.power(G, 'stopped');
    const console = await h.guests.consoleLog(G);
    expect(console).toContain("cloud-init: 'packages' is not supported here");
    expect(console).toContain('last\n');
  });

  test('a script that never ends holds nothing up', async () => {
    const h = await open();
    await h.created(G, { customData: encoded('#!/bin/sh\necho begun; sleep 2147483647\n') });
    await h.guests.stop(G, { graceful: true, release: false });
    expect((await h.power(G, 'stopped')).cause).toBe('asked');
    expect(h.processes(G)).toEqual([]);
  });

  test('the data is kept where Azure’s agent and cloud-init keep it', async () => {
    const h = await open();
    const customData = encoded('neither script nor cloud-config');
    await h.created(G, { customData });
    const { stdout } = await h.run(
      G,
      'cd "$MUSTER_ROOT/var/lib"; cat waagent/CustomData; echo; cat cloud/instance/user-data.txt',
    );
    expect(stdout).toBe(`${customData}\nneither script nor cloud-config`);
    expect(await h.guests.consoleLog(G)).toContain('it is kept, not run');
  });

  test('an image of one’s own lies on the base image; a reference to none is the base image', async () => {
    const images = mkdtempSync(join(tmpdir(), 'muster-images-'));
    onTestFinished(() => rmSync(images, { recursive: true }));
    mkdirSync(join(images, 'shop/etc'), { recursive: true });
    writeFileSync(join(images, 'shop/etc/shop.conf'), 'open');
    const h = await open({ images: [images] });
    await h.created(G, { image: 'shop' });
    expect((await h.run(G, 'cat "$MUSTER_ROOT/etc/shop.conf"')).stdout).toBe('open');
    await h.created('other', { image: 'Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest' });
    expect((await h.run('other', 'cat "$MUSTER_ROOT/etc/shop.conf"')).exitCode).toBe(1);
    await h.created('astray', { image: '../shop' });
    expect((await h.run('astray', 'cat "$MUSTER_ROOT/etc/shop.conf"')).exitCode).toBe(1);
  });

  test('the web image answers for itself, and serves what lies in /srv/www', async () => {
    const h = await open();
    const { address } = await h.created(G, { image: 'web' });
    const url = `http://${address?.host}:${address?.port}`;
    // It starts as a service beside the boot; its console line says when.
    while (!(await h.guests.consoleLog(G)).includes('web: listening')) await h.run(G, ':');
    expect(await (await fetch(`${url}/`)).json()).toMatchObject({
      name: 'web_0',
      computerName: 'web000000',
      image: 'web',
      imageVersion: '1.0.0',
      boots: 1,
      address: `${address?.host}:${address?.port}`,
    });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/page.html`)).status).toBe(404);
    await h.run(
      G,
      'echo "<p>hello" >"$MUSTER_ROOT/srv/www/page.html"; echo home >"$MUSTER_ROOT/srv/www/index.html"',
    );
    const page = await fetch(`${url}/page.html`);
    expect([page.headers.get('content-type'), await page.text()]).toEqual(['text/html', '<p>hello\n']);
    expect(await (await fetch(`${url}/`)).text()).toBe('home\n');
    for (const path of ['/..%2f..%2fetc/hostname', '/%00', '/%'])
      expect((await fetch(url + path)).ok).toBe(false);
  });
});

test('an OS disk holds nothing of an earlier one, and the new one has the new spec', async () => {
  const h = await openProcessHarness();
  onTestFinished(() => h.close());
  await h.created(G, { customData: encoded('#!/bin/sh\n:') });
  await h.run(G, 'echo x >"$MUSTER_ROOT/etc/left"');
  const spec = { ...BASE, computerName: 'web000042', image: 'web' };
  await h.guests.reimage(G, { generation: 1, spec, dataDisks: 'keep' });
  await h.ready(G, 1);
  const os = join(h.directory, G, 'os');
  await expect(fs.stat(join(os, 'etc/left'))).rejects.toThrow('ENOENT');
  await expect(fs.stat(join(os, 'var/lib/waagent/CustomData'))).rejects.toThrow('ENOENT');
  expect(await fs.readFile(join(os, 'etc/hostname'), 'utf8')).toBe('web000042\n');
  expect(await fs.stat(join(os, 'etc/muster/services/web'))).toBeDefined();
});
