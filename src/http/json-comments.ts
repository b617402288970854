// JSON as templates are written and as az sends them: with comments, with texts over several lines, and with the one member
// name without quotes that az puts before a template. Must hold: what is inside a text stays as it is, and what is JSON already
// means the same afterwards.
// Source: learn.microsoft.com, "Comments and metadata in templates", "Multi-line strings"; az 2.45, `JsonCTemplatePolicy`.

/** The same as plain JSON. What is neither stays wrong, and whoever parses it says so. */
export function plainJson(text: string): string {
  return text.replaceAll(PIECE, (piece) => {
    if (piece.startsWith('"')) return piece.replaceAll(/\r?\n/g, '\\n');
    // A space, so that what stood on both sides of a comment is not joined.
    return piece.startsWith('/') ? ' ' : `"${piece}"`;
  });
}

/** A text, to its end or that of the document; a comment; a bare name before its colon. */
const PIECE = /"(?:\\[\s\S]|[^"\\])*"?|\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)|[A-Za-z_$][\w$]*(?=\s*:)/g;
