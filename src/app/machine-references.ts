// Machine references: what the own model of a virtual machine names must be there: its image, and the balancers and network
// resources of the interfaces that come with it. Rows that are named are written again with the machine.

import type { Instance } from '../domain/instance.ts';
import { nameOf } from '../domain/instance.ts';
import type { Declared, ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { holdReferences } from './balancer-references.ts';
import { requireImage } from './image-choice.ts';
import { holdNetworkOf } from './network-references.ts';
import type { Plane } from './plane.ts';
import type { Change } from './ports/store.ts';

export function requireMachineImage({ images }: Plane, set: ScaleSet, model: ModelVersion): void {
  requireImage(images, declaredAs(set.declared, model));
}

export async function holdMachineReferences(
  plane: Plane,
  set: ScaleSet,
  instance: Instance,
  model: ModelVersion,
): Promise<readonly Change[]> {
  // As the set of one that it would be, so that a refusal names the machine.
  const alone: ScaleSet = {
    ...set,
    type: 'solo',
    name: nameOf(set.name, instance),
    declared: declaredAs(set.declared, model),
  };
  return [...(await holdReferences(plane, alone)), ...(await holdNetworkOf(plane, alone, undefined))];
}

function declaredAs(declared: Declared, { profile }: ModelVersion): Declared {
  return { ...declared, properties: { ...declared.properties, virtualMachineProfile: profile } };
}
