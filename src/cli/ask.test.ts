// Asking a person, and not asking where there is none.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askPerson } from './ask.ts';

function terminal(isTTY: boolean) {
  return { input: Object.assign(new PassThrough(), { isTTY }), output: new PassThrough() };
}

test('the question is shown, and the line that follows is the answer', async () => {
  const streams = terminal(true);
  const answer = askPerson('Go on? ', streams);
  streams.input.write('yes\nand more');
  expect(await answer).toBe('yes');
  expect(String(streams.output.read())).toContain('Go on? ');
});

test('an end instead of an answer is none', async () => {
  const streams = terminal(true);
  const answer = askPerson('Go on? ', streams);
  streams.input.end();
  expect(await answer).toBeUndefined();
});

test('where there is no terminal nobody is asked', async () => {
  const streams = terminal(false);
  expect(await askPerson('Go on? ', streams)).toBeUndefined();
  expect(streams.output.read()).toBeNull();
});
