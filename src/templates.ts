// Templates: the template engine with what it may ask about this plane: its subscription, its providers, and which types its
// routes make. What must hold: the same input gives the same plan, whichever plane on this store makes it.

import type { Templates } from './app/ports/templates.ts';
import { takenVersions } from './arm/api-version.ts';
import { type Route, ROUTES } from './arm/routes.ts';
import { planTemplate } from './deploy/template/plan.ts';
import { groupBody } from './http/views/group.ts';
import { findProvider, providerBody } from './http/views/provider.ts';
import { subscriptionBody, type SubscriptionFacts } from './http/views/subscription.ts';

/** What `environment()` says: a plane is a cloud of its own. Azure's other members name services that there are none of. */
const ENVIRONMENT = { name: 'Muster' };

export function openTemplates(facts: SubscriptionFacts): Templates {
  const { subscriptionId, tenantId } = facts;
  return {
    plan: ({ template, parameters, deploymentName, group, now, seed }) =>
      planTemplate(template, parameters, {
        subscriptionId,
        tenantId,
        subscription: subscriptionBody(facts),
        group,
        deploymentName,
        environment: ENVIRONMENT,
        now,
        seed,
        provider: (namespace) => {
          const provider = findProvider(namespace);
          return provider && providerBody(provider, subscriptionId);
        },
        served: (type) => SERVED.get(type.toLowerCase()),
      }),
    groupFacts: (group) => groupBody(group, subscriptionId),
  };
}

/** What can be made, by its whole type in lower case: everything with a PUT, but for groups, which are no resources. */
const SERVED: ReadonlyMap<string, readonly string[]> = new Map(
  (Object.values(ROUTES) as Route[])
    .filter(({ method, path }) => method === 'PUT' && path.includes('/providers/'))
    .map(({ provider, type }) => [`${provider}/${type}`.toLowerCase(), takenVersions(provider)]),
);
