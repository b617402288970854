// Words: a deed as it is asked of the set that it is about. What must hold: asked twice, it stays as it is; in a Uniform set it is
// what was drawn.

import { memberId } from '../../src/domain/instance.ts';
import type { Store } from '../../src/app/ports/store.ts';
import type { Deed } from './deeds.ts';
import { declaredWith, type Modes, templateWith } from './modes.ts';

type Body = Readonly<Record<string, unknown>>;

interface Place {
  readonly group: string;
  readonly set: string;
  /** What follows the set's own path, without the query. */
  readonly below: readonly string[];
}

export async function inItsWords(store: Store, modes: Modes, deed: Deed): Promise<Deed> {
  const { body } = deed;
  const deployed = DEPLOYMENT.exec(deed.path)?.[1];
  if (deployed !== undefined && body !== undefined) {
    return { ...deed, body: templateWith(modes, deployed, body as Body) };
  }
  return ofSet(store, modes, deed);
}

async function ofSet(store: Store, modes: Modes, deed: Deed): Promise<Deed> {
  const { body } = deed;
  const place = placeOf(deed.path);
  if (place === undefined || modes(place.group, place.set).mode === 'Uniform') return deed;
  const { group, set, below } = place;
  if (deed.method === 'PUT' && below.length === 0 && body !== undefined) {
    return { ...deed, body: declaredWith(modes(group, set), body as Body) };
  }
  const names = await namesOf(store, place);
  const named = body === undefined ? deed : { ...deed, body: renamed(body as Body, names) };
  return below[0]?.toLowerCase() === 'virtualmachines' ? ofMember(named, place, names) : named;
}

/** What is asked of one member, on the path that answers it. */
function ofMember(deed: Deed, { set, below }: Place, names: (id: string) => string): Deed {
  const [, id, part] = below;
  if (id === undefined) return deed;
  const path = deed.path.replace(ENTRY, (_all, before: string, members: string) =>
    isAskedOfMachine(deed, part, names(id))
      ? `${before}virtualMachines/${names(id)}`
      : `${before}virtualMachineScaleSets/${set}${members}${names(id)}`,
  );
  const isDisks =
    deed.method === 'PUT' && part === undefined && path.includes('/Microsoft.Compute/virtualMachines/');
  return isDisks ? { method: 'PATCH', path, body: disksAlone(deed.body as Body) } : { ...deed, path };
}

const DEPLOYMENT = /\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Resources\/deployments\//i;
const ENTRY = /(\/Microsoft\.Compute\/)virtualMachineScaleSets\/[^/]+(\/virtualMachines\/)[^/?]+/i;
const VERBS = /^(start|restart|poweroff|deallocate|reimage|redeploy|performMaintenance)$/i;

/**
 * Whether it is the machine's own path that answers: what stands below a member is the machine's alone; verbs, and deletes, are
 * asked of one path or the other.
 */
function isAskedOfMachine({ method, body }: Deed, part: string | undefined, name: string): boolean {
  const isEither = /[0-7]$/.test(name);
  if (part !== undefined) return VERBS.test(part) ? isEither : part.toLowerCase() !== 'reimageall';
  if (method === 'DELETE') return isEither;
  if (method === 'PUT') return body !== undefined && hasDisks(body as Body);
  return method === 'PATCH';
}

function hasDisks({ properties }: Body): boolean {
  return (properties as Body | undefined)?.['storageProfile'] !== undefined;
}

/** Protection is said by the set's entry, and disks by the machine. */
function disksAlone({ properties }: Body): Body {
  return { properties: { storageProfile: (properties as Body)['storageProfile'] } };
}

function placeOf(path: string): Place | undefined {
  const [bare = ''] = path.split('?');
  const match =
    /\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Compute\/virtualMachineScaleSets\/([^/]+)(.*)$/i.exec(
      bare,
    );
  if (match === null) return undefined;
  const [, group = '', set = '', below = ''] = match;
  return { group, set, below: below.split('/').filter((part) => part !== '') };
}

/** What each number is called; one that is nobody's is called what nobody is. */
async function namesOf(store: Store, { group, set }: Place): Promise<(id: string) => string> {
  const row = await store.scaleSet(group, set);
  const instances = row === undefined ? [] : await store.instances(row.uid);
  const names = new Map(instances.map((one) => [String(one.id), String(memberId(one))]));
  return (id) => names.get(id) ?? (/^\d+$/.test(id) ? `${set}_0000000${id}` : id);
}

function renamed(body: Body, names: (id: string) => string): Body {
  return Object.fromEntries(
    Object.entries(body).map(([member, value]) =>
      /^(instance|vm)ids$/i.test(member) && Array.isArray(value)
        ? [member, value.map((id) => names(String(id)))]
        : [member, value],
    ),
  );
}
