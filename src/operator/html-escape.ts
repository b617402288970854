// HTML escape: any text as text in an element or in a quoted attribute. What HTML cannot hold becomes U+FFFD.

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, (mark) => NAMED[mark] ?? '');
}
