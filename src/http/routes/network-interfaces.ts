// Network interfaces and public IP addresses of instances: of a whole set, page by page, and of one instance.

import { getInterfaces, listInterfaces } from '../../app/network-interfaces.ts';
import type { INTERFACE_ROUTES } from '../../arm/interface-routes.ts';
import type { JsonObject } from '../../arm/json.ts';
import { Failure } from '../../domain/failure.ts';
import { textAt } from '../../domain/json.ts';
import { type Call, type Handler, instanceRef, nameOf, setRef } from '../context.ts';
import { nextLink, PAGE, pageToken, tokenNumber } from '../paging.ts';
import { type Answer, json } from '../response.ts';
import {
  interfaceBodies,
  type InterfaceOwner,
  ipConfigurationBodies,
  publicAddressBodies,
} from '../views/network-interface.ts';

type Bodies = (owner: InterfaceOwner) => readonly JsonObject[];

/** As many instances to a page as their own list has. */
function ofSet(kind: string, bodies: Bodies): Handler {
  return async (call) => {
    const after = tokenNumber(call, kind) ?? -1;
    const { plane } = call.context;
    const { set, models, instances, natRuleOf } = await listInterfaces(plane, setRef(call));
    const later = instances.filter(({ id }) => id > after);
    const page = later.slice(0, PAGE);
    const last = later.length > PAGE ? page.at(-1) : undefined;
    const value = page.flatMap((instance) => {
      const model = models.get(instance.model);
      const { subscriptionId } = plane;
      return model === undefined ? [] : bodies({ set, instance, model, subscriptionId, natRuleOf });
    });
    return json(200, {
      value,
      ...(last === undefined ? {} : { nextLink: nextLink(call, pageToken(kind, last.id)) }),
    });
  };
}

async function ownerOf(call: Call): Promise<InterfaceOwner> {
  const { plane } = call.context;
  const found = await getInterfaces(plane, instanceRef(call));
  return { ...found, subscriptionId: plane.subscriptionId };
}

/** A list below one instance; what it is below must be there. */
const listOfInstance: Handler = async (call) => list(interfaceBodies(await ownerOf(call)));

const getInterface: Handler = async (call) =>
  one(call, interfaceBodies(await ownerOf(call)), nameOf(call, 'nic'));

const listIpConfigurations: Handler = async (call) => {
  const owner = await ownerOf(call);
  one(call, interfaceBodies(owner), nameOf(call, 'nic'));
  return list(ipConfigurationBodies(owner, nameOf(call, 'nic')));
};

const getIpConfiguration: Handler = async (call) =>
  one(call, ipConfigurationBodies(await ownerOf(call), nameOf(call, 'nic')), nameOf(call, 'ip'));

const listPublicAddresses: Handler = async (call) => {
  const owner = await ownerOf(call);
  one(call, ipConfigurationBodies(owner, nameOf(call, 'nic')), nameOf(call, 'ip'));
  return list(publicAddressBodies(owner, place(call)));
};

const getPublicAddress: Handler = async (call) =>
  one(call, publicAddressBodies(await ownerOf(call), place(call)), nameOf(call, 'address'));

function place(call: Call): { readonly nic: string; readonly ip: string } {
  return { nic: nameOf(call, 'nic'), ip: nameOf(call, 'ip') };
}

function list(value: readonly JsonObject[]): Answer {
  return json(200, { value });
}

function one(call: Call, bodies: readonly JsonObject[], name: string): Answer {
  const found = bodies.find((body) => textAt(body, 'name')?.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new Failure('notFound', `Resource ${call.request.path} not found.`);
  return json(200, found, { etag: textAt(found, 'etag') ?? '' });
}

export const INTERFACE_HANDLERS: Readonly<Record<keyof typeof INTERFACE_ROUTES, Handler>> = {
  'setInterfaces.list': ofSet('interface', interfaceBodies),
  'interfaces.list': listOfInstance,
  'interfaces.get': getInterface,
  'ipConfigurations.list': listIpConfigurations,
  'ipConfigurations.get': getIpConfiguration,
  'setPublicAddresses.list': ofSet('publicAddress', (owner) => publicAddressBodies(owner)),
  'publicAddresses.list': listPublicAddresses,
  'publicAddresses.get': getPublicAddress,
};
