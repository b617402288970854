// Operations: the operator's commands at work: signed in to a plane or to Azure, with a person who can be asked.

import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Looks } from '../operator/helm.ts';
import { askPerson } from './ask.ts';
import { readIdentity } from './identity-file.ts';
import { onInterrupt } from './interruption.ts';
import type { Operating, Operations } from './operating.ts';
import { logOf, readSet, recently, requireLog } from './read-set.ts';
import { openSession, requireSet, type Session } from './session.ts';
import type { Environment, Terminal } from './terminal.ts';

/** A plane's log has a request at once, and it can be asked as often as it answers. */
const PLANE = { logDelay: 0, looks: { first: 200, longest: 3000 } } as const;
/** The activity log may be twenty minutes late; a set may be listed ten times a minute (azure-fleet: throttling). */
const AZURE = { logDelay: 20 * 60_000, looks: { first: 15_000, longest: 15_000 } } as const;

export const operations: Operations = {
  open: async (choice, env, terminal) => {
    const session = openSession(choice, env, terminal);
    requireSet(session);
    return await Promise.resolve(operatingOf(session, env, terminal));
  },
  ask: askPerson,
  interruption: onInterrupt,
  guid: () => randomUUID(),
};

function operatingOf(session: Session, env: Environment, terminal: Terminal): Operating {
  const { arm, data } = session;
  const pace: { readonly logDelay: number; readonly looks: Looks } = data === undefined ? AZURE : PLANE;
  return {
    ...pace,
    arm,
    listen: (listener) => arm.listen(listener),
    readInventory: async () => await readSet(session, terminal),
    readLastActions: async (inventory) => {
      const log = await requireLog(session, recently(terminal));
      return logOf(log, inventory).last;
    },
    who: whoActs(session, env),
    where: data ?? arm.endpoint,
    close: () => {
      arm.close();
    },
  };
}

/** The person at this machine, and the application that they act as where that is known. */
function whoActs({ data }: Session, env: Environment): string {
  const application = data === undefined ? env.AZURE_CLIENT_ID : readIdentity(data).clientId;
  const { username } = userInfo();
  return application === undefined || application === ''
    ? username
    : `${username} (as the application ${application})`;
}
