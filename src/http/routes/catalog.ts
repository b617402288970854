// The catalog: lists of images, extensions, sizes and quotas. Azure's lists of images and extensions are bare arrays.

import {
  extensionNotFound,
  extensionType,
  extensionTypes,
  imageVersion,
  offers,
  publishers,
  skus,
  versions,
} from '../../app/published-images.ts';
import { coresIn } from '../../app/ports/region-use.ts';
import { quotasOf } from '../../app/quota.ts';
import type { CATALOG_ROUTES } from '../../arm/catalog-routes.ts';
import type { JsonObject } from '../../arm/json.ts';
import { findLocation, LOCATIONS } from '../../arm/locations.ts';
import { Failure } from '../../domain/failure.ts';
import { VM_SIZES } from '../../domain/vm-size.ts';
import { type Call, type Handler, nameOf } from '../context.ts';
import { documentFilter } from '../filter.ts';
import { checkLocation } from '../location.ts';
import { numberOption, optionWords } from '../query-options.ts';
import { queryValue } from '../request.ts';
import { json } from '../response.ts';
import { extensionBody, extensionParent, imageBody, imageParent, namedBody } from '../views/catalog.ts';
import { usageBodies } from '../views/usage.ts';
import { resourceSkuBody, vmSizeBody } from '../views/vm-size.ts';

const listPublishers: Handler = async (call) =>
  json(200, named(call, 'Publishers', publishers(call.context.plane)));

const listOffers: Handler = async (call) => {
  const publisher = nameOf(call, 'publisher');
  return json(200, named(call, imageParent(publisher), offers(call.context.plane, publisher)));
};

const listSkus: Handler = async (call) => {
  const path = { publisher: nameOf(call, 'publisher'), offer: nameOf(call, 'offer') };
  return json(200, named(call, imageParent(path.publisher, path.offer), skus(call.context.plane, path)));
};

const listVersions: Handler = async (call) => {
  const { plane } = call.context;
  const path = imagePath(call);
  const expand = optionWords(call.request, '$expand', ['properties', 'properties/imageDeprecationStatus']);
  const place = placeOf(call, versionsParent(call));
  const chosen = choose(call, versions(plane, path));
  const body = (version: string): JsonObject =>
    expand.size > 0
      ? imageBody(place, version, imageVersion(plane, path, version))
      : namedBody(place, version);
  return json(200, chosen.map(body));
};

const getVersion: Handler = async (call) => {
  const version = nameOf(call, 'version');
  const generation = imageVersion(call.context.plane, imagePath(call), version);
  return json(200, imageBody(placeOf(call, versionsParent(call)), version, generation));
};

const listTypes: Handler = async (call) => {
  const publisher = nameOf(call, 'publisher');
  const types = extensionTypes(call.context.plane, publisher).map(({ type }) => type);
  return json(200, named(call, extensionParent(publisher), types));
};

const listTypeVersions: Handler = async (call) => {
  const image = extensionOf(call);
  const parent = extensionParent(image.publisher, image.type);
  return json(200, named(call, parent, choose(call, image.versions)));
};

const getTypeVersion: Handler = async (call) => {
  const image = extensionOf(call);
  const version = nameOf(call, 'version');
  if (!image.versions.includes(version)) throw extensionNotFound();
  const place = placeOf(call, extensionParent(image.publisher, image.type));
  return json(200, extensionBody(place, version, image));
};

const listVmSizes: Handler = async (call) => {
  locationOf(call);
  return json(200, { value: VM_SIZES.map(vmSizeBody) });
};

/** `$filter=location eq 'westus'` is what clients ask with, and all that Azure takes. */
const listResourceSkus: Handler = async (call) => {
  const matches = documentFilter(call.request, new Set(['location']));
  const wanted = LOCATIONS.filter(({ name }) => matches?.({ location: name }) ?? true);
  return json(200, {
    value: VM_SIZES.flatMap((size) => wanted.map(({ name }) => resourceSkuBody(size, name))),
  });
};

const listUsages: Handler = async (call) => {
  const { plane } = call.context;
  const location = locationOf(call);
  return json(200, { value: usageBodies(quotasOf(plane), location, await coresIn(plane.store, location)) });
};

/** The name of the location in the path; Azure's refusal of another. */
function locationOf(call: Call): string {
  const asked = nameOf(call, 'location');
  checkLocation(asked, `Microsoft.Compute/${call.route.type}`);
  return findLocation(asked)?.name ?? asked;
}

function placeOf(call: Call, parent: string) {
  return { subscriptionId: call.context.plane.subscriptionId, location: locationOf(call), parent };
}

function named(call: Call, parent: string, names: readonly string[]): readonly JsonObject[] {
  const place = placeOf(call, parent);
  return names.map((name) => namedBody(place, name));
}

function imagePath(call: Call) {
  return { publisher: nameOf(call, 'publisher'), offer: nameOf(call, 'offer'), sku: nameOf(call, 'sku') };
}

function versionsParent(call: Call): string {
  const { publisher, offer, sku } = imagePath(call);
  return imageParent(publisher, offer, sku);
}

function extensionOf(call: Call) {
  return extensionType(call.context.plane, nameOf(call, 'publisher'), nameOf(call, 'extensionType'));
}

/** Versions, oldest first, as `$filter`, `$orderby` and `$top` ask for them. */
function choose(call: Call, all: readonly string[]): readonly string[] {
  const matches = documentFilter(call.request, new Set(['name']));
  const top = numberOption(call.request, '$top', { least: 1, most: 1000, otherwise: all.length });
  const found = all.filter((name) => matches?.({ name }) ?? true);
  return (isDescending(call) ? found.toReversed() : found).slice(0, top);
}

function isDescending(call: Call): boolean {
  const order = queryValue(call.request, '$orderby')?.trim() ?? 'name';
  if (/^name(\s+asc)?$/i.test(order)) return false;
  if (/^name\s+desc$/i.test(order)) return true;
  throw new Failure(
    'invalidParameter',
    `The value '${order}' of query parameter '$orderby' is not supported. Supported are: name asc, name desc.`,
    { target: '$orderby' },
  );
}

export const CATALOG_HANDLERS: Readonly<Record<keyof typeof CATALOG_ROUTES, Handler>> = {
  'publishers.list': listPublishers,
  'imageOffers.list': listOffers,
  'imageSkus.list': listSkus,
  'imageVersions.list': listVersions,
  'imageVersions.get': getVersion,
  'extensionTypes.list': listTypes,
  'extensionVersions.list': listTypeVersions,
  'extensionVersions.get': getTypeVersion,
  'vmSizes.list': listVmSizes,
  'resourceSkus.list': listResourceSkus,
  'usages.list': listUsages,
};
