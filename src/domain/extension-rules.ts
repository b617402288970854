// Extension rules: what Azure refuses in the extensions of a set or of one instance, and what a list that is sent without
// protected settings keeps. Nobody can read those settings back, so a client that sends back what it read must not lose them.

import {
  cycleIn,
  type Extension,
  extensionsIn,
  handlerName,
  named,
  predecessors,
  publisherOf,
  typeOf,
} from './extension.ts';
import { Failure } from './failure.ts';
import { asText, flagAt, isObject, type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { MINUTE } from './time.ts';

const DEFAULT_BUDGET = 90 * MINUTE;
const BUDGET = { least: 15 * MINUTE, most: 120 * MINUTE };
const MAX_NAME = 80;

/** @param setName for the words of a refusal */
export function completeExtensionProfile(
  setName: string,
  given: JsonObject,
  current: JsonObject | undefined,
): JsonObject {
  const profile = objectAt(given, 'extensionProfile');
  if (profile === undefined) return given;
  budgetOf(profile);
  if (profile['extensions'] === undefined) return given;
  const before = extensionsIn(current ?? {});
  const list = listAt(profile, 'extensions').map((item) => keptSecrets(wireExtension(item), before));
  checkExtensions(setName, extensionsIn({ extensionProfile: { extensions: list } }), before);
  checkAllowed(given, list.length);
  return { ...given, extensionProfile: { ...profile, extensions: list } };
}

/** Of the members of an extension in a body, those that are declared. */
function wireExtension(item: Json): JsonObject {
  const { name, properties, tags, location } = isObject(item) ? item : {};
  const {
    provisioningState: _state,
    instanceView: _view,
    ...declared
  } = isObject(properties) ? properties : {};
  return {
    ...(name === undefined ? {} : { name }),
    properties: declared,
    ...(tags === undefined ? {} : { tags }),
    ...(location === undefined ? {} : { location }),
  };
}

/** An extension with the same name and handler as before, sent without protected settings, keeps them. */
export function keptSecrets(given: JsonObject, before: readonly Extension[]): JsonObject {
  const properties = objectAt(given, 'properties') ?? {};
  const old = named(before, asText(given['name']));
  const secret = old?.properties['protectedSettings'];
  if (old === undefined || secret === undefined) return given;
  if (
    properties['protectedSettings'] !== undefined ||
    properties['protectedSettingsFromKeyVault'] !== undefined
  )
    return given;
  if (handlerName(old).toLowerCase() !== handlerName({ name: '', properties }).toLowerCase()) return given;
  return { ...given, properties: { ...properties, protectedSettings: secret } };
}

/** @param before those that there were, so that a removal is told from a name that never was */
export function checkExtensions(
  resource: string,
  extensions: readonly Extension[],
  before: readonly Extension[],
): void {
  for (const extension of extensions) checkOne(extension);
  extensions.forEach((extension, index) => {
    const earlier = extensions.slice(0, index);
    if (named(earlier, extension.name) !== undefined) {
      throw new Failure(
        'badRequest',
        `VMExtension '${extension.name}' is specified more than once in the input.`,
        {
          target: 'extensionProfile.extensions',
        },
      );
    }
    const handler = handlerName(extension);
    if (earlier.some((other) => handlerName(other).toLowerCase() === handler.toLowerCase())) {
      throw new Failure(
        'badRequest',
        `Multiple VMExtensions per handler not supported for OS type 'Linux'. VMExtension '${extension.name}' with handler '${handler}' already added or specified in input.`,
      );
    }
  });
  checkOrder(resource, extensions, before);
}

/** The first two are Azure's words; how it says that there is a cycle is not recorded. */
function checkOrder(resource: string, extensions: readonly Extension[], before: readonly Extension[]): void {
  for (const extension of extensions) {
    const missing = predecessors(extension).find((name) => named(extensions, name) === undefined);
    if (missing === undefined) continue;
    const says = `On resource '${resource}', extension '${extension.name}' specifies '${missing}' in its provisionAfterExtensions property, but the extension '${missing}'`;
    const remedy =
      named(before, missing) === undefined
        ? `is not configured. First, add the extension '${missing}' or remove '${missing}' from the provisionAfterExtensions property of '${extension.name}'.`
        : `will no longer exist. First, remove the extension '${extension.name}' or remove '${missing}' from the provisionAfterExtensions property of '${extension.name}'.`;
    throw new Failure('badRequest', `${says} ${remedy}`);
  }
  const cycle = cycleIn(extensions);
  if (cycle === undefined) return;
  throw new Failure(
    'badRequest',
    `On resource '${resource}', extension '${cycle.name}' cannot be provisioned: the provisionAfterExtensions properties of the extensions form a cycle.`,
  );
}

function checkOne({ name, properties }: Extension): void {
  if (name === '') throw required('name');
  if (name.length > MAX_NAME || !/^[\w.-]+$/.test(name)) {
    throw new Failure(
      'invalidParameter',
      `The extension name '${name}' is not valid: it has 1 to ${MAX_NAME} letters, digits, '.', '_' and '-'.`,
      { target: 'name' },
    );
  }
  if (publisherOf(properties) === '') throw required('publisher');
  if (typeOf(properties) === '') throw required('type');
  if (textAt(properties, 'typeHandlerVersion') === undefined) throw required('typeHandlerVersion');
  for (const member of ['settings', 'protectedSettings']) {
    if (properties[member] === undefined || isObject(properties[member])) continue;
    throw new Failure('invalidParameter', `'${member}' of extension '${name}' must be an object.`, {
      target: member,
    });
  }
  if (properties['protectedSettingsFromKeyVault'] !== undefined) {
    throw new Failure(
      'badRequest',
      `Extension '${name}': 'protectedSettingsFromKeyVault' is not served, as this plane has no key vault.`,
      { target: 'protectedSettingsFromKeyVault' },
    );
  }
  const version = asText(properties['typeHandlerVersion']);
  if (/^\d+(\.\d+){1,3}$/.test(version) || /^\d+$/.test(version)) return;
  throw new Failure(
    'invalidParameter',
    `The value of parameter typeHandlerVersion is invalid: '${version}'.`,
    {
      target: 'typeHandlerVersion',
    },
  );
}

function required(member: string): Failure {
  return new Failure('invalidParameter', `Required parameter '${member}' is missing (null).`, {
    target: member,
  });
}

/** @param profile the model's */
export function checkAllowed(profile: JsonObject, count: number): void {
  if (count === 0 || flagAt(profile, 'osProfile', 'allowExtensionOperations') !== false) return;
  throw new Failure(
    'operationNotAllowed',
    'This operation cannot be performed when extension operations are disallowed. To allow, please ensure VM Agent is installed on the VM and the osProfile.allowExtensionOperations property is true.',
  );
}

/** How long all extensions together may take, in milliseconds. */
export function extensionBudget(profile: JsonObject): number {
  return budgetOf(objectAt(profile, 'extensionProfile') ?? {});
}

function budgetOf(profile: JsonObject): number {
  const given = profile['extensionsTimeBudget'];
  if (given === undefined) return DEFAULT_BUDGET;
  const match = /^PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?$/.exec(asText(given));
  const minutes = match === null ? Number.NaN : Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0);
  const time = minutes * MINUTE;
  if (time >= BUDGET.least && time <= BUDGET.most) return time;
  throw new Failure(
    'invalidParameter',
    `The value '${asText(given)}' of parameter 'extensionsTimeBudget' is not valid: it is a time from PT15M to PT120M.`,
    { target: 'extensionsTimeBudget' },
  );
}
