// Recovery: that a guest which is lost is made anew under a verb that shows, refuses others, runs the extensions and ends.
import { describe, expect, test } from 'vitest';
import { guestRow, instanceRow, scaleSetRow, THEN } from '../../test/testing/rows.ts';
import { type Extension, extensionPrint } from './extension.ts';
import type { ExtensionRecord } from './extension-record.ts';
import type { Execution, GuestState } from './guest.ts';
import { type Instance, instanceProvisioningState } from './instance.ts';
import { nextStep, type Step } from './next-step.ts';
import { recovery } from './recovery.ts';
import { MINUTE } from './time.ts';
import { busy, refusal } from './verb.ts';

const SETUP: Extension = {
  name: 'setup',
  properties: {
    publisher: 'Microsoft.CPlat.Core',
    type: 'RunCommandLinux',
    typeHandlerVersion: '1.0',
    settings: { script: ['echo hello'] },
  },
};
const HAS_RUN: ExtensionRecord = {
  name: 'setup',
  handler: 'Microsoft.CPlat.Core.RunCommandLinux',
  version: '1.0',
  print: extensionPrint(SETUP),
  run: 1,
  state: 'succeeded',
  since: THEN,
};
const SETTLED = instanceRow({
  id: 3,
  generation: 2,
  extensions: { own: [], records: [HAS_RUN], disk: 2, runs: 1 },
});

function recovering(given: Instance = SETTLED): Instance {
  return recovery(scaleSetRow(), given, 'op', THEN).instance;
}

function step(instance: Instance, guest: GuestState | undefined, execution?: Execution): Step {
  const facts = { declared: [SETUP], budget: 90 * MINUTE, handlers: new Map(), skipSurplus: false };
  return nextStep('web', instance, guest, THEN, { ...facts, ...(execution && { execution }) });
}

/** What stands when nothing is left to be saved. */
function saved(given: Instance, guest: GuestState | undefined, execution?: Execution): Instance {
  let row = given;
  for (let next = step(row, guest, execution); next.kind === 'save'; next = step(row, guest, execution))
    row = next.instance;
  return row;
}

describe('an instance whose guest is lost', () => {
  test('is Updating with a verb in hand, and refuses any other', () => {
    const row = recovering();
    expect(instanceProvisioningState(row)).toBe('Updating');
    expect(refusal('web', row, 'restart', true)).toEqual(busy());
    expect(row.task?.deadline).toBe(THEN + 40 * MINUTE);
    expect(row.wanted).toEqual(SETTLED.wanted);
    expect(row.etag).toBe(SETTLED.etag + 1);
  });

  test('has an operation of its own, about it alone', () => {
    const { beginning, description } = recovery(scaleSetRow(), SETTLED, 'op', THEN);
    expect(beginning).toMatchObject({ id: 'op', instances: [3], below: '/virtualMachines/3', group: 'rg' });
    expect(description).toBe('The guest of web_3 is made anew: its host had lost it.');
  });

  test('forgets what ran on the disk that is gone before there is another, and runs it again', () => {
    const forgotten = step(recovering(), undefined);
    if (forgotten.kind !== 'save') throw new Error(`the step is ${forgotten.kind}`);
    expect(forgotten.instance.extensions).toMatchObject({ records: [], runs: 1 });
    expect(step(forgotten.instance, undefined)).toEqual({ kind: 'act', effect: { do: 'create' } });
    const row = saved(forgotten.instance, guestRow());
    // Its number is a new one: the guest has never heard of it.
    expect(step(row, guestRow())).toMatchObject({ kind: 'act', effect: { do: 'exec', key: 'extension-2' } });
    expect(instanceProvisioningState(row)).toBe('Updating');
  });

  test('is Failed and at rest when an extension fails on the new disk', () => {
    const running = saved(saved(recovering(), undefined), guestRow());
    const exited = { state: 'exited', exitCode: 1, stdout: '', stderr: 'no', startedAt: THEN } as const;
    const after = saved(running, guestRow(), exited);
    expect(after.failure?.code).toBe('VMExtensionProvisioningError');
    expect(instanceProvisioningState(after)).toBe('Failed');
    expect(step(after, guestRow())).toEqual({ kind: 'rest' });
  });

  test('does not go on for ever when its guest never comes up', () => {
    const row = recovering();
    const late = row.task?.deadline ?? 0;
    const next = nextStep('web', row, guestRow({ power: 'starting', ready: false }), late);
    expect(next).toMatchObject({ kind: 'save', instance: { failure: { code: 'VMStartTimedOut' } } });
  });
});
