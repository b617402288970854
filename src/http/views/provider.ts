// Resource providers: what the route table serves, as ARM describes it.

import { API_VERSIONS, type Provider } from '../../arm/api-version.ts';
import type { JsonObject } from '../../arm/json.ts';
import { LOCATIONS } from '../../arm/locations.ts';
import { type Route, ROUTES } from '../../arm/routes.ts';

const PROVIDERS = Object.keys(API_VERSIONS) as Provider[];

/** The provider of that name, in any case. */
export function findProvider(namespace: string): Provider | undefined {
  return PROVIDERS.find((provider) => provider.toLowerCase() === namespace.toLowerCase());
}

export function providerBody(provider: Provider, subscriptionId: string): JsonObject {
  return {
    id: `/subscriptions/${subscriptionId}/providers/${provider}`,
    namespace: provider,
    registrationState: 'Registered',
    registrationPolicy: 'RegistrationFree',
    resourceTypes: resourceTypesOf(provider).map((resourceType) => ({
      resourceType,
      locations: LOCATIONS.map((location) => location.displayName),
      apiVersions: API_VERSIONS[provider],
      defaultApiVersion: API_VERSIONS[provider][0] ?? '',
      capabilities: 'None',
    })),
  };
}

export function providerBodies(subscriptionId: string): readonly JsonObject[] {
  return PROVIDERS.map((provider) => providerBody(provider, subscriptionId));
}

/** Those that some route serves. */
export function resourceTypesOf(provider: Provider): readonly string[] {
  const routes: readonly Route[] = Object.values(ROUTES);
  return [...new Set(routes.filter((route) => route.provider === provider).map((route) => route.type))];
}
