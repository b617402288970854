// Scale sets: the resource itself, its lists and its views.

import { deleteScaleSet } from '../../app/delete-scale-set.ts';
import { getScaleSet, listScaleSets, scaleSetView } from '../../app/scale-sets.ts';
import { patchScaleSet, putScaleSet, type Written } from '../../app/write-scale-set.ts';
import { scaleSetBody as scaleSetSchema } from '../../arm/schemas.ts';
import { textAt } from '../../domain/json.ts';
import type { ScaleSet } from '../../domain/scale-set.ts';
import { conditions } from '../conditions.ts';
import { type Call, type Handler, nameOf, setRef } from '../context.ts';
import { readBody } from '../json-body.ts';
import { checkLocation } from '../location.ts';
import { longRunning } from '../long-running.ts';
import { flagOption, optionWords } from '../query-options.ts';
import { type Answer, empty, json } from '../response.ts';
import { etagOf, scaleSetBody } from '../views/scale-set.ts';
import { scaleSetViewBody } from '../views/scale-set-view.ts';
import { scaleSetSkuBodies } from '../views/vm-size.ts';

const TYPE = 'Microsoft.Compute/virtualMachineScaleSets';

export const listAllScaleSets: Handler = async (call) => list(call, {});

export const listScaleSetsByLocation: Handler = async (call) => {
  const location = nameOf(call, 'location');
  checkLocation(location, TYPE);
  return list(call, { location });
};

export const listScaleSetsByGroup: Handler = async (call) => list(call, { group: nameOf(call, 'group') });

async function list(call: Call, where: Parameters<typeof listScaleSets>[1]): Promise<Answer> {
  const sets = await listScaleSets(call.context.plane, where);
  return json(200, { value: sets.map((set) => scaleSetBody(set, show(call))) });
}

export const putScaleSetRoute: Handler = async (call) => {
  const body = readBody(call.request, scaleSetSchema, 'required');
  checkLocation(textAt(body, 'location'), TYPE);
  const written = await putScaleSet(call.context.plane, call.origin, {
    ...setRef(call),
    body,
    ...conditions(call),
  });
  return writtenAnswer(call, written);
};

export const patchScaleSetRoute: Handler = async (call) => {
  const body = readBody(call.request, scaleSetSchema, 'required');
  const written = await patchScaleSet(call.context.plane, call.origin, {
    ...setRef(call),
    body,
    ...conditions(call),
  });
  return writtenAnswer(call, written);
};

function writtenAnswer(call: Call, { set, created, operation }: Written): Answer {
  const resource = { body: scaleSetBody(set, show(call)), created, headers: etagHeader(call, set) };
  return longRunning(call, { operation, resource });
}

export const getScaleSetRoute: Handler = async (call) => {
  const expand = optionWords(call.request, '$expand', ['userData']);
  const set = await getScaleSet(call.context.plane, setRef(call));
  return json(
    200,
    scaleSetBody(set, { ...show(call), userData: expand.has('userdata') }),
    etagHeader(call, set),
  );
};

export const deleteScaleSetRoute: Handler = async (call) => {
  const operation = await deleteScaleSet(call.context.plane, call.origin, {
    ...setRef(call),
    ...conditions(call),
    force: flagOption(call.request, 'forceDeletion'),
  });
  return operation === undefined ? empty(204) : longRunning(call, { operation });
};

export const listScaleSetSkus: Handler = async (call) =>
  json(200, { value: scaleSetSkuBodies(await getScaleSet(call.context.plane, setRef(call))) });

export const getScaleSetView: Handler = async (call) => {
  const { set, instances } = await scaleSetView(call.context.plane, setRef(call));
  return json(200, scaleSetViewBody(set, instances));
};

function show({ context, era }: Call) {
  return { subscriptionId: context.plane.subscriptionId, tenantId: context.identity.tenantId, era };
}

function etagHeader({ era }: Call, set: ScaleSet): Record<string, string> {
  return era.etag ? { etag: etagOf(set) } : {};
}
