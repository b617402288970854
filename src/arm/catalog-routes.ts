// Routes of the catalog: what there is to declare a scale set from, and how much of it: images, extensions, sizes, quotas.

import { computeRead } from './compute-route.ts';
import type { Route } from './routes.ts';

const COMPUTE = '/subscriptions/{subscription}/providers/Microsoft.Compute';
const LOCATION = `${COMPUTE}/locations/{location}`;
const PUBLISHERS = `${LOCATION}/publishers`;
const OFFERS = `${PUBLISHERS}/{publisher}/artifacttypes/vmimage/offers`;
const IMAGE_SKUS = `${OFFERS}/{offer}/skus`;
const VERSIONS = `${IMAGE_SKUS}/{sku}/versions`;
const TYPES = `${PUBLISHERS}/{publisher}/artifacttypes/vmextension/types`;
const TYPE_VERSIONS = `${TYPES}/{extensionType}/versions`;

const ARTIFACTS = 'locations/publishers/artifacttypes';

export const CATALOG_ROUTES = {
  'publishers.list': computeRead(PUBLISHERS, 'locations/publishers'),
  'imageOffers.list': computeRead(OFFERS, `${ARTIFACTS}/offers`),
  'imageSkus.list': computeRead(IMAGE_SKUS, `${ARTIFACTS}/offers/skus`),
  'imageVersions.list': computeRead(VERSIONS, `${ARTIFACTS}/offers/skus/versions`),
  'imageVersions.get': computeRead(`${VERSIONS}/{version}`, `${ARTIFACTS}/offers/skus/versions`),
  'extensionTypes.list': computeRead(TYPES, `${ARTIFACTS}/types`),
  'extensionVersions.list': computeRead(TYPE_VERSIONS, `${ARTIFACTS}/types/versions`),
  'extensionVersions.get': computeRead(`${TYPE_VERSIONS}/{version}`, `${ARTIFACTS}/types/versions`),
  'vmSizes.list': computeRead(`${LOCATION}/vmSizes`, 'locations/vmSizes'),
  'resourceSkus.list': computeRead(`${COMPUTE}/skus`, 'skus'),
  'usages.list': computeRead(`${LOCATION}/usages`, 'locations/usages'),
} satisfies Readonly<Record<string, Route>>;
