// Base64 (RFC 4648, section 4), by hand as `utf8` is.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function base64Of(bytes: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    parts.push(
      ALPHABET.charAt(word >> 18),
      ALPHABET.charAt((word >> 12) & 63),
      b === undefined ? '=' : ALPHABET.charAt((word >> 6) & 63),
      c === undefined ? '=' : ALPHABET.charAt(word & 63),
    );
  }
  return parts.join('');
}

/** Undefined when it is none. White space means nothing, as with .NET; the padding must be there. */
export function bytesOfBase64(text: string): readonly number[] | undefined {
  const digits = text.replaceAll(/\s/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(digits)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < digits.length; at += 4) {
    const [a = 0, b = 0, c = -1, d = -1] = Array.from(digits.slice(at, at + 4), (digit) =>
      ALPHABET.indexOf(digit),
    );
    bytes.push((a << 2) | (b >> 4));
    if (c >= 0) bytes.push(((b & 15) << 4) | (c >> 2));
    if (d >= 0) bytes.push(((c & 3) << 6) | d);
  }
  return bytes;
}
