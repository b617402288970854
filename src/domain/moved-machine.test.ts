// A machine that joins or leaves a set. What never happens: it becomes another machine, gets another guest, or comes to speak for
// the set that it is put into.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { instanceRow, modelRow, scaleSetRow } from '../../test/testing/rows.ts';
import { handleOf } from './guest.ts';
import { hasOwnProfile, type Instance } from './instance.ts';
import { grown } from './machine-membership.ts';
import { guestIdentities, type Identities } from './managed-identity.ts';
import { computerNameOf, sizeOf } from './model.ts';
import { type Moved, movedMachine } from './moved-machine.ts';
import { coresOf } from './quota.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';

const FROM = scaleSetRow({ capacity: 0, nextInstanceId: 9 });
const TO = scaleSetRow({ uid: '5e7a0000-0000-4000-8000-000000000002', name: 'other', capacity: 0 });
const SIZES = ['Standard_B1s', 'Standard_B2s', 'Standard_D2s_v5'] as const;
const lent: Identities = { user: { '/lent': { principalId: 'p', clientId: 'c' } } };

function move(instance: Instance, model: ModelVersion, from: ScaleSet = FROM, to: ScaleSet = TO): Moved {
  return movedMachine({ instance, model, from, to: grown(to) });
}

const taken = (set: ScaleSet, { instance, model: has }: Moved): readonly (readonly [string, number])[] =>
  [...coresOf(set, [instance], [has])].filter(([, count]) => count > 0);

const size = fc.constantFrom(...SIZES);
const model = fc.record({ version: fc.constantFrom(-2, 1), size, mixed: fc.boolean() }).map((one) =>
  modelRow({
    version: one.version,
    size: one.mixed && one.version > 0 ? 'Mix' : one.size,
    ...(one.mixed && one.version > 0
      ? { mix: { vmSizes: SIZES.map((name) => ({ name })), allocationStrategy: 'LowestPrice' as const } }
      : {}),
  }),
);
const machine = fc.record({ model, own: fc.option(size, { nil: undefined }), drawn: size }).map((one) => {
  const given = one.own ?? (one.model.mix === undefined ? undefined : one.drawn);
  const instance = instanceRow({
    model: one.model.version,
    machine: { group: 'rg', name: 'm1' },
    ...(given === undefined ? {} : { size: given }),
  });
  return { model: one.model, instance };
});

describe('a machine that joins or leaves a set', () => {
  test('is the same: its guest, its computer, its size and what it takes of the quotas', () => {
    fc.assert(
      fc.property(machine, ({ instance, model: before }) => {
        const after = move(instance, before);
        expect(handleOf(after.instance)).toBe(handleOf(instance));
        expect(after.instance.vmId).toBe(instance.vmId);
        expect(computerNameOf(after.model, after.instance)).toBe(computerNameOf(before, instance));
        expect(sizeOf(after.instance, after.model)).toBe(sizeOf(instance, before));
        expect(taken(TO, after)).toEqual(taken(FROM, { instance, model: before }));
      }),
    );
  });

  test('has a model of its own, which alone says its size: another size is another version of that', () => {
    fc.assert(
      fc.property(machine, size, ({ instance, model: before }, next) => {
        const after = move(instance, before);
        expect(hasOwnProfile(after.instance)).toBe(true);
        expect(after.model).toMatchObject({ set: TO.uid, version: after.instance.model });
        expect(after.model.mix).toBeUndefined();
        expect(sizeOf(after.instance, { ...after.model, size: next })).toBe(next);
      }),
    );
  });

  test('stays who it was', () => {
    const made = instanceRow({ machine: { group: 'rg', name: 'm1' } });
    const left = move(made, modelRow(), scaleSetRow({ identities: lent })).instance;
    expect(guestIdentities(TO, left)).toEqual(lent);
    const alone = instanceRow({ model: -1, machine: { group: 'rg', name: 'm1' } });
    const joined = move(alone, modelRow({ version: -1 }), FROM, { ...TO, identities: lent }).instance;
    expect(guestIdentities({ identities: lent }, joined)).toBeUndefined();
    const again = move(joined, modelRow({ version: -1 }), { ...TO, identities: lent }, FROM).instance;
    expect(guestIdentities({}, again)).toBeUndefined();
  });
});
