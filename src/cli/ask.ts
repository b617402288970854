// Ask: one question to the person at the terminal, on standard error, so that standard output stays what was asked for.

import { createInterface } from 'node:readline/promises';

interface Streams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** Undefined where standard input is no terminal, or ends. */
export async function askPerson(
  question: string,
  { input, output }: Streams = { input: process.stdin, output: process.stderr },
): Promise<string | undefined> {
  if (input.isTTY !== true) return undefined;
  const lines = createInterface({ input, output });
  try {
    const closed = new Promise<undefined>((resolve) => {
      lines.once('close', () => resolve(undefined));
    });
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
}
