// UTF-8 of texts and back, by hand: this folder compiles without the classes that Node and browsers have for it.
// A half of a surrogate pair, and bytes that are no UTF-8, become U+FFFD, as with .NET.

const REPLACEMENT = 0xfffd;

export function utf8Of(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0) ?? REPLACEMENT;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return bytes;
}

export function textOfUtf8(bytes: readonly number[]): string {
  const characters: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { code, length } = codeAt(bytes, at);
    characters.push(String.fromCodePoint(code));
    at += length;
  }
  return characters.join('');
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}

/** What is wrong counts as one character as far as it could still have become right, as the Unicode standard recommends. */
function codeAt(bytes: readonly number[], at: number): { readonly code: number; readonly length: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { code: first, length: 1 };
  if (first < 0xc2 || first > 0xf4) return { code: REPLACEMENT, length: 1 };
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  let code = first & (0xff >> (length + 1));
  for (let next = 1; next < length; next += 1) {
    const [low, high] = next === 1 ? secondByte(first) : [0x80, 0xbf];
    const byte = bytes[at + next] ?? 0;
    if (byte < low || byte > high) return { code: REPLACEMENT, length: next };
    code = (code << 6) | (byte & 0x3f);
  }
  return { code, length };
}

/** Narrower where another form would be shorter, or half of a surrogate pair, or beyond the last character. */
function secondByte(first: number): readonly [low: number, high: number] {
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return [low, high];
}
