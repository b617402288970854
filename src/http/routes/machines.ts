// Virtual machines, read: each one, its view, and their lists, of which those of one set are asked for by a filter.

import { getInstance, type InstanceList, listMachines } from '../../app/instances.ts';
import type { MACHINE_ROUTES } from '../../arm/machine-routes.ts';
import type { Expression, Operand } from '../../arm/odata.ts';
import { Failure } from '../../domain/failure.ts';
import type { Instance } from '../../domain/instance.ts';
import { isSolo, type ScaleSet } from '../../domain/scale-set.ts';
import { baseUrl, type Call, type Handler, machineRef, nameOf } from '../context.ts';
import { badFilter, readFilter } from '../filter.ts';
import { checkLocation } from '../location.ts';
import { nextLink, PAGE, textToken, tokenText } from '../paging.ts';
import { flagOption, optionWords } from '../query-options.ts';
import { type Answer, json } from '../response.ts';
import { cachedPage, instanceText, type Listing, type Shape, stampOf } from '../views/instance-text.ts';
import { instanceViewBody } from '../views/instance-view.ts';
import { machineBody, type MachineShow } from '../views/machine.ts';
import { etagOf } from '../views/scale-set.ts';

const getMachineRoute: Handler = async (call) => {
  const expand = optionWords(call.request, '$expand', ['instanceView', 'userData']);
  const { set, model, instance } = await getInstance(call.context.plane, machineRef(call));
  const shown = {
    ...machineShow(call),
    instanceView: expand.has('instanceview'),
    userData: expand.has('userdata'),
  };
  return json(200, machineBody(set, model, instance, shown), call.era.etag ? { etag: etagOf(instance) } : {});
};

const getMachineView: Handler = async (call) => {
  const { set, model, instance } = await getInstance(call.context.plane, machineRef(call));
  return json(200, instanceViewBody(set, model, instance));
};

export function machineShow({ context, era }: Call): MachineShow {
  return { subscriptionId: context.plane.subscriptionId, tenantId: context.identity.tenantId, era };
}

const listAllMachines: Handler = async (call) =>
  list(call, {}, flagOption(call.request, 'statusOnly') ? 'statusOnly' : undefined);

const listMachinesByLocation: Handler = async (call) => {
  const location = nameOf(call, 'location');
  checkLocation(location, 'Microsoft.Compute/virtualMachines');
  return list(call, { location });
};

/** Azure has no `statusOnly` here, and leaves what it does not know alone. */
const listMachinesByGroup: Handler = async (call) => list(call, { group: nameOf(call, 'group') });

async function list(
  call: Call,
  where: { readonly group?: string; readonly location?: string },
  status?: 'statusOnly',
): Promise<Answer> {
  const filter = readFilter(call.request);
  const set = filter === undefined ? undefined : setIn(filter);
  const shape = status ?? shapeOf(call, set !== undefined);
  const after = placeAfter(call);
  const lists = await listMachines(call.context.plane, {
    ...where,
    ...(set === undefined ? {} : { set }),
  });
  const listings = lists.map((one) => ({ ...one, shape, show: machineShow(call) }));
  const [only, another] = listings;
  if (only === undefined || another !== undefined) {
    return json(200, Buffer.from(pageOf(call, listings, after).text));
  }
  const key = `${stampOf(only)} ${baseUrl(call)}${call.request.path}?${call.request.query.toString()}`;
  return json(200, cachedPage(only.instances, key, () => pageOf(call, listings, after)).bytes);
}

/** Azure gives views in a list only to who asks for one set's machines. */
function shapeOf(call: Call, isFiltered: boolean): Shape {
  if (!optionWords(call.request, '$expand', ['instanceView']).has('instanceview')) return 'plain';
  if (isFiltered) return 'withView';
  throw new Failure(
    'invalidParameter',
    "The query parameter '$expand' can only be specified if a valid '$filter' option is specified.",
    { target: '$expand' },
  );
}

const SET_ID = 'virtualmachinescaleset/id';

/** The one filter there is: `'virtualMachineScaleSet/id' eq '…'`. Azure's clients quote both sides. */
function setIn(filter: Expression): string {
  if (filter.kind === 'compare' && filter.operator === 'eq' && wordOf(filter.left) === SET_ID) {
    const { right } = filter;
    if (right.kind === 'literal' && typeof right.value === 'string') return right.value;
  }
  throw badFilter(
    "The filter is not supported. Supported is: 'virtualMachineScaleSet/id' eq '{id of a scale set}'.",
  );
}

function wordOf(operand: Operand): string | undefined {
  if (operand.kind === 'path') return operand.path.join('/').toLowerCase();
  return operand.kind === 'literal' ? String(operand.value).toLowerCase() : undefined;
}

/** Where a machine stands in the order of lists: its set's place, and its number in it. */
interface Place {
  readonly set: string;
  readonly id: number;
}

const KIND = 'machine';
const PLACE = /^([^/]+\/[^/]+\/[01])\/(0|[1-9][0-9]{0,14})$/;

function placeAfter(call: Call): Place | undefined {
  const text = tokenText(call, KIND, PLACE);
  const [, set = '', id] = (text && PLACE.exec(text)) || [];
  return text === undefined ? undefined : { set, id: Number(id) };
}

/** Of sets of the same name, the one that is a machine's own comes last. */
function placeOf(set: ScaleSet): string {
  return `${set.group}/${set.name}/${isSolo(set) ? 1 : 0}`.toLowerCase();
}

type Placed = Listing & Pick<InstanceList, 'instances'>;

function pageOf(
  call: Call,
  listings: readonly Placed[],
  after: Place | undefined,
): { text: string; items: number } {
  const items: { readonly listing: Placed; readonly instance: Instance; readonly place: Place }[] = [];
  for (const { listing, place } of inOrder(listings)) {
    if (items.length > PAGE) break;
    if (after !== undefined && place < after.set) continue;
    const from = after?.set === place ? after.id : -1;
    const later = listing.instances.filter(({ id }) => id > from).slice(0, PAGE + 1 - items.length);
    for (const instance of later) items.push({ listing, instance, place: { set: place, id: instance.id } });
  }
  const shown = items.slice(0, PAGE);
  const last = items.length > PAGE ? shown.at(-1)?.place : undefined;
  const next =
    last === undefined
      ? ''
      : `,"nextLink":${JSON.stringify(nextLink(call, textToken(KIND, `${last.set}/${last.id}`)))}`;
  const texts = shown.map(({ listing, instance }) => instanceText(listing, instance));
  return { text: `{"value":[${texts.join(',')}]${next}}`, items: shown.length };
}

function inOrder(
  listings: readonly Placed[],
): readonly { readonly listing: Placed; readonly place: string }[] {
  return listings
    .map((listing) => ({ listing, place: placeOf(listing.set) }))
    .toSorted((a, b) => (a.place < b.place ? -1 : 1));
}

export const MACHINE_HANDLERS: Readonly<Record<keyof typeof MACHINE_ROUTES, Handler>> = {
  'machines.listAll': listAllMachines,
  'machines.listByLocation': listMachinesByLocation,
  'machines.listByGroup': listMachinesByGroup,
  'machines.get': getMachineRoute,
  'machines.instanceView': getMachineView,
};
