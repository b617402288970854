// Words: what a refusal says, from whatever body it came with.

import { isFields } from '../json-file.ts';

/** The JSON value of a body; undefined where there is none, or something else than JSON. */
export function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** ARM's `{error:{code,message}}` or OAuth's `{error,error_description}`: `: Code: message`, or a full stop. */
export function wordsOf(answer: unknown): string {
  if (!isFields(answer)) return '.';
  const { error, error_description: description } = answer;
  if (typeof error === 'string') return `: ${typeof description === 'string' ? description : error}`;
  if (!isFields(error)) return '.';
  return `: ${String(error.code)}: ${String(error.message)}`;
}
