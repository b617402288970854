// The generic list of resources, of a group or of the subscription.

import { listDisks } from '../../app/disks.ts';
import { listGroupResources } from '../../app/group-resources.ts';
import { listMachines } from '../../app/instances.ts';
import { getGroup } from '../../app/resource-groups.ts';
import { listScaleSets } from '../../app/scale-sets.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { type Call, type Handler, nameOf } from '../context.ts';
import { documentFilter } from '../filter.ts';
import { optionWords } from '../query-options.ts';
import { type Answer, json } from '../response.ts';
import { diskResourceBody, groupResourceBody, machineResourceBody, resourceBody } from '../views/resource.ts';

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
  const show = {
    subscriptionId: plane.subscriptionId,
    expand: optionWords(call.request, '$expand', EXPANDED),
  };
  const sets = await listScaleSets(plane, group === undefined ? {} : { group });
  const machines = await listMachines(plane, group === undefined ? {} : { group });
  const others = await listGroupResources(plane, group);
  const disks = await listDisks(plane, group);
  const all: readonly Listed[] = [
    ...sets.map((set) => ({ group: set.group, body: resourceBody(set, show) })),
    ...machines.flatMap(({ set, instances }) =>
      instances.map((instance) => ({ group: set.group, body: machineResourceBody(set, instance, show) })),
    ),
    ...others.map((resource) => ({ group: resource.row.group, body: groupResourceBody(resource, show) })),
    ...disks.map((disk) => ({ group: disk.disk.group, body: diskResourceBody(disk, show) })),
  ];
  const chosen = all.filter((one) => wanted === undefined || documentsOf(one).some(wanted));
  return json(200, { value: chosen.map(({ body }) => body) });
}

interface Listed {
  readonly group: string;
  readonly body: JsonObject;
}

/** What a filter may ask for; one document for each tag, as `tagName eq … and tagValue eq …` is about one tag. */
function documentsOf({ group, body }: Listed): readonly Json[] {
  const { type: resourceType = '', name = '', location = '', tags = {} } = body;
  const facts = { resourceType, name, location, resourceGroup: group };
  return [
    facts,
    ...Object.entries(tags as object).map(([tagName, tagValue]) => ({
      ...facts,
      tagName,
      tagValue: String(tagValue),
    })),
  ];
}
