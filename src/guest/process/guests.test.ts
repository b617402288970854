// The driver on states that only a crash, a reboot or a broken host leaves: what it finds on disk is brought to an end.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, promises as fs, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { BASE, G, isolations, openProcessHarness } from '../../../test/testing/process-guests.ts';
import type { ProcessGuestsOptions } from './guests.ts';
import type { GuestRecord } from './record.ts';

const namespaces = (await isolations()).includes('namespaces');
const HARD = { graceful: false, release: false };

async function open(options: Partial<ProcessGuestsOptions> = {}) {
  const harness = await openProcessHarness(options);
  onTestFinished(() => harness.close());
  return harness;
}

/** As if the machine had been booted since. */
const onAnotherMachine = (record: GuestRecord): GuestRecord =>
  record.boot === undefined ? record : { ...record, boot: { ...record.boot, machine: 'before' } };

/** As if the plane had died right after writing down that it would start the guest. */
const neverStarted = (record: GuestRecord): GuestRecord => {
  const { cause: _cause, ...rest } = record;
  const boot = { token: 'never-started', machine: machine(), isolation: 'process groups' as const };
  return { ...rest, power: 'on', boot };
};

function machine(): string {
  return execFileSync('cat', ['/proc/sys/kernel/random/boot_id'], { encoding: 'utf8' }).trim();
}

describe('what is found on disk', () => {
  test('a guest that a reboot of the machine ended is stopped because of its host', async () => {
    const h = await open();
    await h.created(G);
    await h.reopen(async () => {
      await h.crash(G);
      await h.rewrite(G, onAnotherMachine);
    });
    expect(await h.guests.get(G)).toMatchObject({ power: 'stopped', cause: 'host' });
    await h.guests.start(G);
    expect(await h.ready(G)).not.toHaveProperty('cause');
  });

  test('a guest that ended while no plane was there has exited', async () => {
    const h = await open();
    await h.created(G);
    await h.reopen(() => h.crash(G));
    await h.until(async () => (await h.guests.get(G))?.power === 'stopped');
    expect(await h.guests.get(G)).toMatchObject({ cause: 'exited' });
  });

  test('a boot that was written down and never began is begun', async () => {
    const h = await open();
    await h.created(G);
    await h.guests.stop(G, HARD);
    await h.power(G, 'stopped');
    await h.reopen(() => h.rewrite(G, neverStarted));
    expect(await h.ready(G)).toMatchObject({ power: 'running' });
  });

  test('an OS disk that was laid in part is laid afresh', async () => {
    const h = await open();
    await h.created(G);
    await h.guests.stop(G, HARD);
    await h.power(G, 'stopped');
    await h.reopen(async () => {
      await fs.rm(join(h.directory, G, 'os/etc'), { recursive: true });
      await fs.writeFile(join(h.directory, G, 'os/left'), '');
      await h.rewrite(G, ({ cause: _cause, ...record }) => ({ ...record, laid: false, power: 'on' }));
    });
    await h.ready(G);
    expect((await fs.readdir(join(h.directory, G, 'os'))).includes('left')).toBe(false);
  });

  test('a removal that was begun is ended', async () => {
    const h = await open();
    await h.created(G);
    await h.reopen(async () => {
      await fs.rm(join(h.directory, G, 'data'), { recursive: true });
      await h.rewrite(G, (record) => ({ ...record, deleted: true }));
    });
    await h.until(async () => (await h.guests.get(G)) === undefined);
    expect(h.processes(G)).toEqual([]);
    expect(await h.guests.list()).toEqual([]);
  });

  test('a directory without a record is taken away, and a file is nobody’s', async () => {
    const h = await open();
    await h.reopen(async () => {
      mkdirSync(join(h.directory, 'guest-half/os'), { recursive: true });
      mkdirSync(join(h.directory, 'guest-lost'));
      writeFileSync(join(h.directory, 'guest-lost/guest.json'), '');
      writeFileSync(join(h.directory, 'note'), '');
    });
    expect(await h.guests.list()).toEqual([]);
    expect((await fs.readdir(h.directory)).filter((name) => !name.startsWith('.'))).toEqual(['note']);
  });

  test('a command that was written down and never began is begun when it is asked for again', async () => {
    const h = await open();
    await h.created(G);
    const record = { version: 1, key: 'key', number: 0, id: 'id', startedAt: 0, timeoutMs: 1, boot: 'b' };
    await h.reopen(async () => {
      mkdirSync(join(h.directory, G, 'executions/0'));
      writeFileSync(join(h.directory, G, 'executions/0/record.json'), JSON.stringify(record));
    });
    expect(await h.guests.execution(G, 'key')).toBeUndefined();
    await h.guests.exec(G, 'key', { script: 'echo ran', parameters: [], timeoutMs: 60_000 });
    await h.until(async () => (await h.guests.execution(G, 'key'))?.state === 'exited');
  });

  test('data disks are made those of the spec', async () => {
    const h = await open();
    await h.created(G);
    await h.reopen(async () => {
      mkdirSync(join(h.directory, G, 'data/lun9'));
      await h.rewrite(G, (found) => ({
        ...found,
        spec: { ...found.spec, dataDisks: [{ id: 'disk1', lun: 1, sizeGiB: 1 }] },
      }));
    });
    await h.guests.reconfigure(G, { generation: 0, spec: BASE });
    expect(await fs.readdir(join(h.directory, G, 'data'))).toEqual(['lun1']);
  });
});

describe('data disks that a crash left half on their way', () => {
  const DISK = { id: 'disk0', lun: 0, sizeGiB: 1 };
  const OTHER = `${G}-other`;
  const note = (directory: string, ...path: string[]) => join(directory, ...path, 'note');
  const had = async () => {
    const h = await open();
    await h.created(G, { dataDisks: [DISK] });
    await fs.writeFile(note(h.directory, G, 'data/lun0'), 'kept');
    return h;
  };

  test('one that was put aside, and is still in the record, is found where it is by whoever gets it', async () => {
    const h = await had();
    await h.created(OTHER);
    await h.reopen(async () => {
      mkdirSync(join(h.directory, '.disks'));
      await fs.rename(join(h.directory, G, 'data/lun0'), join(h.directory, '.disks/disk0'));
      await h.rewrite(G, (found) => ({ ...found, spec: { ...found.spec, dataDisks: [] } }));
    });
    await h.guests.reconfigure(OTHER, { generation: 1, spec: { ...BASE, dataDisks: [DISK] } });
    expect(await fs.readFile(note(h.directory, OTHER, 'data/lun0'), 'utf8')).toBe('kept');
    expect(await h.guests.disks()).toEqual([]);
  });

  test('one that is in the record, and has not come yet, comes', async () => {
    const h = await had();
    await h.reopen(async () => {
      mkdirSync(join(h.directory, '.disks'));
      await fs.rename(join(h.directory, G, 'data/lun0'), join(h.directory, '.disks/disk0'));
    });
    await h.until(async () => (await h.guests.disks()).length === 0);
    expect(await fs.readFile(note(h.directory, G, 'data/lun0'), 'utf8')).toBe('kept');
  });

  test('one of a record from before disks moved is taken for the one that the spec names there', async () => {
    const h = await had();
    await h.reopen(() => h.rewrite(G, ({ placed: _placed, ...found }) => found));
    await h.guests.reconfigure(G, { generation: 1, spec: { ...BASE, dataDisks: [DISK] } });
    expect(await fs.readFile(note(h.directory, G, 'data/lun0'), 'utf8')).toBe('kept');
  });

  describe('of a guest that was made before disks moved, and had no ids', () => {
    const old = async () => {
      const h = await had();
      await h.reopen(() =>
        h.rewrite(G, ({ placed: _placed, ...found }) => {
          const { id: _id, ...unnamed } = DISK;
          return { ...found, spec: { ...found.spec, dataDisks: [unnamed as typeof DISK] } };
        }),
      );
      await h.guests.stop(G, HARD);
      await h.power(G, 'stopped');
      await h.guests.start(G);
      await h.ready(G);
      return h;
    };
    const turn = { generation: 1, spec: { ...BASE, dataDisks: [DISK] } };

    test('stay as they are, whatever is done with the guest, and move from when it is told of them', async () => {
      const h = await old();
      expect(await fs.readFile(note(h.directory, G, 'data/lun0'), 'utf8')).toBe('kept');
      await h.guests.reconfigure(G, turn);
      expect(await fs.readFile(note(h.directory, G, 'data/lun0'), 'utf8')).toBe('kept');
      await h.guests.reconfigure(G, { generation: 2, spec: BASE });
      expect(await fs.readFile(note(h.directory, '.disks/disk0'), 'utf8')).toBe('kept');
    });

    test('are made afresh when they are to be', async () => {
      const h = await old();
      await h.guests.reimage(G, { ...turn, dataDisks: 'fresh' });
      await h.until(async () => {
        const state = await h.guests.get(G);
        return state?.generation === 1 && state.ready;
      });
      expect(await fs.readdir(join(h.directory, G, 'data/lun0'))).toEqual([]);
    });
  });

  test('what a guest made in the place of one that is gone does not take its name', async () => {
    const h = await had();
    await h.guests.reconfigure(G, { generation: 1, spec: BASE });
    await h.reopen(async () => {
      mkdirSync(join(h.directory, G, 'data/lun0'));
      await h.rewrite(G, (found) => ({ ...found, placed: [DISK] }));
    });
    await h.guests.reconfigure(G, { generation: 2, spec: BASE });
    expect(await fs.readFile(note(h.directory, '.disks/disk0'), 'utf8')).toBe('kept');
    expect(await fs.readdir(join(h.directory, G, 'data'))).toEqual([]);
  });
});

describe('a host that does not do its part', () => {
  test('without the version of an image that a guest is to have makes no other in its place', async () => {
    const h = await open();
    const made = h.guests.create(G, { ...BASE, image: 'web', imageVersion: '7.0.0' });
    await expect(made).rejects.toMatchObject({
      kind: 'permanent',
      message: "There is no version 7.0.0 of the image 'web' on this host.",
    });
    expect(await h.guests.get(G)).toMatchObject({ power: 'starting', ready: false });
    expect(await h.guests.consoleLog(G)).toContain('There is no version 7.0.0');
  });

  test('an OS disk that cannot be laid is an error now and is laid when the host is well again', async () => {
    const images = mkdtempSync(join(tmpdir(), 'muster-images-'));
    onTestFinished(() => rmSync(images, { recursive: true }));
    mkdirSync(join(images, 'broken'));
    execFileSync('mkfifo', [join(images, 'broken/pipe')]);
    const h = await open({ images: [images] });
    await expect(h.guests.create(G, { ...BASE, image: 'broken' })).rejects.toMatchObject({
      kind: 'permanent',
    });
    expect(await h.guests.get(G)).toMatchObject({ power: 'starting' });
    expect(await h.guests.consoleLog(G)).toContain('muster: The host refused');
    rmSync(join(images, 'broken/pipe'));
    await h.guests.create(G, { ...BASE, image: 'broken' });
    await h.ready(G);
  });

  test.runIf(namespaces)(
    'a guest that cannot boot says why on its console, and a reimage repairs it',
    async () => {
      const h = await open({ isolation: 'namespaces' });
      await h.created(G);
      await h.guests.stop(G, HARD);
      await h.power(G, 'stopped');
      await fs.rm(join(h.directory, G, 'os/proc'), { recursive: true });
      await h.guests.start(G);
      expect((await h.power(G, 'stopped')).cause).toBe('exited');
      expect(await h.guests.consoleLog(G)).toContain('this guest cannot boot');
      await h.guests.reimage(G, { generation: 1, spec: BASE, dataDisks: 'keep' });
      await h.guests.start(G);
      await h.ready(G, 1);
    },
  );

  test.runIf(namespaces)('links that a guest leaves lead its host nowhere', async () => {
    const h = await open({ isolation: 'namespaces' });
    const outside = mkdtempSync(join(tmpdir(), 'muster-outside-'));
    onTestFinished(() => rmSync(outside, { recursive: true }));
    await h.created(G, { userData: 'c2VjcmV0' });
    const script = [
      // A script of its own copy, for its directory goes as well.
      'cd /; rm -rf /tmp /var/log /var/lib/muster /var/lib/waagent /run/muster/*',
      `for path in /tmp /var/log /var/lib/muster /var/lib/waagent; do ln -s ${outside} $path; done`,
      `for name in ready instance.json user-data; do ln -s ${outside}/$name /run/muster/$name; done`,
      `mkfifo /run/muster/.pipe`,
    ].join('\n');
    expect(await h.run(G, script)).toMatchObject({ exitCode: 0 });
    // The driver writes there while the guest runs, before it boots, and reads whether it is ready.
    await h.guests.reconfigure(G, { generation: 1, spec: { ...BASE, userData: 'bmV3' } });
    await h.reopen();
    await h.guests.restart(G, { generation: 2, spec: BASE, newHost: false, graceful: false });
    await h.ready(G, 2);
    expect((await h.run(G, 'echo still here')).exitCode).not.toBe(0);
    await h.guests.reimage(G, { generation: 3, spec: BASE, dataDisks: 'keep' });
    await h.ready(G, 3);
    expect((await h.run(G, 'echo here')).stdout).toBe('here\n');
    expect(await fs.readdir(outside)).toEqual([]);
  });

  test('names that could lead out of the directory name no guest', async () => {
    const h = await open();
    for (const handle of ['..', '../x', '.hidden', 'a/b', '', 'a'.repeat(300)]) {
      await expect(h.guests.create(handle, BASE)).rejects.toMatchObject({ kind: 'permanent' });
      expect(await h.guests.get(handle)).toBeUndefined();
      await h.guests.delete(handle);
    }
    expect((await fs.readdir(h.directory)).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  test('a guest that is being deleted takes no other verb', async () => {
    const h = await open();
    await h.created(G);
    const removal = h.guests.delete(G);
    await h.until(async () => (await h.guests.get(G))?.power === 'stopping');
    await expect(h.guests.create(G, BASE)).rejects.toMatchObject({ kind: 'transient' });
    await removal;
    await h.until(async () => (await h.guests.get(G)) === undefined);
  });
});
