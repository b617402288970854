// Simulated disks: what stays through a reimage and a change of data disks.
import { describe, expect, test } from 'vitest';

import { Disks } from './disks.ts';

const OS = '/etc/motd';
const DATA = '/mnt/data/lun0/note';

function written(): Disks {
  const disks = new Disks([0]);
  disks.write(OS, 'os');
  disks.write(DATA, 'data');
  return disks;
}

const contents = (disks: Disks) => [disks.read(OS), disks.read(DATA)];

describe('disks', () => {
  test('keep what was written last', () => {
    const disks = written();
    disks.write(OS, 'newer');
    expect(contents(disks)).toEqual(['newer', 'data']);
    expect(disks.read('/none')).toBeUndefined();
  });

  test('take nothing where there is no disk', () => {
    const disks = written();
    expect(disks.write('/mnt/data/lun1/note', 'x')).toBe(false);
    expect(disks.read('/mnt/data/lun1/note')).toBeUndefined();
  });

  test.for([
    ['keep', [undefined, 'data']],
    ['fresh', [undefined, undefined]],
  ] as const)('are renewed with the data disks: %s', ([dataDisks, expected]) => {
    const disks = written();
    disks.renew(dataDisks);
    expect(contents(disks)).toEqual(expected);
    expect(disks.write(DATA, 'again')).toBe(true);
  });

  test('lose what is on a data disk that is detached, and nothing else', () => {
    const disks = written();
    disks.attach([0, 1]);
    expect(contents(disks)).toEqual(['os', 'data']);
    disks.attach([1]);
    disks.attach([0]);
    expect(contents(disks)).toEqual(['os', undefined]);
  });
});
