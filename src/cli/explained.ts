// Explained: what ARM refuses, as a Problem with the exit code that scripts rely on and with what may be done about it.

import { ArmRefusal } from '../operator/arm-refusal.ts';
import { formatSetName, type SetName } from './context.ts';
import { EXIT, Problem } from './problem.ts';

/** Any refusal as a Problem; anything else as it is. */
export function explained(error: unknown): unknown {
  if (!(error instanceof ArmRefusal)) return error;
  return new Problem(error.message, exitCodeOf(error.status));
}

/** Of a request that names a scale set: a 404 means that there is none of that name. */
export async function aboutSet<T>(name: SetName, context: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ArmRefusal) || error.status !== 404) throw explained(error);
    throw new Problem(
      `There is no scale set ${formatSetName(name)} in the context ${context}. See what there is: muster sets`,
      EXIT.notFound,
    );
  }
}

function exitCodeOf(status: number): number {
  switch (status) {
    case 401:
    case 403:
      return EXIT.denied;
    case 404:
      return EXIT.notFound;
    case 429:
      return EXIT.throttled;
    default:
      return EXIT.failed;
  }
}
