// Difference: in which fields an instance's model is not its set's, as far as ARM shows an instance's. Pure, for any bodies.
// What must hold: what ARM itself fills in for an instance (names, ids, exact versions, defaults) is no difference; an instance that is
// made of the set's model as it is differs in nothing. What one may have of its own beside the model is a difference only of an
// instance that says itself whether it has the latest: of another it says nothing about the model.

import { fingerprint } from '../domain/fingerprint.ts';
import { asText, at, flagAt, isObject, type Json, type JsonObject, listAt, textAt } from '../domain/json.ts';
import type { Difference } from './inventory.ts';

interface Section {
  /** Below `virtualMachineProfile` of the set. */
  readonly path: string;
  readonly instance: (body: JsonObject) => Json | undefined;
  readonly set: (profile: Json | undefined) => Json | undefined;
  /** Fields that are one instance's alone. */
  readonly own?: RegExp;
  /** ARM adds nothing of its own here: a field that only the instance has is a difference too. */
  readonly exact?: true;
  /** A list that an instance may be given more of by itself, beside what the model names. */
  readonly beside?: true;
}

const same =
  (...path: readonly string[]) =>
  (value: Json | undefined): Json | undefined =>
    at(value, ...path);

const inProperties =
  (...path: readonly string[]) =>
  (body: JsonObject): Json | undefined =>
    at(body, 'properties', ...path);

function section(path: string, more: Partial<Section> = {}): Section {
  const keys = path.split('.');
  return { path, instance: inProperties(...keys), set: same(...keys), ...more };
}

const SECTIONS: readonly Section[] = [
  section('storageProfile.imageReference', { own: /^exactVersion$/, exact: true }),
  section('storageProfile.osDisk', { own: /^(name|managedDisk\.id)$/ }),
  section('storageProfile.dataDisks', {
    instance: (body) => keyed(listAt(body, 'properties', 'storageProfile', 'dataDisks'), 'lun'),
    set: (profile) => keyed(listAt(profile, 'storageProfile', 'dataDisks'), 'lun'),
    own: /\.(name|managedDisk\.id|toBeDetached)$/,
  }),
  section('storageProfile.diskControllerType'),
  section('osProfile', { own: /^(computerName|computerNamePrefix)$/ }),
  section('networkProfile.networkInterfaceConfigurations', {
    instance: (body) =>
      keyed(
        listAt(body, 'properties', 'networkProfileConfiguration', 'networkInterfaceConfigurations'),
        'name',
      ),
    set: (profile) => keyed(listAt(profile, 'networkProfile', 'networkInterfaceConfigurations'), 'name'),
    exact: true,
  }),
  section('extensionProfile.extensions', {
    instance: (body) => extensionsOf(listAt(body, 'resources')),
    set: (profile) => extensionsOf(listAt(profile, 'extensionProfile', 'extensions')),
    exact: true,
    beside: true,
  }),
  section('licenseType'),
  section('priority'),
  section('evictionPolicy'),
  section('billingProfile'),
  section('securityProfile'),
  section('diagnosticsProfile'),
  section('userData', {
    instance: (body) => printed(textAt(body, 'properties', 'userData')),
    set: (profile) => printed(textAt(profile, 'userData')),
  }),
];

/** Parts that an instance may not show at all: then nothing is known of them. */
const UNSEEN: ReadonlySet<string> = new Set([
  'networkProfile.networkInterfaceConfigurations',
  'storageProfile.diskControllerType',
  'userData',
]);

/** A virtual machine of a Flexible set lists its extensions only where it was asked for them. */
function isUnseen(part: Section, body: JsonObject): boolean {
  const flexible = body['instanceId'] === undefined;
  return UNSEEN.has(part.path) || (flexible && part.path.startsWith('extensionProfile'));
}

/** In the order of the model. */
export function difference(instance: JsonObject, set: JsonObject): readonly Difference[] {
  const profile = at(set, 'properties', 'virtualMachineProfile');
  if (profile === undefined) return [];
  const size = textAt(instance, 'sku', 'name') ?? textAt(instance, 'properties', 'hardwareProfile', 'vmSize');
  const wanted = textAt(set, 'sku', 'name');
  const sizes =
    size === undefined || wanted === undefined || isMix(wanted) || size.toLowerCase() === wanted.toLowerCase()
      ? []
      : [{ path: 'sku.name', instance: JSON.stringify(size), set: JSON.stringify(wanted) }];
  return [...sizes, ...SECTIONS.flatMap((part) => differencesIn(part, instance, profile))];
}

/** An instance mix has no size of its own: each instance keeps the one that was drawn for it, whatever becomes of the mix. */
function isMix(size: string): boolean {
  return size.toLowerCase() === 'mix';
}

function differencesIn(part: Section, body: JsonObject, profile: Json): readonly Difference[] {
  const shown = part.instance(body);
  if (shown === undefined && isUnseen(part, body)) return [];
  const found: Difference[] = [];
  const theirs = part.set(profile);
  const mine = part.beside === true && !saysItsModel(body) ? namedBy(theirs, shown) : shown;
  // Of lists each member is compared, although one side may have no list at all.
  const isList = [mine, theirs].some(
    (side) => isObject(side) && Object.keys(side)[0]?.startsWith('[') === true,
  );
  const pair = isList ? { mine: mine ?? {}, theirs: theirs ?? {} } : { mine, theirs };
  compare({ ...pair, path: '' }, part, found);
  return found;
}

/** An instance of a Uniform set does; a virtual machine of a Flexible one does not. */
function saysItsModel(body: JsonObject): boolean {
  return flagAt(body, 'properties', 'latestModelApplied') !== undefined;
}

/** Of a list's members those that the model names: the others were given to the instance alone, and are no drift from the model. */
function namedBy(theirs: Json | undefined, shown: Json | undefined): Json | undefined {
  if (!isObject(shown)) return shown;
  const named = isObject(theirs) ? theirs : {};
  return Object.fromEntries(Object.entries(shown).filter(([key]) => Object.hasOwn(named, key)));
}

/** Members of lists are told apart by their names, wherever they all have one. */
function membersOf(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value) || value.length === 0) return value;
  const list = value as readonly Json[];
  const names = list.map((item) => textAt(item, 'name'));
  const areNamed = names.every((name) => name !== undefined) && new Set(names).size === names.length;
  return areNamed ? keyed(list, 'name') : value;
}

interface Pair {
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
  readonly path: string;
}

function compare(pair: Pair, part: Section, found: Difference[]): void {
  const { path } = pair;
  if (part.own?.test(path) === true) return;
  const [mine, theirs] = [membersOf(pair.mine), membersOf(pair.theirs)];
  if (isObject(mine) && isObject(theirs)) {
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
      const below = path === '' || key.startsWith('[') ? `${path}${key}` : `${path}.${key}`;
      compare({ mine: own(mine, key), theirs: own(theirs, key), path: below }, part, found);
    }
    return;
  }
  const [left, right] = [written(mine), written(theirs)];
  if (left === right) return;
  // Whole members of a list are in the model or not; other fields that only an instance has are ARM's defaults.
  const listed = path.startsWith('[') && !path.includes('.');
  if (right === '' && part.exact !== true && !listed) return;
  found.push({ path: pathOf(part.path, path), instance: left, set: right });
}

function pathOf(part: string, below: string): string {
  const whole = below === '' || below.startsWith('[') ? `${part}${below}` : `${part}.${below}`;
  return `virtualMachineProfile.${whole}`;
}

function own(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** JSON with its keys in order, so that two spellings of one value are the same; what is empty is absent, at any depth. */
function written(value: Json | undefined): string {
  const kept = pruned(value);
  return kept === undefined ? '' : JSON.stringify(kept);
}

function pruned(value: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) {
    return value.length === 0 ? undefined : value.map((item: Json) => pruned(item) ?? null);
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, member]) => [key, pruned(member)] as const)
    .filter(([, member]) => member !== undefined);
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A list as an object by what its members are called: `[lun 0]`, `[nic]`. Undefined where there is no list. */
function keyed(list: readonly Json[], key: string): JsonObject | undefined {
  if (list.length === 0) return undefined;
  return Object.fromEntries(
    list.filter(isObject).map((item) => {
      const name = asText(at(item, key));
      return [key === 'lun' ? `[lun ${name}]` : `[${name}]`, item];
    }),
  );
}

/** What an extension is told to be, without what became of it. */
const SAID = ['publisher', 'type', 'typeHandlerVersion', 'forceUpdateTag', 'settings'];

function extensionsOf(list: readonly Json[]): JsonObject | undefined {
  if (list.length === 0) return undefined;
  return Object.fromEntries(
    list.filter(isObject).map((item) => {
      const said = SAID.map((key) => [key, at(item, 'properties', key)] as const);
      return [
        `[${textAt(item, 'name') ?? ''}]`,
        Object.fromEntries(said.filter(([, value]) => value !== undefined)),
      ];
    }),
  );
}

/** User data may be anybody's: its print is enough to see that it differs. */
function printed(userData: string | undefined): string | undefined {
  return userData === undefined || userData === ''
    ? undefined
    : `${userData.length} characters, ${fingerprint(userData).slice(0, 12)}`;
}
