// Interface resource: a network interface that is a resource of its own, and the machine that has it. Pure, over rows.
// What must hold: a network interface has one machine at most; a machine has exactly one that is its primary one; what its
// own model holds of a network interface is what the row says.
//
// For whoever writes machines:
// - `attachTo` gives the rows to be put (with the machine's instance, in one commit), the machine's `addresses` and the entries of
//   its own model's `networkProfile.networkInterfaceConfigurations`. It is asked with every row there is, and again whenever the
//   machine is declared anew: those that are no longer named come back without a holder.
// - `released` gives, for a machine that is going away, the rows that stay (to be put) and those that go with it (to be removed).
// - An entry has the network interface's ARM id as `id`: what it names counts as named by the network interface alone (`ofRow`). Its
//   `reference` is what the machine's view shows of it in `networkProfile.networkInterfaces`: `{ id, properties? }`.
// - A private address is in the interface's row and in its machine's; the ledger counts by address, so each is taken once.

import { Failure } from './failure.ts';
import { fingerprint } from './fingerprint.ts';
import type { GuestHandle } from './guest.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { danglingReference } from './load-balancer-declaration.ts';
import { sameName } from './load-balancer.ts';
import { networkPath } from './network-reference.ts';
import { type InterfaceHolder, networkParts, type NetworkResource } from './network-resource.ts';
import type { PrivateAddress } from './private-address.ts';
import type { ModelVersion } from './scale-set.ts';

/** The entry of its machine's own model. */
export function interfaceConfiguration(subscriptionId: string, row: NetworkResource): JsonObject {
  const { ipConfigurations: _parts, ...properties } = row.properties;
  const { primary = true, declared = {} } = row.holder ?? {};
  const id = networkPath(subscriptionId, row);
  return {
    id,
    name: row.name,
    reference: Object.keys(declared).length === 0 ? { id } : { id, properties: { ...declared } },
    properties: {
      ...properties,
      primary,
      ipConfigurations: networkParts(row, 'ipConfigurations').map((ip): Json => ({ ...ip })),
    },
  };
}

/** Whether an entry of an own model is that of a row, and not of a network interface that came with the machine. */
export function ofRow(entry: Json): boolean {
  return isObject(entry) && textAt(entry, 'id') !== undefined;
}

/**
 * A model as far as it names things itself: of a machine's own model (versions below zero), without the network interfaces that
 * are rows and name them themselves.
 */
export function namingProfile({ version, profile }: Pick<ModelVersion, 'version' | 'profile'>): JsonObject {
  const entries = listAt(profile, 'networkProfile', 'networkInterfaceConfigurations');
  if (version >= 0 || !entries.some(ofRow)) return profile;
  const networkInterfaceConfigurations = entries.filter((entry) => !ofRow(entry));
  return {
    ...profile,
    networkProfile: { ...objectAt(profile, 'networkProfile'), networkInterfaceConfigurations },
  };
}

/** One of `networkProfile.networkInterfaces` of a machine's declaration. */
export type Attachment = { readonly id: string } & InterfaceHolder['declared'];

/** The machine as it is to be. */
export interface Attaching {
  readonly subscriptionId: string;
  /** ARM id. */
  readonly path: string;
  readonly location: string;
  readonly guest: GuestHandle;
}

export interface Attached {
  /** That are different now: to be put. */
  readonly changed: readonly NetworkResource[];
  readonly configurations: readonly JsonObject[];
  readonly addresses: readonly PrivateAddress[];
}

/**
 * @param rows all network interfaces there are
 * @param pathOf the ARM id of the machine whose guest this is, for those of others
 * Throws Azure's words for one that is not there or elsewhere, that another machine has, and where it is not clear which is the
 * primary one.
 */
export function attachTo(
  machine: Attaching,
  attachments: readonly Attachment[],
  rows: readonly NetworkResource[],
  pathOf: (guest: GuestHandle) => string,
): Attached {
  const primary = primaryOf(attachments);
  const attached = attachments.map((one): NetworkResource => {
    const row = rows.find((other) => sameName(networkPath(machine.subscriptionId, other), one.id));
    if (row?.location !== machine.location) throw danglingReference(one.id, machine.path);
    checkFree(machine, row, pathOf);
    const { id: _id, ...declared } = one;
    return { ...row, holder: { guest: machine.guest, primary: one === primary, declared } };
  });
  checkNames(machine, attached);
  const uids = new Set(attached.map(({ uid }) => uid));
  const left = rows.filter(({ uid, holder }) => holder?.guest === machine.guest && !uids.has(uid)).map(free);
  return {
    changed: [...attached.filter((row) => !isAsBefore(row, rows)), ...left],
    configurations: attached.map((row) => interfaceConfiguration(machine.subscriptionId, row)),
    addresses: addressesOf(attached),
  };
}

/** What the instance of a machine with these network interfaces holds of the subnets. */
export function addressesOf(rows: readonly NetworkResource[]): readonly PrivateAddress[] {
  return rows.flatMap(({ addresses = [] }) => addresses);
}

/** Of a machine that is going away, by what was said of each when it was attached. */
export function released(
  rows: readonly NetworkResource[],
  guest: GuestHandle,
): { readonly kept: readonly NetworkResource[]; readonly gone: readonly NetworkResource[] } {
  const own = rows.filter(({ holder }) => holder?.guest === guest);
  return {
    kept: own.filter((row) => !goesAlong(row)).map(free),
    gone: own.filter(goesAlong),
  };
}

function goesAlong({ holder }: NetworkResource): boolean {
  return holder?.declared.deleteOption === 'Delete';
}

/**
 * The same words for its delete and for another machine that would have it.
 * @param machine ARM id of the machine that has it
 */
export function checkInterfaceFree(subscriptionId: string, row: NetworkResource, machine: string): void {
  if (row.holder === undefined) return;
  throw new Failure(
    'networkInterfaceInUse',
    `Network Interface ${networkPath(subscriptionId, row)} is used by existing resource ${machine}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.`,
  );
}

function free({ holder: _holder, ...row }: NetworkResource): NetworkResource {
  return row;
}

function holderOf(row: NetworkResource | undefined): Json {
  const { guest = null, primary = null, declared = {} } = row?.holder ?? {};
  return { guest, primary, declared: { ...declared } };
}

function isAsBefore(row: NetworkResource, rows: readonly NetworkResource[]): boolean {
  const before = rows.find(({ uid }) => uid === row.uid);
  return fingerprint(holderOf(before)) === fingerprint(holderOf(row));
}

/** The only one, or the one that says so. */
function primaryOf(attachments: readonly Attachment[]): Attachment | undefined {
  const said = attachments.filter(({ primary }) => primary === true);
  const [unsaid] = attachments.filter(({ primary }) => primary !== true);
  if (attachments.length <= 1) return attachments[0];
  if (said.length === 1) return said[0];
  const name = (unsaid ?? attachments[0])?.id.split('/').at(-1) ?? '';
  throw new Failure(
    'primaryInterfaceUnclear',
    said.length === 0
      ? `Network interface ${name} must have Primary property set.`
      : 'Only one network interface of a virtual machine can have its Primary property set.',
  );
}

function checkFree(machine: Attaching, row: NetworkResource, pathOf: (guest: GuestHandle) => string): void {
  if (row.holder === undefined || row.holder.guest === machine.guest) return;
  checkInterfaceFree(machine.subscriptionId, row, pathOf(row.holder.guest));
}

/** A model tells its network interfaces from one another by their names. */
function checkNames({ path }: Attaching, rows: readonly NetworkResource[]): void {
  const twice = rows.find((row, index) => rows.findIndex(({ name }) => sameName(name, row.name)) < index);
  if (twice === undefined) return;
  throw new Failure(
    'badRequest',
    `Virtual machine ${path} names two network interfaces that are called ${twice.name}. Each must have a name of its own.`,
  );
}
