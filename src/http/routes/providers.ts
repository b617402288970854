// Resource providers: all of them are registered, always.

import type { Provider } from '../../arm/api-version.ts';
import { Failure } from '../../domain/failure.ts';
import { type Call, type Handler, nameOf } from '../context.ts';
import { json } from '../response.ts';
import { findProvider, providerBodies, providerBody } from '../views/provider.ts';

export const listProviders: Handler = async (call) =>
  json(200, { value: providerBodies(call.context.plane.subscriptionId) });

/** Registering answers the same and changes nothing: clients ask for it before they use a provider for the first time. */
export const getProvider: Handler = async (call) =>
  json(200, providerBody(requireProvider(call), call.context.plane.subscriptionId));

function requireProvider(call: Call): Provider {
  const namespace = nameOf(call, 'namespace');
  const provider = findProvider(namespace);
  if (provider !== undefined) return provider;
  throw new Failure('invalidResourceType', `The resource namespace '${namespace}' is invalid.`);
}
