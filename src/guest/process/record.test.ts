// What verbs make of a guest's record, and the steps that lead from there: alone, and over any history.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { GuestSpec } from '../../domain/guest.ts';
import { type Facts, GRACE, nextStep } from './next-step.ts';
import {
  type Boot,
  booted,
  buried,
  deleted,
  type GuestRecord,
  hostLost,
  newRecord,
  reconfigured,
  released,
  started,
  stateOf,
  stopped,
  turned,
  turnedOver,
  unbooted,
} from './record.ts';

const SPEC: GuestSpec = { name: 'web_0', computerName: 'web000000', image: 'base', size: 's', dataDisks: [] };
const OTHER: GuestSpec = { ...SPEC, image: 'web' };
const BOOT: Boot = { token: 'boot-1', machine: 'machine-1', isolation: 'namespaces' };
const ADDRESS = { host: '127.90.1.1', port: 8080 };

const fresh = newRecord('g', SPEC);
const running: GuestRecord = booted({ ...fresh, laid: true, address: ADDRESS }, BOOT, 1000);
const off = buried(stopped(running, { graceful: false, release: false }, 2000), 'machine-1');
const restart = (generation: number, newHost = false) => ({ generation, spec: OTHER, newHost });

describe('stop', () => {
  test('begins the end of the boot and says who wanted it', () => {
    const record = stopped(running, { graceful: true, release: false }, 2000);
    expect(record).toMatchObject({
      power: 'off',
      cause: 'asked',
      boot: { ending: { graceful: true, since: 2000 } },
    });
  });

  test('a hard one cuts a graceful one short, and never the other way', () => {
    const graceful = stopped(running, { graceful: true, release: false }, 2000);
    const hard = stopped(graceful, { graceful: false, release: false }, 3000);
    expect(hard.boot?.ending).toEqual({ graceful: false, since: 2000 });
    expect(stopped(hard, { graceful: true, release: false }, 4000).boot?.ending).toEqual({
      graceful: false,
      since: 2000,
    });
  });

  test('does not give a released guest its address back', () => {
    const record = released(stopped(off, { graceful: true, release: true }, 1));
    expect(stopped(record, { graceful: true, release: false }, 2).power).toBe('released');
    expect(stateOf(record, undefined, false)).toMatchObject({ power: 'deallocated' });
    expect(stateOf(record, undefined, false)).not.toHaveProperty('address');
  });
});

describe('restart and reimage', () => {
  test('are taken on once for each generation', () => {
    const record = turned(running, restart(2), true, 2000);
    expect(turned(record, restart(2), true, 3000)).toBe(record);
    expect(turned(record, restart(1), true, 3000)).toBe(record);
    expect(turned(turnedOver(record), restart(2), true, 3000)).toEqual(turnedOver(record));
  });

  test('one taken on while another is under way does the work of both', () => {
    const first = turned(
      running,
      { generation: 1, spec: SPEC, newHost: false, reimage: 'fresh' as const },
      false,
      1,
    );
    const both = turned(first, restart(2, true), true, 2);
    expect(both.turn).toEqual({ generation: 2, spec: OTHER, newHost: true, reimage: 'fresh' });
    const kept = turned(
      both,
      { generation: 3, spec: OTHER, newHost: false, reimage: 'keep' as const },
      true,
      3,
    );
    expect(kept.turn).toMatchObject({ reimage: 'fresh', newHost: true });
  });

  test('a restart keeps disk and address, a new host frees the address, a reimage the disk', () => {
    expect(turnedOver(turned(off, restart(1), true, 1))).toMatchObject({
      laid: true,
      address: ADDRESS,
      spec: OTHER,
      generation: 1,
    });
    expect(turnedOver(turned(off, restart(1, true), true, 1))).not.toHaveProperty('address');
    const reimage = { ...restart(1), reimage: 'keep' as const };
    expect(turnedOver(turned(off, reimage, true, 1))).toMatchObject({ laid: false, address: ADDRESS });
  });

  test('show while they are under way, as what is left to do', () => {
    const taken = turned(running, restart(1), true, 1);
    expect(stateOf(taken, 'running', true)).toMatchObject({ generation: 1, power: 'stopping', ready: false });
    expect(stateOf(buried(taken, 'machine-1'), undefined, false)).toMatchObject({
      generation: 1,
      power: 'starting',
    });
    const whileOff = turned(off, restart(1), true, 1);
    expect(stateOf(whileOff, undefined, false)).toMatchObject({ power: 'stopping' });
    expect(stateOf(turnedOver(whileOff), undefined, false)).toMatchObject({
      power: 'stopped',
      cause: 'asked',
    });
  });
});

test('reconfigure takes over the spec at once, or joins the turn that is under way', () => {
  expect(reconfigured(running, 1, OTHER)).toMatchObject({ generation: 1, spec: OTHER });
  expect(reconfigured(reconfigured(running, 1, OTHER), 1, SPEC).spec).toBe(OTHER);
  const joined = reconfigured(turned(running, restart(1), true, 1), 2, SPEC);
  expect(joined).toMatchObject({ generation: 0, spec: SPEC, turn: { generation: 2, spec: SPEC } });
});

describe('the end of a boot', () => {
  test('that nobody asked for is the guest’s own, or its host’s', () => {
    expect(buried(running, 'machine-1')).toMatchObject({ power: 'off', cause: 'exited' });
    expect(buried(running, 'machine-2')).toMatchObject({ power: 'off', cause: 'host' });
  });

  test('that was asked for leaves the power as it is wanted', () => {
    expect(off).toMatchObject({ power: 'off', cause: 'asked' });
    expect(buried(turned(running, restart(1), true, 1), 'machine-1').power).toBe('on');
    expect(buried(started(stopped(running, { graceful: true, release: false }, 1)), 'machine-2').power).toBe(
      'on',
    );
  });

  test('with the host leaves alone who was off before', () => {
    expect(hostLost(running, 1)).toMatchObject({ power: 'off', cause: 'host' });
    expect(hostLost(off, 1)).toBe(off);
    expect(stateOf(buried(hostLost(running, 1), 'machine-1'), undefined, false)).toMatchObject({
      cause: 'host',
    });
  });

  test('start takes back why it was off', () => {
    expect(started(off)).not.toHaveProperty('cause');
    expect(started(running)).toBe(running);
  });
});

describe('next step', () => {
  const facts: Facts = { life: 'running', disksDiffer: false, now: 5000 };

  test('asks a guest to shut down for as long as it may take, then ends it', () => {
    const record = stopped(running, { graceful: true, release: false }, 2000);
    expect(nextStep(record, facts)).toEqual({ do: 'terminate', until: 2000 + GRACE });
    expect(nextStep(record, { ...facts, now: 2000 + GRACE })).toEqual({ do: 'kill' });
    expect(nextStep(stopped(running, { graceful: false, release: false }, 1), facts)).toEqual({ do: 'kill' });
  });

  test('ends who is left when the first process is dead, and writes it down when nobody is', () => {
    expect(nextStep(running, { ...facts, life: 'ended' })).toEqual({ do: 'kill' });
    expect(nextStep(running, { ...facts, life: 'gone' })).toEqual({ do: 'bury' });
    expect(nextStep(running, { ...facts, life: 'never' })).toEqual({ do: 'forgetBoot' });
  });

  test('touches the data disks of a running guest, and nothing else of it', () => {
    expect(nextStep(running, facts)).toEqual({ do: 'rest' });
    expect(nextStep(running, { ...facts, disksDiffer: true })).toEqual({ do: 'syncDisks' });
  });

  test('removes a deleted guest only when nothing of it runs', () => {
    const record = deleted(running, 1);
    expect(nextStep(record, facts)).toEqual({ do: 'kill' });
    expect(nextStep(record, { ...facts, life: 'gone' })).toEqual({ do: 'bury' });
    expect(nextStep(buried(record, 'machine-1'), facts)).toEqual({ do: 'remove' });
    expect(deleted(record, 2)).toBe(record);
  });
});

describe('over any history', () => {
  const verb = fc.oneof(
    fc.constant((record: GuestRecord) => started(record)),
    fc.tuple(fc.boolean(), fc.boolean()).map(
      ([graceful, release]) =>
        (record: GuestRecord, now: number) =>
          stopped(record, { graceful, release }, now),
    ),
    fc.tuple(fc.nat(6), fc.boolean(), fc.constantFrom(undefined, 'keep' as const, 'fresh' as const)).map(
      ([generation, newHost, reimage]) =>
        (record: GuestRecord, now: number) =>
          turned(record, { generation, spec: OTHER, newHost, ...(reimage ? { reimage } : {}) }, true, now),
    ),
    fc.nat(6).map((generation) => (record: GuestRecord) => reconfigured(record, generation, OTHER)),
    fc.constant((record: GuestRecord, now: number) => hostLost(record, now)),
  );
  /** What the world does between two verbs: lets the work go on by a step, or ends the guest. */
  const event = fc.constantFrom('step', 'step', 'step', 'crash', 'reboot');

  /** Does a step as the executor does, on a world that is only the record and whether the guest lives. */
  function act(record: GuestRecord, world: { alive: boolean; machine: string }, now: number): GuestRecord {
    const life = record.boot === undefined ? 'gone' : world.alive ? 'running' : 'gone';
    const step = nextStep(record, { life, disksDiffer: false, now });
    switch (step.do) {
      case 'kill':
      case 'terminate':
        world.alive = false;
        return record;
      case 'bury':
        return buried(record, world.machine);
      case 'turn':
        return turnedOver(record);
      case 'freeAddress':
        return released(record);
      case 'boot':
        world.alive = true;
        return booted(
          { ...record, laid: true, address: record.address ?? ADDRESS },
          { ...BOOT, machine: world.machine },
          now,
        );
      case 'forgetBoot':
        return unbooted(record);
      default:
        return record;
    }
  }

  test('the work comes to rest, in the power that is wanted, with nothing taken on left undone', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(verb, event), { maxLength: 40 }), (history) => {
        const world = { alive: false, machine: 'machine-1' };
        let record = fresh;
        let asked = 0;
        for (const [now, happening] of history.entries()) {
          const before = stateOf(record, world.alive ? 'running' : undefined, world.alive).generation;
          if (typeof happening === 'function') {
            record = happening(record, now);
          } else if (happening === 'step') {
            record = act(record, world, now);
          } else {
            world.alive = false;
            if (happening === 'reboot') world.machine = `${world.machine}'`;
          }
          const state = stateOf(record, world.alive ? 'running' : undefined, world.alive);
          // What was seen as taken on is never taken back.
          expect(state.generation).toBeGreaterThanOrEqual(before);
          expect(state.ready && state.power !== 'running').toBe(false);
          asked = Math.max(asked, state.generation);
        }
        for (let count = 0; count < 20; count += 1) record = act(record, world, 1_000_000);
        expect(
          nextStep(record, { life: world.alive ? 'running' : 'gone', disksDiffer: false, now: 1_000_000 }),
        ).toEqual({ do: 'rest' });
        expect(world.alive).toBe(record.power === 'on');
        expect(record.turn).toBeUndefined();
        expect(record.generation).toBe(asked);
        expect(record.address === undefined).toBe(
          record.power === 'released' || (!world.alive && record.address === undefined),
        );
        const state = stateOf(record, world.alive ? 'running' : undefined, world.alive);
        expect(state.power).toBe({ on: 'running', off: 'stopped', released: 'deallocated' }[record.power]);
        expect(state.cause === undefined).toBe(state.power !== 'stopped');
      }),
      { numRuns: 500 },
    );
  });
});
