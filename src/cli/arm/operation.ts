// Operation: follows what an answer began to its end, by Azure-AsyncOperation where there is one, else by Location.
// The first look is immediate; then as often as ARM asks for, or at growing distances where it says nothing.

import type { Json, JsonObject } from '../../arm/json.ts';
import type { Arm, ArmAnswer, OperationResult } from '../../operator/arm.ts';
import { errorIn } from '../../operator/arm-refusal.ts';
import { linkRequest } from '../../operator/link.ts';
import { isFields } from '../json-file.ts';
import { Problem } from '../problem.ts';
import { retryAfter } from './throttle.ts';

interface Time {
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Milliseconds between two looks where ARM does not say: from, to. */
const LOOK = [100, 5000] as const;
/** For an operation URL that carries no api-version of its own, which none does. */
const VERSION = '2024-07-01';

/** @param answer of the request that began it; a refusal is a failed operation, an answer without any URL an ended one */
export async function followOperation(arm: Arm, answer: ArmAnswer, time: Time): Promise<OperationResult> {
  if (answer.status >= 400) return { status: 'Failed', error: errorOf(answer) };
  const { 'azure-asyncoperation': operation, location } = answer.headers;
  if (operation === undefined) {
    if (answer.status !== 202 || location === undefined) return succeeded(answer);
    return await byLocation(arm, location, time);
  }
  for (let look = 0; ; look += 1) {
    const poll = await get(arm, operation);
    if (poll.status >= 400) return { status: 'Failed', error: errorOf(poll) };
    const status = poll.body?.['status'];
    if (status === 'Succeeded') {
      // What an action answers is at its Location; without one, in the status itself (azure-wire 5).
      if (location === undefined) return { status, ...outputIn(poll.body) };
      return succeeded(await get(arm, location));
    }
    if (status === 'Failed' || status === 'Canceled') return { status, error: errorOf(poll) };
    await time.pause(distance(poll, look, time));
  }
}

async function byLocation(arm: Arm, location: string, time: Time): Promise<OperationResult> {
  for (let look = 0; ; look += 1) {
    const poll = await get(arm, location);
    if (poll.status >= 400) return { status: 'Failed', error: errorOf(poll) };
    if (poll.status !== 202) return succeeded(poll);
    await time.pause(distance(poll, look, time));
  }
}

function distance({ headers }: ArmAnswer, look: number, { now }: Time): number {
  const [least, most] = LOOK;
  const asked = retryAfter(headers, now());
  // Zero would be a storm.
  return asked === undefined || asked === 0 ? Math.min(least * 2 ** look, most) : asked;
}

async function get(arm: Arm, link: string): Promise<ArmAnswer> {
  const request = linkRequest(link, VERSION);
  if (request === undefined) throw new Problem('ARM names an operation by something that is no URL.');
  return await arm.send(request);
}

function succeeded({ body }: ArmAnswer): OperationResult {
  return body === undefined ? { status: 'Succeeded' } : { status: 'Succeeded', output: body };
}

function outputIn(body: ArmAnswer['body']): Pick<OperationResult, 'output'> {
  const properties = body?.['properties'];
  const output = isJsonObject(properties) ? properties['output'] : undefined;
  return isJsonObject(output) ? { output } : {};
}

function isJsonObject(value: Json | undefined): value is JsonObject {
  return isFields(value);
}

function errorOf(answer: ArmAnswer): { readonly code: string; readonly message: string } {
  const { code, message } = errorIn(answer.body);
  return { code: code === '' ? String(answer.status) : code, message };
}
