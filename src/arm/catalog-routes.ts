// Routes of the catalog: what there is to declare a scale set from, and how much of it: images, extensions, sizes, quotas.

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

function catalog(path: string, type: string): Route {
  return {
    method: 'GET',
    path,
    provider: 'Microsoft.Compute',
    type,
    action: `Microsoft.Compute/${type}/read`,
    answers: 'now',
  };
}

export const CATALOG_ROUTES = {
  'publishers.list': catalog(PUBLISHERS, 'locations/publishers'),
  'imageOffers.list': catalog(OFFERS, `${ARTIFACTS}/offers`),
  'imageSkus.list': catalog(IMAGE_SKUS, `${ARTIFACTS}/offers/skus`),
  'imageVersions.list': catalog(VERSIONS, `${ARTIFACTS}/offers/skus/versions`),
  'imageVersions.get': catalog(`${VERSIONS}/{version}`, `${ARTIFACTS}/offers/skus/versions`),
  'extensionTypes.list': catalog(TYPES, `${ARTIFACTS}/types`),
  'extensionVersions.list': catalog(TYPE_VERSIONS, `${ARTIFACTS}/types/versions`),
  'extensionVersions.get': catalog(`${TYPE_VERSIONS}/{version}`, `${ARTIFACTS}/types/versions`),
  'vmSizes.list': catalog(`${LOCATION}/vmSizes`, 'locations/vmSizes'),
  'resourceSkus.list': catalog(`${COMPUTE}/skus`, 'skus'),
  'usages.list': catalog(`${LOCATION}/usages`, 'locations/usages'),
} satisfies Readonly<Record<string, Route>>;
