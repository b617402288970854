// Snapshot: an inventory as it is kept, to be compared with a later one. What must hold: the same inventory gives the same text,
// byte for byte; there are no secrets in it, and nothing that a script printed: ARM's bodies and messages stay out, and so do the
// values of settings; a text of another version, or a damaged one, is refused with a reason.

import { asText, at, isObject, type Json, type JsonObject, listAt, textAt } from '../domain/json.ts';
import type { ExtensionFact, InstanceFacts, Inventory, SetFacts } from './inventory.ts';

const SNAPSHOT_VERSION = 1;
const KIND = 'muster.snapshot';

/** `vmId` is what makes an instance the same one: ids and names may come again. */
export type SnapshotInstance = Omit<InstanceFacts, 'body' | 'view'> & { readonly vmId: string };

export interface Snapshot {
  readonly taken: string;
  readonly set: Omit<SetFacts, 'body'>;
  readonly instances: readonly SnapshotInstance[];
}

export function snapshotOf({ taken, set, instances }: Inventory): Snapshot {
  const { body: _body, ...facts } = set;
  return { taken, set: facts, instances: instances.map(withoutBodies) };
}

function withoutBodies({ body, view: _view, failure, ...facts }: InstanceFacts): SnapshotInstance {
  return {
    ...facts,
    // A failure's message may quote what an extension printed.
    ...(failure === undefined ? {} : { failure: { code: failure.code, message: '' } }),
    extensions: facts.extensions.map((one) => ({ ...one, message: '' })),
    behind: facts.behind.map((one) => (isPrivate(one.path) ? { ...one, instance: '', set: '' } : one)),
    vmId: textAt(body, 'properties', 'vmId') ?? '',
  };
}

/** Fields that may hold what nobody else should read, whatever ARM says of them. */
function isPrivate(path: string): boolean {
  return /settings|password|secret|customdata|userdata|token|sas|commandtoexecute/i.test(path);
}

/** With its keys in order, so that two of the same inventory are the same text. Ends with a newline. */
export function snapshotText(snapshot: Snapshot): string {
  const document = { kind: KIND, version: SNAPSHOT_VERSION, ...snapshot };
  return `${JSON.stringify(ordered(document as unknown as Json), null, 1)}\n`;
}

function ordered(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item: Json) => ordered(item) ?? null);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, ordered(member)]));
}

/** Why a text is no snapshot, as the rest of a sentence: `is not a snapshot`. */
export interface NoSnapshot {
  readonly problem: string;
}

export function parseSnapshot(text: string): Snapshot | NoSnapshot {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return { problem: 'is damaged: it is not JSON' };
  }
  if (!isObject(value) || value.kind !== KIND) return { problem: 'is not a snapshot' };
  if (value.version !== SNAPSHOT_VERSION) {
    return {
      problem: `has version ${asText(value.version)}; this program reads version ${SNAPSHOT_VERSION}`,
    };
  }
  const flaw = flawOf(value);
  return flaw === undefined ? (value as unknown as Snapshot) : { problem: `is damaged: ${flaw}` };
}

const SET_TEXTS = [
  'resourceId',
  'subscription',
  'group',
  'name',
  'location',
  'mode',
  'provisioning',
  'upgradeMode',
  'healthSource',
];
const INSTANCE_TEXTS = [
  'id',
  'name',
  'resourceId',
  'computerName',
  'power',
  'provisioning',
  'health',
  'balance',
  'zone',
  'faultDomain',
  'updateDomain',
  'size',
  'image',
  'vmId',
];

/** The first thing that is not as it must be. */
function flawOf(value: JsonObject): string | undefined {
  const { set, instances } = value;
  if (Number.isNaN(Date.parse(asText(value.taken)))) return 'taken is no time';
  if (!isObject(set)) return 'set is missing';
  const text = SET_TEXTS.find((key) => typeof set[key] !== 'string');
  if (text !== undefined) return `set.${text} is missing`;
  if (typeof set.capacity !== 'number') return 'set.capacity is missing';
  if (!Array.isArray(instances)) return 'instances is missing';
  const flaws = (instances as readonly Json[]).map((instance, index) => {
    const flaw = instanceFlaw(instance);
    return flaw === undefined ? undefined : `instances[${index}].${flaw}`;
  });
  return flaws.find((flaw) => flaw !== undefined);
}

function instanceFlaw(instance: Json): string | undefined {
  const text = INSTANCE_TEXTS.find((key) => typeof at(instance, key) !== 'string');
  if (text !== undefined) return `${text} is missing`;
  const lists = ['behind', 'extensions', 'addresses'].find((key) => !Array.isArray(at(instance, key)));
  if (lists !== undefined) return `${lists} is missing`;
  if (typeof at(instance, 'latestModel') !== 'boolean') return 'latestModel is missing';
  if (typeof at(instance, 'protection', 'scaleIn') !== 'boolean') return 'protection is missing';
  if (typeof at(instance, 'protection', 'scaleSetActions') !== 'boolean') return 'protection is missing';
  if (!isObject(at(instance, 'tags'))) return 'tags is missing';
  const badExtension = listAt(instance, 'extensions').some((one) => !isExtension(one));
  const badField = listAt(instance, 'behind').some((one) => textAt(one, 'path') === undefined);
  if (badExtension) return 'extensions is damaged';
  return badField ? 'behind is damaged' : undefined;
}

function isExtension(value: Json): boolean {
  const keys: readonly (keyof ExtensionFact)[] = ['name', 'type', 'version', 'state'];
  return keys.every((key) => typeof at(value, key) === 'string');
}
