// Subnets: the addresses that instances are given of them, read from the rows of all who hold one. What must hold: whoever
// commits what was given here commits the changes along with it, so that of two who read the same rows one is refused and
// reads again. The virtual networks are read first, and everybody who holds an address of them after that.

import { parseNetworkReference } from '../../domain/network-reference.ts';
import type { NetworkResource } from '../../domain/network-resource.ts';
import { type GuestHandle, handleOf } from '../../domain/guest.ts';
import type { Instance } from '../../domain/instance.ts';
import {
  AddressDesk,
  addressWishes,
  type Given,
  heldBy,
  prefixAround,
  type Subnet,
  subnetOf,
  type Taken,
  type Wish,
} from '../../domain/private-address.ts';
import { type LoadBalancer, sameName } from '../../domain/load-balancer.ts';
import { listAt, type JsonObject, textAt } from '../../domain/json.ts';
import { type Change, put, type Store } from './store.ts';

/** A model, as far as it names subnets. */
interface Model {
  readonly profile: JsonObject;
}

export interface Subnets {
  /** What an instance of this model asks for, of the subnets that are there. */
  wishes(model: Model): readonly Wish[];
  shortage: AddressDesk['shortage'];
  /** For an instance: what it is given beside what it has. */
  give(instance: Instance, model: Model): Given;
  /** The networks of which something new was given. */
  changes(): readonly Change[];
}

/** Undefined when none of these models names a subnet: then nobody is given anything. */
export async function openSubnets(
  store: Store,
  subscriptionId: string,
  models: Iterable<Model>,
): Promise<Subnets | undefined> {
  const ids = new Set(
    [...models].flatMap(({ profile }) =>
      addressWishes(profile).map(({ subnetId }) => subnetId.toLowerCase()),
    ),
  );
  if (ids.size === 0) return undefined;
  const found = await findSubnets(store, subscriptionId, ids);
  return new OpenSubnets(found, await deskOf(store, found));
}

/** Somebody who is declared anew: what it holds itself does not count as taken. */
export interface Beside {
  /** Of a balancer or of a network interface. */
  readonly uid: string;
  /** Of a network interface that a machine has, which holds the same addresses. */
  readonly machine?: { readonly guest: GuestHandle; readonly nic: string };
}

/** For a balancer's frontends or a network interface, by the ids of subnets in lower case. */
export async function openSubnetsBeside(
  store: Store,
  subscriptionId: string,
  ids: Iterable<string>,
  beside: Beside,
): Promise<{ readonly subnets: ReadonlyMap<string, Subnet>; readonly desk: AddressDesk }> {
  const found = await findSubnets(store, subscriptionId, ids);
  const subnets = new Map([...found].map(([id, { subnet }]) => [id, subnet]));
  return { subnets, desk: await deskOf(store, found, beside) };
}

async function deskOf(
  store: Store,
  found: ReadonlyMap<string, Found>,
  except?: Beside,
): Promise<AddressDesk> {
  const subnets = [...found.values()].map(({ subnet }) => subnet);
  return new AddressDesk(subnets, await takenOf(store, found, except));
}

/** By each private address that an instance holds, the prefix in which it lies. */
export async function prefixesAround(
  store: Store,
  subscriptionId: string,
  instance: Instance,
  { profile }: Model,
): Promise<ReadonlyMap<string, string>> {
  // While an update is under way its guest still has those that it would go back to.
  const addresses = heldBy(instance);
  const ids = addressWishes(profile).map(({ subnetId }) => subnetId.toLowerCase());
  if (addresses.length === 0) return new Map();
  const found = [...(await findSubnets(store, subscriptionId, ids)).values()];
  return new Map(
    addresses.flatMap(({ address, subnet: key }): readonly (readonly [string, string])[] => {
      const subnet = found.find((one) => one.subnet.key === key)?.subnet;
      const prefix = subnet && prefixAround(subnet, address);
      return prefix === undefined ? [] : [[address, prefix]];
    }),
  );
}

interface Found {
  readonly network: NetworkResource;
  readonly subnet: Subnet;
}

/** By their ids in lower case; one that is not there is not among them. */
async function findSubnets(
  store: Store,
  subscriptionId: string,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  for (const id of ids) {
    const reference = parseNetworkReference(id);
    if (reference?.part === undefined || !sameName(reference.subscriptionId, subscriptionId)) continue;
    if (!sameName(reference.type, 'virtualNetworks') || !sameName(reference.part.kind, 'subnets')) continue;
    const network = await store.network('virtualNetworks', reference.group, reference.name);
    const subnet = network && subnetOf(network, reference.part.name);
    if (network !== undefined && subnet !== undefined) found.set(id, { network, subnet });
  }
  return found;
}

/** What instances of all sets, network interfaces and the frontends of internal load balancers hold. */
async function takenOf(
  store: Store,
  found: ReadonlyMap<string, Found>,
  except: Beside | undefined,
): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (const { uid } of await store.scaleSets()) {
    for (const instance of await store.instances(uid)) {
      if (instance.addresses !== undefined || instance.task?.undo?.addresses !== undefined)
        taken.push(...heldBy(instance).filter(({ nic }) => !isOf(except, instance, nic)));
    }
  }
  for (const { uid, addresses = [] } of await store.networks('networkInterfaces')) {
    if (uid !== except?.uid) taken.push(...addresses);
  }
  const balancers = (await store.loadBalancers()).filter(({ uid }) => uid !== except?.uid);
  return [...taken, ...balancers.flatMap((balancer) => takenByFrontends(balancer, found))];
}

function takenByFrontends({ properties }: LoadBalancer, found: ReadonlyMap<string, Found>): readonly Taken[] {
  return listAt(properties, 'frontendIPConfigurations').flatMap((frontend): readonly Taken[] => {
    const subnet = found.get((textAt(frontend, 'properties', 'subnet', 'id') ?? '').toLowerCase())?.subnet;
    const address = textAt(frontend, 'properties', 'privateIPAddress');
    return subnet === undefined || address === undefined ? [] : [{ subnet: subnet.key, address }];
  });
}

function isOf(except: Beside | undefined, instance: Instance, nic: string): boolean {
  const machine = except?.machine;
  return machine !== undefined && machine.nic === nic && handleOf(instance) === machine.guest;
}

class OpenSubnets implements Subnets {
  readonly #found: ReadonlyMap<string, Found>;
  readonly #desk: AddressDesk;
  readonly #wishes = new Map<Model, readonly Wish[]>();
  readonly #touched = new Map<string, NetworkResource>();

  constructor(found: ReadonlyMap<string, Found>, desk: AddressDesk) {
    this.#found = found;
    this.#desk = desk;
  }

  wishes(model: Model): readonly Wish[] {
    const known = this.#wishes.get(model);
    if (known !== undefined) return known;
    const wishes = addressWishes(model.profile).flatMap((wish): readonly Wish[] => {
      const subnet = this.#found.get(wish.subnetId.toLowerCase())?.subnet;
      return subnet === undefined ? [] : [{ wish, subnet }];
    });
    this.#wishes.set(model, wishes);
    return wishes;
  }

  shortage(wishes: readonly Wish[], count: number): ReturnType<AddressDesk['shortage']> {
    return this.#desk.shortage(wishes, count);
  }

  give({ addresses: has = [] }: Instance, model: Model): Given {
    const wishes = this.wishes(model);
    const given = this.#desk.give({ has, wishes });
    if (given.full !== undefined) return given;
    for (const [index, { wish }] of wishes.entries()) {
      const network = this.#found.get(wish.subnetId.toLowerCase())?.network;
      const one = given.addresses[index];
      if (network !== undefined && one !== undefined && !has.includes(one)) {
        this.#touched.set(network.uid, network);
      }
    }
    return given;
  }

  changes(): readonly Change[] {
    return [...this.#touched.values()].map((network) => put('network', network));
  }
}

/** The instance with what it was given: the same object where that is what it has. */
export function withAddresses(instance: Instance, given: Instance['addresses'] & object): Instance {
  const { addresses: has = [], ...rest } = instance;
  if (has.length === given.length && given.every((one, index) => one === has[index])) return instance;
  return given.length === 0 ? rest : { ...rest, addresses: given };
}
