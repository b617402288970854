// The generic list of resources, of a group or of the subscription.

import { getGroup } from '../../app/resource-groups.ts';
import { listScaleSets } from '../../app/scale-sets.ts';
import type { Json } from '../../domain/json.ts';
import type { ScaleSet } from '../../domain/scale-set.ts';
import { type Call, type Handler, nameOf } from '../context.ts';
import { documentFilter } from '../filter.ts';
import { optionWords } from '../query-options.ts';
import { type Answer, json } from '../response.ts';
import { resourceBody } from '../views/resource.ts';

const FILTERED = new Set(['resourcetype', 'name', 'location', 'resourcegroup', 'tagname', 'tagvalue']);
const EXPANDED = ['createdTime', 'changedTime', 'provisioningState'];

export const listResources: Handler = async (call) => answer(call, undefined);

export const listResourcesByGroup: Handler = async (call) => {
  const group = await getGroup(call.context.plane, nameOf(call, 'group'));
  return answer(call, group.name);
};

async function answer(call: Call, group: string | undefined): Promise<Answer> {
  const { plane } = call.context;
  const wanted = documentFilter(call.request, FILTERED);
  const expand = optionWords(call.request, '$expand', EXPANDED);
  const sets = await listScaleSets(plane, group === undefined ? {} : { group });
  const chosen = sets.filter((set) => wanted === undefined || documentsOf(set).some(wanted));
  return json(200, {
    value: chosen.map((set) => resourceBody(set, { subscriptionId: plane.subscriptionId, expand })),
  });
}

/** What a filter may ask for; one document for each tag, as `tagName eq … and tagValue eq …` is about one tag. */
function documentsOf(set: ScaleSet): readonly Json[] {
  const { location, tags } = set.declared;
  const facts = {
    resourceType: 'Microsoft.Compute/virtualMachineScaleSets',
    name: set.name,
    location,
    resourceGroup: set.group,
  };
  return [facts, ...Object.entries(tags).map(([tagName, tagValue]) => ({ ...facts, tagName, tagValue }))];
}
