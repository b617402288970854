// Solo set: the set of one that a virtual machine without a scale set is, so that everything that runs sets runs it (ADR 0018).
// What must hold: it has one machine, whose name it has; nothing is ever made from its own model, which is empty.

import { modelOf } from './model.ts';
import { type ModelVersion, NO_SKU, type ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';

export interface SoloMachine {
  readonly uid: string;
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly zone?: string;
  readonly operation: string;
  readonly now: Time;
}

/** With its machine in it, whose own model is version -1. Nothing is left to be done for it. */
export function soloSet({ uid, group, name, location, zone, operation, now }: SoloMachine): {
  readonly set: ScaleSet & { readonly lastOwnModel: number };
  readonly model: ModelVersion;
} {
  const set = {
    uid,
    type: 'solo' as const,
    group,
    name,
    revision: 0,
    etag: 1,
    created: now,
    declared: {
      location,
      tags: {},
      sku: { ...NO_SKU, capacity: 1 },
      zones: zone === undefined ? [] : [zone],
      properties: {
        orchestrationMode: 'Flexible',
        singlePlacementGroup: false,
        upgradePolicy: { mode: 'Manual' },
        platformFaultDomainCount: 1,
      },
      extra: {},
    },
    model: 1,
    nextInstanceId: 1,
    lastOwnModel: -1,
    generation: 1,
    settled: 1,
    settledAt: now,
    operation,
  };
  return { set, model: modelOf(uid, 1, set.declared, now) };
}
