// Extensions of one instance, as resources: what its model gives it, and what was declared for it alone. Writing one is a
// verb of its own: the operation ends when the extension has.

import { withoutNulls } from '../domain/declaration.ts';
import { type Extension, modelExtensions, named, withNamed, withOwn } from '../domain/extension.ts';
import { extensionsState } from '../domain/extension-record.ts';
import { checkAllowed, checkExtensions, keptSecrets } from '../domain/extension-rules.ts';
import { Failure } from '../domain/failure.ts';
import { type Instance, nameOf } from '../domain/instance.ts';
import { type JsonObject, objectAt } from '../domain/json.ts';
import type { Operation } from '../domain/operation.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { aboutInstance } from '../domain/begun-operation.ts';
import { busy, newTask, withTask } from '../domain/verb.ts';
import { beginOperation } from './begin-operation.ts';
import { instanceNotFound, type InstanceRef, requireInstance, requireMember, updateWord } from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';
import { type Change, put } from './ports/store.ts';

export interface InstanceExtensionRef extends InstanceRef {
  readonly extension: string;
}

export interface InstanceExtension {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly extension: Extension;
}

export interface InstanceExtensionWritten extends InstanceExtension {
  readonly created: boolean;
  readonly operation: Operation;
}

export async function listInstanceExtensions(
  plane: Plane,
  ref: InstanceRef,
): Promise<{ set: ScaleSet; instance: Instance; extensions: readonly Extension[] }> {
  const { set, instance } = await requireInstance(plane, ref);
  const model = await requireModel(plane.store, set.uid, instance.model);
  return { set, instance, extensions: extensionsOf(model, instance) };
}

export async function getInstanceExtension(
  plane: Plane,
  ref: InstanceExtensionRef,
): Promise<InstanceExtension> {
  const { set, instance, extensions } = await listInstanceExtensions(plane, ref);
  const extension = named(extensions, ref.extension);
  if (extension === undefined) throw notFound(set, instance, ref.extension);
  return { set, instance, extension };
}

/** `patch`: members of `properties` that are left out stay as they are. */
export async function writeInstanceExtension(
  plane: Plane,
  origin: Origin,
  request: InstanceExtensionRef & { readonly body: JsonObject; readonly style: 'put' | 'patch' },
): Promise<InstanceExtensionWritten> {
  return decideAndCommit(plane, async () => {
    const { set, instance, model } = await requireReady(plane, request);
    const present = extensionsOf(model, instance);
    const before = named(present, request.extension);
    if (before === undefined && request.style === 'patch') throw notFound(set, instance, request.extension);
    const name = before?.name ?? request.extension;
    const extension = { name, properties: propertiesOf(request, before) };
    const next = withNamed(extensionsState(instance).own, extension);
    checkExtensions(nameOf(set.name, instance), withOwn(modelExtensions(model), next), present);
    checkAllowed(model.profile, next.length);
    const { changes, answer } = configure(plane, origin, { set, instance, own: next, name, verb: 'write' });
    return { changes, answer: { ...answer, set, extension, created: before === undefined } };
  });
}

/** Answers undefined when there is no such extension. */
export async function deleteInstanceExtension(
  plane: Plane,
  origin: Origin,
  request: InstanceExtensionRef,
): Promise<Operation | undefined> {
  return decideAndCommit(
    plane,
    async (): Promise<{ changes: readonly Change[]; answer: Operation | undefined }> => {
      const { set, instance: seen } = await requireMember(plane, request, 'delete');
      const seenModel = await requireModel(plane.store, set.uid, seen.model);
      const present = extensionsOf(seenModel, seen);
      if (named(present, request.extension) === undefined) return { changes: [], answer: undefined };
      const { instance, model } = await requireReady(plane, request);
      const { own } = extensionsState(instance);
      const gone = named(own, request.extension);
      if (gone === undefined) {
        throw new Failure(
          'operationNotAllowed',
          `Extension '${request.extension}' of VM '${nameOf(set.name, instance)}' is part of the model of its scale set: remove it from the scale set and update the instance.`,
        );
      }
      const next = own.filter((one) => one !== gone);
      checkExtensions(nameOf(set.name, instance), withOwn(modelExtensions(model), next), present);
      const edit = { set, instance, own: next, name: gone.name, verb: 'delete' as const };
      const { changes, answer } = configure(plane, origin, edit);
      return { changes, answer: answer.operation };
    },
  );
}

function extensionsOf(model: ModelVersion, instance: Instance): readonly Extension[] {
  return withOwn(modelExtensions(model), extensionsState(instance).own);
}

async function requireReady(
  plane: Plane,
  request: InstanceExtensionRef,
): Promise<{ set: ScaleSet; instance: Instance; model: ModelVersion }> {
  const { set, instance } = await requireMember(plane, request, updateWord(request));
  if (instance.task !== undefined) throw busy();
  if (instance.observed.power !== 'running') {
    throw new Failure(
      'operationNotAllowed',
      'Cannot modify extensions in the VM when the VM is not running.',
    );
  }
  return { set, instance, model: await requireModel(plane.store, set.uid, instance.model) };
}

function propertiesOf(
  { body, style }: { readonly body: JsonObject; readonly style: 'put' | 'patch' },
  before: Extension | undefined,
): JsonObject {
  const { provisioningState: _state, instanceView: _view, ...given } = objectAt(body, 'properties') ?? {};
  if (style === 'patch') return withoutNulls({ ...before?.properties, ...given }) as JsonObject;
  const properties = withoutNulls(given) as JsonObject;
  if (before === undefined) return properties;
  return objectAt(keptSecrets({ name: before.name, properties }, [before]), 'properties') ?? properties;
}

interface Edit {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly own: readonly Extension[];
  readonly name: string;
  readonly verb: 'write' | 'delete';
}

function configure(
  plane: Plane,
  origin: Origin,
  { set, instance, own, name, verb }: Edit,
): { changes: readonly Change[]; answer: { instance: Instance; operation: Operation } } {
  const { operation, changes } = beginOperation(
    plane,
    origin,
    aboutInstance(set, instance, {
      id: plane.ids.guid(),
      action: `extensions/${verb}`,
      below: `/extensions/${name}`,
    }),
  );
  const now = plane.clock.now();
  const edited = { ...instance, extensions: { ...extensionsState(instance), own } };
  const next = withTask(edited, edited.wanted, newTask('configure', operation.id, now));
  return { changes: [put('instance', next), ...changes], answer: { instance: next, operation } };
}

function notFound(set: ScaleSet, instance: Instance, name: string): Failure {
  return instanceNotFound(set, instance, `/extensions/${name}`);
}
