// Extensions of a set, as resources: each is one member of the model's list, so that a PUT or DELETE of one is a write of
// the model.

import { type Extension, extensionsIn, named, withNamed } from '../domain/extension.ts';
import type { Failure } from '../domain/failure.ts';
import { type Json, type JsonObject, objectAt } from '../domain/json.ts';
import type { Operation } from '../domain/operation.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import {
  resourceNotFound,
  markedForDeletion,
  requireGroup,
  requireLiveSet,
  requireSet,
  requireWritableGroup,
  type SetRef,
} from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import type { Change } from './ports/store.ts';
import { editModel } from './write-scale-set.ts';

export interface SetExtensionRef extends SetRef {
  readonly extension: string;
}

export interface SetExtension {
  readonly set: ScaleSet;
  readonly extension: Extension;
}

export interface SetExtensionWritten extends SetExtension {
  readonly created: boolean;
  readonly operation: Operation;
}

const EDITED = 'Update Virtual Machine Scale Set';

export async function listSetExtensions(
  plane: Plane,
  ref: SetRef,
): Promise<{ set: ScaleSet; extensions: readonly Extension[] }> {
  const set = await requireSet(plane, ref);
  return { set, extensions: declaredIn(set) };
}

export async function getSetExtension(plane: Plane, ref: SetExtensionRef): Promise<SetExtension> {
  const set = await requireSet(plane, ref);
  return { set, extension: require(set, ref.extension) };
}

/** `patch`: members of `properties` that are left out stay as they are. */
export async function writeSetExtension(
  plane: Plane,
  origin: Origin,
  request: SetExtensionRef & { readonly body: JsonObject; readonly style: 'put' | 'patch' },
): Promise<SetExtensionWritten> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const current = await requireLiveSet(plane, request, EDITED);
    const list = declaredIn(current);
    const before = named(list, request.extension);
    if (before === undefined && request.style === 'patch') throw notFound(current, request.extension);
    const name = before?.name ?? request.extension;
    const given = objectAt(request.body, 'properties') ?? {};
    const properties = request.style === 'patch' ? { ...before?.properties, ...given } : given;
    const edited = withNamed(list, { name, properties });
    const { changes, answer } = await edit(plane, origin, current, { list: edited, name, verb: 'write' });
    const { set, operation } = answer;
    const extension = require(set, name);
    return { changes, answer: { set, extension, created: before === undefined, operation } };
  });
}

/** Answers undefined when there is no such extension, or no such set. */
export async function deleteSetExtension(
  plane: Plane,
  origin: Origin,
  request: SetExtensionRef,
): Promise<Operation | undefined> {
  return decideAndCommit(
    plane,
    async (): Promise<{ changes: readonly Change[]; answer: Operation | undefined }> => {
      const current = await plane.store.scaleSet(request.group, request.name);
      if (current === undefined) await requireGroup(plane, request.group);
      const before = current === undefined ? [] : declaredIn(current);
      const gone = named(before, request.extension);
      if (current === undefined || gone === undefined) return { changes: [], answer: undefined };
      if (current.deleting) throw markedForDeletion(current, EDITED);
      const list = before.filter((one) => one !== gone);
      const { changes, answer } = await edit(plane, origin, current, {
        list,
        name: gone.name,
        verb: 'delete',
      });
      return { changes, answer: answer.operation };
    },
  );
}

interface Edit {
  readonly list: readonly Extension[];
  readonly name: string;
  readonly verb: 'write' | 'delete';
}

function edit(
  plane: Plane,
  origin: Origin,
  current: ScaleSet,
  { list, name, verb }: Edit,
): ReturnType<typeof editModel> {
  const profile = objectAt(current.declared.properties, 'virtualMachineProfile', 'extensionProfile');
  const extensions = list.map((one): Json => ({ name: one.name, properties: one.properties }));
  const extensionProfile = { ...profile, extensions };
  return editModel(plane, origin, current, {
    body: { properties: { virtualMachineProfile: { extensionProfile } } },
    part: {
      name: `Microsoft.Compute/virtualMachineScaleSets/extensions/${verb}`,
      below: `/extensions/${name}`,
    },
  });
}

function declaredIn({ declared }: ScaleSet): readonly Extension[] {
  return extensionsIn(objectAt(declared.properties, 'virtualMachineProfile') ?? {});
}

function require(set: ScaleSet, name: string): Extension {
  const extension = named(declaredIn(set), name);
  if (extension === undefined) throw notFound(set, name);
  return extension;
}

function notFound(set: ScaleSet, name: string): Failure {
  return resourceNotFound(set.group, `${set.name}/extensions/${name}`);
}
