// The operator's side of a wire world: the real handler as its ARM, and the inventory as the operator reads it. Time moves when the
// operator waits.

import type { Inventory } from '../../src/operator/inventory.ts';
import { readInventory } from '../../src/operator/read-inventory.ts';
import { type CountingArm, wireArm } from '../testing/wire-arm.ts';
import type { WireWorld } from './world.ts';

export interface OperatorWorld {
  readonly arm: CountingArm;
  readonly readInventory: () => Promise<Inventory>;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export function operatorOf(world: WireWorld): OperatorWorld {
  const arm = wireArm(world);
  const now = (): number => world.clock.now();
  const ref = { subscription: world.subscriptionId, group: 'rg', set: 'web' };
  return {
    arm,
    now,
    pause: async (milliseconds) => world.advance(milliseconds),
    readInventory: async () => await readInventory(arm, ref, { balancers: true, now }),
  };
}
