// Number format: .NET's standard (`D4`, `N0`, `X`, …) and custom (`0000`, `#,##0.00`) formats of numbers, in its invariant culture.

const STANDARD = /^([A-Za-z])(\d*)$/;
const LONGEST = 100;
const MOST_DIGITS = 99;

/** Undefined when there is no such format. */
export function formatNumber(value: number, format: string): string | undefined {
  if (format === '') return String(value);
  if (format.length > LONGEST) return undefined;
  const standard = STANDARD.exec(format);
  if (standard === null) return customFormat(value, format);
  const precision = standard[2] === '' ? undefined : Number(standard[2]);
  if (precision !== undefined && precision > MOST_DIGITS) return undefined;
  const letter = standard[1] ?? '';
  return WRITERS[letter.toUpperCase()]?.(value, precision, letter);
}

type Writer = (value: number, precision: number | undefined, letter: string) => string | undefined;

const WRITERS: Readonly<Record<string, Writer>> = {
  D: (value, precision) =>
    Number.isInteger(value) ? signed(value, padded(String(Math.abs(value)), precision)) : undefined,
  N: (value, precision) => signed(value, grouped(fixed(value, precision))),
  F: (value, precision) => signed(value, fixed(value, precision)),
  G: (value) => String(value),
  R: (value) => String(value),
  P: (value, precision) => signed(value, `${grouped(fixed(value * 100, precision))} %`),
  C: (value, precision) =>
    value < 0 ? `(¤${grouped(fixed(value, precision))})` : `¤${grouped(fixed(value, precision))}`,
  E: exponential,
  X: hexadecimal,
};

function fixed(value: number, precision: number | undefined): string {
  return Math.abs(value).toFixed(precision ?? 2);
}

function padded(digits: string, precision: number | undefined): string {
  return digits.padStart(precision ?? 0, '0');
}

/** No sign for a value that is written as zero. */
function signed(value: number, magnitude: string): string {
  return value < 0 && /[1-9]/.test(magnitude) ? `-${magnitude}` : magnitude;
}

function grouped(number: string): string {
  const [whole = '', fraction] = number.split('.');
  const groups = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

function exponential(value: number, precision: number | undefined, letter: string): string {
  const [mantissa = '', exponent = '+0'] = value.toExponential(precision ?? 6).split('e');
  return `${mantissa}${letter}${exponent.charAt(0)}${exponent.slice(1).padStart(3, '0')}`;
}

/** Of a negative number, what .NET writes of its 64 bits. */
function hexadecimal(value: number, precision: number | undefined, letter: string): string | undefined {
  if (!Number.isInteger(value)) return undefined;
  const digits = BigInt.asUintN(64, BigInt(value)).toString(16);
  return padded(letter === 'X' ? digits.toUpperCase() : digits, precision);
}

/** Digits of `0` and `#`, a comma among them for groups, a point, and any other text around; no sections. */
function customFormat(value: number, format: string): string | undefined {
  const match = /^([^0#.,;%]*)([0#,]*)(?:\.([0#]*))?([^0#.,;%]*)$/.exec(format);
  if (match === null) return undefined;
  const [, before = '', whole = '', fraction = '', after = ''] = match;
  const least = whole.replaceAll(/[^0]/g, '').length;
  const [digits = '', decimals = ''] = Math.abs(value).toFixed(fraction.length).split('.');
  const significant = digits === '0' ? '' : digits;
  const integer = significant.padStart(least, '0');
  const leastDecimals = fraction.lastIndexOf('0') + 1;
  const kept = decimals.slice(leastDecimals).replace(/0+$/, '');
  const shownDecimals = decimals.slice(0, leastDecimals) + kept;
  const number = (whole.includes(',') ? grouped(integer) : integer) + (shownDecimals && `.${shownDecimals}`);
  return signed(value, `${before}${number}${after}`);
}
