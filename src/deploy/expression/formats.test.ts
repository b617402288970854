// .NET's formats of numbers and of times, timestamps, durations, and IP networks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTime } from './date-format.ts';
import { addDuration, parseCalendarDuration, parseTimestamp } from './date-time.ts';
import { lastAddress, parseNetwork, printAddress, sizeOf } from './ip-network.ts';
import { formatNumber } from './number-format.ts';

describe('numbers', () => {
  test.each([
    [1234, 'D6', '001234'],
    [-1234, 'D6', '-001234'],
    [1234567, 'N0', '1,234,567'],
    [-1234567, 'N', '-1,234,567.00'],
    [0, 'N0', '0'],
    [1.5, 'F0', '2'],
    [1234.5, 'F', '1234.50'],
    [255, 'X', 'FF'],
    [255, 'x4', '00ff'],
    [-1, 'X', 'FFFFFFFFFFFFFFFF'],
    [12, 'P0', '1,200 %'],
    [1234.5, 'C', '¤1,234.50'],
    [-1, 'C0', '(¤1)'],
    [1234, 'E2', '1.23E+003'],
    [1234, 'e', '1.234000e+003'],
    [1234, 'G', '1234'],
    [7, '000', '007'],
    [7, 'vm-000', 'vm-007'],
    [1234567, '#,##0', '1,234,567'],
    [1.5, '0.00', '1.50'],
    [1.5, '0.##', '1.5'],
    [0, '#', ''],
    [-3, '00', '-03'],
  ])('%d as %s is %s', (value, format, text) => {
    expect(formatNumber(value, format)).toBe(text);
  });

  test.each(['Q', 'D100', '0;0', '0.0.0', '0%', 'a'.repeat(101)])('%s is no format', (format) => {
    expect(formatNumber(7, format)).toBeUndefined();
  });

  test('a fraction has no decimal and no hexadecimal form', () => {
    expect(formatNumber(1.5, 'D')).toBeUndefined();
    expect(formatNumber(1.5, 'X')).toBeUndefined();
  });

  test('any integer comes back from its groups', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const text = formatNumber(value, 'N0') ?? '';
        expect(Number(text.replaceAll(',', ''))).toBe(value === 0 ? 0 : value);
        expect(text).toMatch(/^-?\d{1,3}(,\d{3})*$/);
      }),
    );
  });
});

describe('times', () => {
  const time = Date.parse('2026-03-05T17:08:09.042Z');

  test.each([
    ['d', '03/05/2026'],
    ['D', 'Thursday, 05 March 2026'],
    ['f', 'Thursday, 05 March 2026 17:08'],
    ['F', 'Thursday, 05 March 2026 17:08:09'],
    ['g', '03/05/2026 17:08'],
    ['G', '03/05/2026 17:08:09'],
    ['M', 'March 05'],
    ['o', '2026-03-05T17:08:09.0420000Z'],
    ['R', 'Thu, 05 Mar 2026 17:08:09 GMT'],
    ['s', '2026-03-05T17:08:09'],
    ['t', '17:08'],
    ['T', '17:08:09'],
    ['u', '2026-03-05 17:08:09Z'],
    ['U', 'Thursday, 05 March 2026 17:08:09'],
    ['y', '2026 March'],
    ['yyyyMMddTHHmmssZ', '20260305T170809Z'],
    ['%d', '5'],
    ['M d', '3 5'],
    ['ddd dddd MMM MMMM', 'Thu Thursday Mar March'],
    ['y yy yyy yyyy yyyyy', '26 26 2026 2026 02026'],
    ['h hh H HH m mm s ss', '5 05 17 17 8 08 9 09'],
    ['t tt', 'P PM'],
    ['f ff fff ffff fffffff', '0 04 042 0420 0420000'],
    ['F FF FFF FFFFFFF', ' 04 042 042'],
    ['\'year\' yyyy "x" \\d', 'year 2026 x d'],
    ['z zz zzz K', '+0 +00 +00:00 Z'],
    ['HH:mm:ss.F', '17:08:09'],
  ])('as %s: %s', (format, text) => {
    expect(formatTime(time, format)).toBe(text);
  });

  test('midnight and noon have an hour twelve', () => {
    expect(formatTime(Date.parse('2026-01-01T00:00:00Z'), 'hh tt')).toBe('12 AM');
    expect(formatTime(Date.parse('2026-01-01T12:00:00Z'), 'hh tt')).toBe('12 PM');
  });

  test('of another place', () => {
    expect(formatTime(time, 'HH:mm zzz', 330)).toBe('22:38 +05:30');
    expect(formatTime(time, 'HH:mmK', -210)).toBe('13:38-03:30');
  });

  test.each(['', 'Q', "'open", '\\', 'ffffffff', 'd'.repeat(1001)])('%s is no format', (format) => {
    expect(formatTime(time, format)).toBeUndefined();
  });

  test('is read from any of its forms, and written in the same', () => {
    const when = fc.date({
      min: new Date('0002-01-01T00:00:00Z'),
      max: new Date('9998-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    const forms = [
      'o',
      's',
      'u',
      "yyyy-MM-dd'T'HH:mm:ss.fffzzz",
      'yyyyMMddTHHmmssZ',
      'yyyy-MM-dd HH:mm',
      'yyyy-MM-dd',
      'yyyyMMdd',
    ];
    fc.assert(
      fc.property(when, fc.constantFrom(...forms), fc.constantFrom(0, 60, -210), (date, form, offset) => {
        const text = formatTime(date.getTime(), form, form.includes('zzz') ? offset : 0);
        const read = parseTimestamp(text ?? '')!;
        expect(formatTime(read.time, read.format, read.offset)).toBe(text);
      }),
    );
  });

  test.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-01T24:00:00Z',
    '2026-01-01T10:61Z',
    '0000-01-01',
    '2026-1-1',
    '20260101T10Z',
    '2026-01-01T10:00:00+15:00',
    'now',
    '',
  ])('%s is none', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});

describe('durations', () => {
  const DAY = 86_400_000;

  test.each([
    ['P1Y', 12, 0],
    ['-P1Y2M', -14, 0],
    ['P1W', 0, 7 * DAY],
    ['P1DT1H1M1S', 0, DAY + 3_661_000],
    ['PT0.5S', 0, 500],
    ['-P9D', 0, -9 * DAY],
    ['P0D', 0, 0],
    ['-PT0S', 0, 0],
  ])('%s', (text, months, milliseconds) => {
    expect(parseCalendarDuration(text)).toEqual({ months, milliseconds });
  });

  test.each(['', 'P', 'PT', 'P1', '1D', 'P1H', 'PT1D', 'P1DT', 'p1d', 'P-1D', 'PTASDIONS1D', 'P1D '])(
    '%s is none',
    (text) => {
      expect(parseCalendarDuration(text)).toBeUndefined();
    },
  );

  test('of days, hours and less are added and taken away again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: -1e12, max: 1e12 }),
        (time, milliseconds) => {
          const sum = addDuration(time, { months: 0, milliseconds });
          expect(sum).toBe(time + milliseconds);
        },
      ),
    );
  });

  test('of months keep the day, or take the last that there is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: -1200, max: 1200 }),
        (time, months) => {
          const sum = new Date(addDuration(time, { months, milliseconds: 0 }) ?? Number.NaN);
          const start = new Date(time);
          const wanted = start.getUTCFullYear() * 12 + start.getUTCMonth() + months;
          expect(sum.getUTCFullYear() * 12 + sum.getUTCMonth()).toBe(wanted);
          expect(sum.getTime() % DAY).toBe(((time % DAY) - (sum.getTime() < 0 ? DAY : 0)) % DAY);
          const tomorrow = new Date(sum.getTime() + DAY);
          expect(sum.getUTCDate() === start.getUTCDate() || tomorrow.getUTCDate() === 1).toBe(true);
        },
      ),
    );
  });

  test('that lead out of the calendar are refused', () => {
    expect(addDuration(0, { months: 12 * 9000, milliseconds: 0 })).toBeUndefined();
    expect(addDuration(0, { months: 0, milliseconds: -1e17 })).toBeUndefined();
  });
});

describe('networks', () => {
  test.each([
    ['10.0.0.5/8', '10.0.0.0', '10.255.255.255'],
    ['::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:DB8::1/64', '2001:db8::', '2001:db8::ffff:ffff:ffff:ffff'],
    ['1:0:0:2:0:0:0:3/128', '1:0:0:2::3', '1:0:0:2::3'],
    ['0:1:0:1:0:1:0:1/128', '0:1:0:1:0:1:0:1', '0:1:0:1:0:1:0:1'],
    ['::1/128', '::1', '::1'],
  ])('%s is from %s to %s', (text, first, last) => {
    const network = parseNetwork(text)!;
    expect(printAddress(network.version, network.address)).toBe(first);
    expect(printAddress(network.version, lastAddress(network))).toBe(last);
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.00/8',
    '010.0.0.0/8',
    '256.0.0.0/8',
    '::/129',
    ':::/1',
    '1::2::3/64',
    '1:2:3:4:5:6:7/64',
    '1:2:3:4:5:6:7:8::/64',
    'g::/64',
    '::12345/64',
    '10.0.0.0/8 ',
  ])('%s is none', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  test('any address is printed and read back, whatever its length of prefix', () => {
    const four = fc.record({ version: fc.constant(4 as const), address: fc.bigInt(0n, 2n ** 32n - 1n) });
    // Groups of zeros are what may be left out.
    const six = fc
      .array(fc.constantFrom<bigint>(0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
      .map((groups) => ({
        version: 6 as const,
        address: groups.reduce((sum, group) => (sum << 16n) | group, 0n),
      }));
    fc.assert(
      fc.property(fc.oneof(four, six), fc.nat(32), ({ version, address }, length) => {
        const bits = version === 4 ? 32 : 128;
        expect(parseNetwork(`${printAddress(version, address)}/${bits}`)?.address).toBe(address);
        const network = parseNetwork(`${printAddress(version, address)}/${length}`)!;
        expect(network.address <= address && address <= lastAddress(network)).toBe(true);
        expect(lastAddress(network) - network.address + 1n).toBe(sizeOf(version, length));
      }),
    );
  });
});
