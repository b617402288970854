// Deployments: accept, validate, cancel, read, forget. What is accepted has been planned whole, so that a mistake in the
// template is refused before anything is made; the loop then makes it so.

import { operationEntry } from '../domain/activity-entry.ts';
import { type Deployment, isActive } from '../domain/deployment.ts';
import { checkDeploymentName, deploymentRequest } from '../domain/deployment-request.ts';
import { Failure } from '../domain/failure.ts';
import type { Operation } from '../domain/operation.ts';
import { deploymentPath } from '../domain/resource-path.ts';
import { spokenTime } from '../domain/time.ts';
import { beginOperation } from './begin-operation.ts';
import { finalEntry } from './final-entry.ts';
import { requireGroup, requireWritableGroup } from './find.ts';
import { type DeploymentRef, type DeploymentWrite, planDeployment } from './plan-deployment.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { cancelChanges } from './ports/deployment-end.ts';
import { type Change, put, remove } from './ports/store.ts';

/** So many are kept in a group, as by Azure. */
export const MOST_DEPLOYMENTS = 800;
/** After so long Azure takes a deployment for dead. Here none is; its sentence has the time in it. */
const EXPIRES = 7 * 24 * 60 * 60_000;

const WRITE = 'Microsoft.Resources/deployments/write';

export interface AcceptedDeployment {
  readonly deployment: Deployment;
  readonly created: boolean;
  readonly operation: Operation;
}

/**
 * Asked again on behalf of the same deployment, as after a crash, it answers what runs already, or ran: a part of a
 * deployment runs once.
 */
export async function putDeployment(
  plane: Plane,
  origin: Origin,
  write: DeploymentWrite,
): Promise<AcceptedDeployment> {
  checkDeploymentName(write.name);
  const request = deploymentRequest(write.name, write.body);
  return decideAndCommit(plane, async () => {
    const group = await requireWritableGroup(plane, write.group);
    const current = await plane.store.deployment(group.name, write.name);
    const known = current && (await samePart(plane, origin, current));
    if (known !== undefined) return { changes: [], answer: known };
    if (current !== undefined && isActive(current)) throw stillActive(current);
    const parent = await parentOf(plane, origin);
    const uid = plane.ids.guid();
    const draft = await planDeployment(plane, origin, { group, write, request, uid, parent });
    const name = current?.name ?? write.name;
    const { operation, changes } = beginOperation(plane, origin, {
      id: draft.operation,
      name: WRITE,
      awaits: { kind: 'deployment', uid },
      group: group.name,
      location: group.location,
      below: `/providers/Microsoft.Resources/deployments/${name}`,
    });
    const deployment: Deployment = { ...draft, name };
    return {
      changes: [
        // So that a delete of the group at the same moment sees the deployment or refuses it.
        put('group', group),
        ...(parent === undefined ? [] : [put('deployment', parent)]),
        ...(current === undefined ? await retired(plane, group.name) : [remove('deployment', current)]),
        put('deployment', deployment),
        ...changes,
      ],
      answer: { deployment, created: current === undefined, operation },
    };
  });
}

/** What a PUT would make of it. Nothing is kept but a line in the log. */
export async function validateDeployment(
  plane: Plane,
  origin: Origin,
  write: DeploymentWrite,
): Promise<Deployment> {
  checkDeploymentName(write.name);
  const request = deploymentRequest(write.name, write.body);
  const group = await requireWritableGroup(plane, write.group);
  const draft = await planDeployment(plane, origin, { group, write, request, uid: plane.ids.guid() });
  await plane.store.commit([entry(plane, origin, draft, 'validate/action')]);
  return draft;
}

export async function cancelDeployment(plane: Plane, origin: Origin, ref: DeploymentRef): Promise<void> {
  return decideAndCommit(plane, async () => {
    const row = await requireDeployment(plane, ref);
    if (!isActive(row)) {
      throw new Failure(
        'deploymentCannotBeCancelled',
        `The deployment '${row.name}' cannot be cancelled because it is in terminal state '${row.state}'.`,
      );
    }
    const ended = await cancelChanges(plane, [row], plane.clock.now());
    return { changes: [...ended, entry(plane, origin, row, 'cancel/action')], answer: undefined };
  });
}

/** What was made stays. Answers an operation that has ended; undefined when there is no such deployment. */
export async function deleteDeployment(
  plane: Plane,
  origin: Origin,
  ref: DeploymentRef,
): Promise<Operation | undefined> {
  return decideAndCommit(
    plane,
    async (): Promise<{ changes: readonly Change[]; answer: Operation | undefined }> => {
      const group = await requireGroup(plane, ref.group);
      const row = await plane.store.deployment(group.name, ref.name);
      if (row === undefined) return { changes: [], answer: undefined };
      if (isActive(row)) {
        throw new Failure(
          'deploymentActive',
          `Unable to delete deployment '${row.name}': it is still active since '${spokenTime(row.created)}'. Cancel it first, or wait for its end. Please see https://aka.ms/arm-deploy for usage details.`,
        );
      }
      const begun = beginOperation(plane, origin, {
        id: plane.ids.guid(),
        name: 'Microsoft.Resources/deployments/delete',
        awaits: { kind: 'deployment', uid: row.uid },
        group: group.name,
        location: group.location,
        below: `/providers/Microsoft.Resources/deployments/${row.name}`,
      });
      const now = plane.clock.now();
      const operation: Operation = { ...begun.operation, ended: now, status: 'Succeeded' };
      const [, accepted] = begun.changes;
      const activity = operationEntry(operation, 'Succeeded', plane.ids.guid(), now);
      return {
        changes: [
          remove('deployment', row),
          put('operation', operation),
          ...(accepted === undefined ? [] : [accepted]),
          { kind: 'append', activity },
        ],
        answer: operation,
      };
    },
  );
}

export async function requireDeployment(plane: Plane, ref: DeploymentRef): Promise<Deployment> {
  const group = await requireGroup(plane, ref.group);
  const row = await plane.store.deployment(group.name, ref.name);
  if (row !== undefined) return row;
  throw new Failure('deploymentNotFound', `Deployment '${ref.name}' could not be found.`);
}

export async function deploymentExists(plane: Plane, ref: DeploymentRef): Promise<boolean> {
  return (await plane.store.deployment(ref.group, ref.name)) !== undefined;
}

/** Newest first. */
export async function listDeployments(plane: Plane, group: string): Promise<readonly Deployment[]> {
  const { name } = await requireGroup(plane, group);
  return (await plane.store.deployments(name)).toSorted((a, b) => b.created - a.created);
}

/** An operation by which a deployment of that name is followed, or was. */
export async function deploymentStatus(
  plane: Plane,
  ref: DeploymentRef,
  id: string,
): Promise<{ readonly operation: Operation; readonly deployment: Deployment | undefined }> {
  const operation = await plane.store.operation(id.toLowerCase());
  const path = deploymentPath(plane.subscriptionId, ref.group, ref.name).toLowerCase();
  if (operation?.awaits.kind !== 'deployment' || operation.resourceId.toLowerCase() !== path) {
    throw new Failure('deploymentNotFound', `Deployment '${ref.name}' could not be found.`);
  }
  return { operation, deployment: await plane.store.deploymentByUid(operation.awaits.uid) };
}

async function samePart(
  plane: Plane,
  { deployment: parent }: Origin,
  current: Deployment,
): Promise<AcceptedDeployment | undefined> {
  if (parent === undefined || current.parent !== parent) return undefined;
  const operation = await plane.store.operation(current.operation);
  return operation && { deployment: current, created: false, operation };
}

/** To be written with its part, so that a cancel at this moment sees the part or refuses it. */
async function parentOf(plane: Plane, { deployment: uid }: Origin): Promise<Deployment | undefined> {
  if (uid === undefined) return undefined;
  const parent = await plane.store.deploymentByUid(uid);
  if (parent !== undefined && isActive(parent)) return parent;
  throw new Failure('conflict', 'The deployment of which this one is a part has ended.');
}

/** The oldest that have ended give way to a new one. */
async function retired(plane: Plane, group: string): Promise<readonly Change[]> {
  const rows = await plane.store.deployments(group);
  const surplus = rows.length + 1 - MOST_DEPLOYMENTS;
  if (surplus <= 0) return [];
  return rows
    .filter((row) => !isActive(row))
    .toSorted((a, b) => a.created - b.created)
    .slice(0, surplus)
    .map((row) => remove('deployment', row));
}

function stillActive({ name, created }: Deployment): Failure {
  return new Failure(
    'deploymentActive',
    `Unable to edit or replace deployment '${name}': previous deployment from '${spokenTime(created)}' is still active (expiration time is '${spokenTime(created + EXPIRES)}'). Please see https://aka.ms/arm-deploy for usage details.`,
  );
}

/** Of what is done when it is asked. */
function entry(plane: Plane, origin: Origin, row: Deployment, verb: string): Change {
  return finalEntry(plane, origin, {
    operationName: `Microsoft.Resources/deployments/${verb}`,
    resourceId: deploymentPath(plane.subscriptionId, row.group, row.name),
    group: row.group,
  });
}
