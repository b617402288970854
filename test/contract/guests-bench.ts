// What the guest contract tests are made of: a driver under test with the few sentences that they share.

import { expect, onTestFinished } from 'vitest';

import { GuestError } from '../../src/app/ports/guests.ts';
import type { GuestErrorKind } from '../../src/app/ports/guests.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import type {
  Execution,
  GuestCommand,
  GuestHandle,
  GuestPower,
  GuestSpec,
  GuestState,
} from '../../src/domain/guest.ts';
import type { GuestsHarness } from './guests-harness.ts';

const SET = '6f0c2f3e-53a6-4a4c-8a54-0d9d8f4a7c11';
export const ONE = guestHandle(SET, 0);
export const TWO = guestHandle(SET, 1);
export const UNKNOWN = guestHandle(SET, 99);

export const SPEC: GuestSpec = {
  name: 'web_0',
  computerName: 'web000000',
  image: 'base',
  size: 'Standard_B1s',
  dataDisks: [],
};
export const GRACEFUL = { graceful: true, release: false } as const;
export const HARD = { graceful: false, release: false } as const;
export const DEALLOCATE = { graceful: true, release: true } as const;

/** Opens a driver of its own for the test, which is gone when the test ends. */
export type OpenBench = () => Promise<Bench>;

/** The harness with the few sentences that the tests below are made of. */
export class Bench {
  readonly harness: GuestsHarness;

  constructor(harness: GuestsHarness) {
    this.harness = harness;
  }

  get guests() {
    return this.harness.guests;
  }

  async state(handle: GuestHandle): Promise<GuestState> {
    const state = await this.guests.get(handle);
    if (!state) throw new Error(`no guest ${handle}`);
    return state;
  }

  /** Waits until the guest's state is as wanted, and answers it. */
  async reach(handle: GuestHandle, wanted: (state: GuestState) => boolean): Promise<GuestState> {
    let found: GuestState | undefined;
    await this.harness.until(async () => {
      const state = await this.guests.get(handle);
      found = state && wanted(state) ? state : undefined;
      return found !== undefined;
    });
    return found as GuestState;
  }

  async power(handle: GuestHandle, power: GuestPower): Promise<GuestState> {
    return this.reach(handle, (state) => state.power === power);
  }

  async ready(handle: GuestHandle, generation = 0): Promise<GuestState> {
    return this.reach(handle, (state) => state.ready && state.generation === generation);
  }

  async gone(handle: GuestHandle): Promise<void> {
    await this.harness.until(async () => (await this.guests.get(handle)) === undefined);
  }

  async created(handle = ONE, spec: GuestSpec = SPEC): Promise<GuestState> {
    await this.guests.create(handle, spec);
    return this.ready(handle);
  }

  async stopped(handle = ONE, spec: GuestSpec = SPEC): Promise<GuestState> {
    await this.created(handle, spec);
    await this.guests.stop(handle, HARD);
    return this.power(handle, 'stopped');
  }

  command(behaviour: Parameters<GuestsHarness['script']>[0], timeoutMs = 3_600_000): GuestCommand {
    return { script: this.harness.script(behaviour), parameters: [], timeoutMs };
  }

  async ended(handle: GuestHandle, key: string): Promise<Execution> {
    let found: Execution | undefined;
    await this.harness.until(async () => {
      found = await this.guests.execution(handle, key);
      return found !== undefined && found.state !== 'running';
    });
    return found as Execution;
  }

  /** The power states seen from now on, each written down once until it changes. */
  record(handle: GuestHandle): GuestPower[] {
    const seen: GuestPower[] = [];
    const look = async () => {
      const power = (await this.guests.get(handle))?.power;
      if (power && seen.at(-1) !== power) seen.push(power);
    };
    onTestFinished(this.guests.watch(() => void look()));
    return seen;
  }
}

/** Changes may come faster than they are looked at, so states may be missed, but never seen out of order. */
export function expectInOrder(seen: readonly GuestPower[], order: readonly GuestPower[]): void {
  let at = 0;
  for (const power of seen) {
    const found = order.indexOf(power, at);
    expect(found, `${power} in ${seen.join(' → ')}, allowed ${order.join(' → ')}`).toBeGreaterThanOrEqual(0);
    at = found;
  }
}

export async function expectRefused(call: Promise<unknown>, kind: GuestErrorKind): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GuestError);
  expect((error as GuestError).kind).toBe(kind);
}
