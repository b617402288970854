// Actions: the verbs, on the instances of a set that are named and on one that is addressed.

import {
  type Acted,
  type ActionRequest,
  actOnInstances,
  deleteInstance,
} from '../../app/act-on-instances.ts';
import { instanceIdsBody } from '../../arm/schemas.ts';
import { Failure } from '../../domain/failure.ts';
import { type JsonObject, listAt, textAt } from '../../domain/json.ts';
import { rulesOf } from '../../domain/orchestration.ts';
import type { Target } from '../../domain/target.ts';
import type { ActionVerb } from '../../domain/verb.ts';
import { type Call, type Handler, instanceRef, setRef } from '../context.ts';
import { readBody } from '../json-body.ts';
import { longRunning } from '../long-running.ts';
import { flagOption } from '../query-options.ts';
import { type Answer, empty } from '../response.ts';

/** @param all what a request without instance ids means: all of them, or nothing, so that it is refused */
export function onSet(verb: ActionVerb, all: 'all' | 'refused' = 'all'): Handler {
  return async (call) => {
    const body = readBody(call.request, instanceIdsBody, 'optional');
    checkOptions(call, verb, body);
    return act(call, {
      ...setRef(call),
      verb,
      target: namedIn(body, all),
      ...exactVersionIn(body),
      ...optionsOf(call, verb),
    });
  };
}

/** The instance id `*` means all: az sends it so (azure-wire section 5). */
export function onInstance(verb: ActionVerb): Handler {
  return async (call) => {
    const body = readBody(call.request, instanceIdsBody, 'optional');
    checkOptions(call, verb, body);
    const { instanceId, ...named } = instanceRef(call);
    return act(call, {
      ...named,
      verb,
      target: instanceId === undefined ? { kind: 'machine' } : { kind: 'one', instanceId },
      ...exactVersionIn(body),
      ...optionsOf(call, verb),
    });
  };
}

/** Here the instance id `*` is no id: nobody deletes a whole set by the path of one instance. */
export const deleteInstanceRoute: Handler = async (call) => {
  const done = await deleteInstance(call.context.plane, call.origin, {
    ...instanceRef(call),
    force: flagOption(call.request, 'forceDeletion'),
  });
  return done === undefined ? empty(204) : begun(call, done);
};

async function act(call: Call, request: ActionRequest): Promise<Answer> {
  return begun(call, await actOnInstances(call.context.plane, call.origin, request));
}

/** Of machines no charge is said (recorded, azure-cli's test of hibernation). */
function begun(call: Call, { set, operation, changed }: Acted): Answer {
  const said = rulesOf(set.declared).instances === 'numbered' ? { charge: changed } : {};
  return longRunning(call, { operation, ...said });
}

function namedIn(body: JsonObject, all: 'all' | 'refused'): Target {
  if (Array.isArray(body['instanceIds'])) {
    return { kind: 'named', instanceIds: listAt(body, 'instanceIds').map(String) };
  }
  // Null names nothing and is not left out either.
  if (all === 'all' && body['instanceIds'] === undefined) return { kind: 'all' };
  throw new Failure('invalidParameter', "Required parameter 'instanceIds' is missing (null).", {
    target: 'instanceIds',
  });
}

function optionsOf({ request }: Call, verb: ActionVerb): { skipShutdown?: boolean; force?: boolean } {
  if (verb === 'powerOff') return { skipShutdown: flagOption(request, 'skipShutdown') };
  if (verb === 'delete') return { force: flagOption(request, 'forceDeletion') };
  return {};
}

/** The version that each new OS disk is to have; without it, each keeps its own. */
function exactVersionIn(body: JsonObject): { exactVersion?: string } {
  const exactVersion = textAt(body, 'exactVersion');
  return exactVersion === undefined ? {} : { exactVersion };
}

/** What would change what the verb does and is not served is refused: nothing is silently done in another way. */
function checkOptions({ request, names }: Call, verb: ActionVerb, body: JsonObject): void {
  if (verb === 'deallocate' && flagOption(request, 'hibernate')) {
    throw new Failure(
      'operationNotAllowed',
      names['machine'] === undefined
        ? 'Hibernation capability is not enabled for the VMs of this scale set.'
        : `Hibernation capability is not enabled for VM '${names['machine']}'.`,
    );
  }
  if (verb !== 'reimage' && verb !== 'reimageAll') return;
  if (body['osProfile'] === undefined || body['osProfile'] === null) return;
  throw new Failure(
    'badRequest',
    "A reimage with 'osProfile' is not supported: instances are reimaged from their model.",
    { target: 'osProfile' },
  );
}
