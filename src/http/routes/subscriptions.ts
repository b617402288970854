// Subscriptions, tenants and locations: a plane has one subscription in one tenant.

import { type Call, type Handler } from '../context.ts';
import { json } from '../response.ts';
import {
  locationBodies,
  subscriptionBody,
  type SubscriptionFacts,
  tenantBody,
} from '../views/subscription.ts';

export const listSubscriptions: Handler = async (call) =>
  json(200, { value: [subscriptionBody(facts(call))], count: { type: 'Total', value: 1 } });

export const getSubscription: Handler = async (call) => json(200, subscriptionBody(facts(call)));

export const listLocations: Handler = async (call) =>
  json(200, { value: locationBodies(call.context.plane.subscriptionId) });

export const listTenants: Handler = async (call) => json(200, { value: [tenantBody(call.context.identity)] });

function facts({ context }: Call): SubscriptionFacts {
  return { ...context.identity, subscriptionId: context.plane.subscriptionId };
}
