// What triage suggests, typed as it is printed: the options are read as the commands read them, and the guard makes a plan of it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyInventory, fleet, inventoryOf } from '../../../test/testing/inventories.ts';
import { decide } from '../../operator/guard.ts';
import type { Action } from '../../operator/finding.ts';
import type { InstanceFacts, Inventory } from '../../operator/inventory.ts';
import { select } from '../../operator/selection.ts';
import { triage } from '../../operator/triage.ts';
import type { Verb } from '../../operator/verbs.ts';
import { ACTION_OPTIONS, actionOptions, TARGET_OPTIONS } from '../action-options.ts';
import { readArguments } from '../options.ts';
import { COMMANDS } from './table.ts';

const actionsOf = (inventory: Inventory): readonly Action[] =>
  triage(inventory, []).findings.flatMap(({ actions }) => actions);

/** As `muster` does it, up to the plan. */
function typed(command: string, inventory: Inventory) {
  const [program, verb = '', ...args] = command.split(' ');
  expect([program, Object.hasOwn(COMMANDS, verb)]).toEqual(['muster', true]);
  const { values, positionals } = readArguments(verb, args, { ...ACTION_OPTIONS, ...TARGET_OPTIONS });
  const { ids, refusals } = select(inventory, { by: 'ids', ids: positionals });
  if (ids === undefined || verb === 'inspect') return { ids, refusals, plan: undefined, verb };
  const protection = { scaleIn: true, scaleSetActions: true };
  const work = { verb: verb as Verb, verifySeconds: 900, protection };
  return { verb, ids, ...decide(inventory, ids, work, actionOptions(values).flags) };
}

test('every command that is printed is accepted as it is printed, for exactly the instances that it names', () => {
  let commands = 0;
  fc.assert(
    fc.property(anyInventory, (inventory) => {
      for (const { command, ids } of actionsOf(inventory)) {
        if (command === '') continue;
        commands += 1;
        const { verb, refusals, plan, ids: chosen } = typed(command, inventory);
        expect(refusals).toBeUndefined();
        expect(chosen).toEqual(ids);
        if (verb !== 'inspect') expect(plan?.touched).toEqual(ids);
      }
    }),
    { numRuns: 600 },
  );
  expect(commands).toBeGreaterThan(300);
});

const suggestions = (changes: (number: number) => Partial<InstanceFacts>) =>
  actionsOf(inventoryOf(fleet(20, changes))).map(({ verb, ids, command, reason }) => [
    verb,
    ids,
    command,
    reason,
  ]);

test('who is stateful is left to a person; who is protected from scale-in alone has the flag in the command', () => {
  const said = suggestions((n) => {
    if (n === 3) return { health: 'unhealthy' };
    if (n === 4) return { health: 'unhealthy', tags: { 'muster:stateful': 'true' } };
    return n === 5 ? { health: 'unhealthy', protection: { scaleIn: true, scaleSetActions: false } } : {};
  });
  expect(said).toEqual([
    ['restart', ['3'], 'muster restart 3', 'a restart disturbs least: disks, address and id stay'],
    [
      'restart',
      ['5'],
      'muster restart 5 --include-protected',
      'a restart disturbs least: disks, address and id stay; it is protected from scale-in, which this is not',
    ],
    [
      'none',
      ['4'],
      '',
      'whether to restart is for a person to say (muster restart with --include-stateful): Tagged muster:stateful: 4',
    ],
  ]);
});
