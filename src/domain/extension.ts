// Extension: what a model, or one instance for itself, declares to be run in the guest when it is up. Names compare
// without case. What must hold: the order that is worked out has every extension once, and after those that it names.

import { fingerprint } from './fingerprint.ts';
import { asText, flagAt, isObject, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import type { ModelVersion } from './scale-set.ts';

export interface Extension {
  readonly name: string;
  /** As the wire has them, protected settings inside. */
  readonly properties: JsonObject;
}

export function extensionsIn(profile: JsonObject): readonly Extension[] {
  return listAt(profile, 'extensionProfile', 'extensions')
    .filter(isObject)
    .map((given) => ({ name: textAt(given, 'name') ?? '', properties: objectAt(given, 'properties') ?? {} }));
}

const known = new WeakMap<ModelVersion, readonly Extension[]>();

export function modelExtensions(model: ModelVersion): readonly Extension[] {
  const found = known.get(model);
  if (found !== undefined) return found;
  const extensions = extensionsIn(model.profile);
  known.set(model, extensions);
  return extensions;
}

/** What an instance has: its model's, with its own in the place of those of the same name and after them. */
export function withOwn(ofModel: readonly Extension[], own: readonly Extension[]): readonly Extension[] {
  if (own.length === 0) return ofModel;
  const kept = ofModel.map((extension) => named(own, extension.name) ?? extension);
  return [...kept, ...own.filter(({ name }) => named(ofModel, name) === undefined)];
}

export function named<T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined {
  const wanted = name.toLowerCase();
  return list.find((item) => item.name.toLowerCase() === wanted);
}

/** With the item in the place of the one of its name, or after the others. */
export function withNamed<T extends { readonly name: string }>(list: readonly T[], item: T): readonly T[] {
  const old = named(list, item.name);
  return old === undefined ? [...list, item] : list.map((other) => (other === old ? item : other));
}

/** `Microsoft.Azure.Extensions.CustomScript`. */
export function handlerName({ properties }: Extension): string {
  return `${publisherOf(properties)}.${typeOf(properties)}`;
}

export function publisherOf(properties: JsonObject): string {
  return textAt(properties, 'publisher') ?? '';
}

export function typeOf(properties: JsonObject): string {
  return textAt(properties, 'type') ?? '';
}

export function suppressesFailures({ properties }: Extension): boolean {
  return flagAt(properties, 'suppressFailures') === true;
}

/** The names of those that come before it. */
export function predecessors({ properties }: Extension): readonly string[] {
  return listAt(properties, 'provisionAfterExtensions').map(asText);
}

const prints = new WeakMap<JsonObject, string>();

/** Changes when the extension is to be run again: with its settings, its handler, or `forceUpdateTag`. */
export function extensionPrint({ properties }: Extension): string {
  const found = prints.get(properties);
  if (found !== undefined) return found;
  const { publisher, type, typeHandlerVersion, settings, protectedSettings, forceUpdateTag } = properties;
  const print = fingerprint({
    publisher,
    type,
    typeHandlerVersion,
    settings,
    protectedSettings,
    forceUpdateTag,
  });
  prints.set(properties, print);
  return print;
}

/**
 * As declared, but each after those that it names. Names that are not there hold nobody up. Those of a cycle, which no
 * declaration may have, come last.
 */
export function inProvisioningOrder(extensions: readonly Extension[]): readonly Extension[] {
  let left = extensions;
  const ordered: Extension[] = [];
  while (left.length > 0) {
    const next = left.find((extension) =>
      predecessors(extension).every((name) => named(left, name) === undefined),
    );
    if (next === undefined) return [...ordered, ...left];
    ordered.push(next);
    left = left.filter((extension) => extension !== next);
  }
  return ordered;
}

/** Whether some of them wait for each other, or one for itself. */
export function cycleIn(extensions: readonly Extension[]): Extension | undefined {
  let left = extensions;
  for (;;) {
    const free = left.filter((extension) =>
      predecessors(extension).every((name) => named(left, name) === undefined),
    );
    if (free.length === 0) return left[0];
    left = left.filter((extension) => !free.includes(extension));
  }
}
