// Simulated disks: what stays through a reimage and a change of data disks, and what goes from guest to guest.

import { describe, expect, test } from 'vitest';
import { DiskShelf } from './disk-shelf.ts';
import { type AttachedDisk, Disks } from './disks.ts';

const OS = '/etc/note';
const DATA = '/mnt/data/lun0/note';
const A: AttachedDisk = { id: 'a', lun: 0 };

function written(shelf = new DiskShelf(), disk = A): Disks {
  const disks = new Disks(shelf, [disk]);
  disks.write(OS, 'os');
  disks.write(DATA, 'data');
  return disks;
}

const contents = (disks: Disks) => [disks.read(OS), disks.read(DATA)];

describe('disks', () => {
  test('hold what was written last', () => {
    const disks = written();
    disks.write(OS, 'newer');
    expect(contents(disks)).toEqual(['newer', 'data']);
    expect(disks.read('/none')).toBeUndefined();
  });

  test('take nothing for a data disk that is not there', () => {
    const disks = written();
    expect(disks.write('/mnt/data/lun1/note', 'x')).toBe(false);
    expect(disks.read('/mnt/data/lun1/note')).toBeUndefined();
  });

  test.each([
    ['keep', A, [undefined, 'data']],
    ['fresh', A, [undefined, undefined]],
    ['fresh', { ...A, attached: true }, [undefined, 'data']],
  ] as const)('are renewed with the data disks: %s, %j', (dataDisks, disk, expected) => {
    const disks = written(new DiskShelf(), disk);
    disks.renew(dataDisks);
    expect(contents(disks)).toEqual(expected);
    expect(disks.write(DATA, 'again')).toBe(true);
  });

  test('keep what is on a data disk that is detached, for whoever gets it', () => {
    const shelf = new DiskShelf();
    const one = written(shelf);
    const two = new Disks(shelf, []);
    one.attach([]);
    expect(contents(one)).toEqual(['os', undefined]);
    expect(shelf.kept).toEqual(['a']);
    two.attach([{ id: 'a', lun: 3 }]);
    expect(two.read('/mnt/data/lun3/note')).toBe('data');
    expect(shelf.kept).toEqual([]);
  });

  test('lose a data disk to whoever gets it next, and to its deletion', () => {
    const shelf = new DiskShelf();
    const one = written(shelf);
    const two = new Disks(shelf, [A]);
    expect([one.read(DATA), two.read(DATA)]).toEqual([undefined, 'data']);
    expect(one.write(DATA, 'mine')).toBe(false);
    one.attach([]);
    expect(two.read(DATA)).toBe('data');
    shelf.delete('a');
    expect(two.read(DATA)).toBeUndefined();
    expect(shelf.kept).toEqual([]);
  });
});
