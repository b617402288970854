// Crashes: one story told again and again, with a death of the plane at each of its commits in turn, just before the commit is
// on disk or just after. The story checks what must hold.

import type { CrashPlan } from './mortal.ts';
import { must } from './must.ts';

export type Moment = 'before' | 'after';

/** A story with fewer commits than that tells nothing. */
const LEAST = 20;

export async function crashAtEachCommit(
  moment: Moment,
  story: (crash: CrashPlan) => Promise<void>,
): Promise<void> {
  let commits = 0;
  await story(() => {
    commits += 1;
    return undefined;
  });
  must(commits > LEAST, `the story has ${commits} commits`);
  for (let at = 1; at <= commits; at += 1) {
    let count = 0;
    try {
      await story(() => ((count += 1) === at ? moment : undefined));
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`crash ${moment} commit ${at} of ${commits}: ${what}`, { cause: error });
    }
  }
}
