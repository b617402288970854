// Resource groups.

import {
  deleteGroup,
  getGroup,
  groupExists,
  type GroupRequest,
  listGroups,
  patchGroup,
  putGroup,
} from '../../app/resource-groups.ts';
import { getOperation } from '../../app/operations.ts';
import { groupBody as groupSchema } from '../../arm/schemas.ts';
import { without } from '../../domain/declaration.ts';
import { type JsonObject, tagsFrom, textAt } from '../../domain/json.ts';
import { type Call, type Handler, nameOf } from '../context.ts';
import { readBody } from '../json-body.ts';
import { checkGroupLocation } from '../location.ts';
import { longRunning, resultUrl } from '../long-running.ts';
import { documentFilter } from '../filter.ts';
import { empty, json } from '../response.ts';
import { groupBody } from '../views/group.ts';
import { operationResult } from './operations.ts';

export const listResourceGroups: Handler = async (call) => {
  const wanted = documentFilter(call.request, FILTERED);
  const groups = (await listGroups(call.context.plane)).filter(
    ({ tags, location }) =>
      wanted === undefined ||
      Object.entries({ '': '', ...tags }).some(([tagName, tagValue]) =>
        wanted({ tagName, tagValue, location }),
      ),
  );
  return json(200, { value: groups.map((group) => groupBody(group, call.context.plane.subscriptionId)) });
};

const FILTERED = new Set(['tagname', 'tagvalue', 'location']);

export const putResourceGroup: Handler = async (call) => {
  const { context, origin } = call;
  const body = readBody(call.request, groupSchema, 'required');
  checkGroupLocation(textAt(body, 'location'));
  const { group, created } = await putGroup(context.plane, origin, groupRequest(call, body));
  return json(created ? 201 : 200, groupBody(group, context.plane.subscriptionId));
};

export const patchResourceGroup: Handler = async (call) => {
  const { context, origin } = call;
  const body = readBody(call.request, groupSchema, 'required');
  const group = await patchGroup(context.plane, origin, groupRequest(call, body));
  return json(200, groupBody(group, context.plane.subscriptionId));
};

export const getResourceGroup: Handler = async (call) => {
  const { plane } = call.context;
  return json(200, groupBody(await getGroup(plane, nameOf(call, 'group')), plane.subscriptionId));
};

export const resourceGroupExists: Handler = async (call) =>
  empty((await groupExists(call.context.plane, nameOf(call, 'group'))) ? 204 : 404);

export const deleteResourceGroup: Handler = async (call) => {
  const operation = await deleteGroup(call.context.plane, call.origin, nameOf(call, 'group'));
  return longRunning(call, { operation });
};

export const resourceGroupDeletion: Handler = async (call) => {
  const operation = await getOperation(call.context.plane, nameOf(call, 'operation'));
  return operationResult(operation, resultUrl(call, operation.id));
};

function groupRequest(call: Call, body: JsonObject): GroupRequest {
  const extra = without(body, 'id', 'name', 'type', 'location', 'tags', 'managedBy', 'properties');
  return {
    name: nameOf(call, 'group'),
    location: textAt(body, 'location'),
    tags: tagsFrom(body['tags']),
    managedBy: textAt(body, 'managedBy'),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
