// Paced ARM: the plane's own requests, so many at once and no more. What must hold: a large deployment does not stand in its own
// way. All that it makes in one group is written with the group's row, so of many at once all but one have to decide again.

import type { ArmAnswer, ArmClient } from '../app/ports/arm.ts';

/** Each request waits for its turn, first come, first served; all that is made of one pace shares it. */
export function paceArm(atOnce: number): (arm: ArmClient) => ArmClient {
  const waiting: (() => void)[] = [];
  let running = 0;
  const paced = async (request: () => Promise<ArmAnswer>): Promise<ArmAnswer> => {
    if (running < atOnce) running += 1;
    // Whoever is done leaves its place to the next.
    else await new Promise<void>((go) => void waiting.push(go));
    try {
      return await request();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
  return (arm) => ({
    get: (...asked) => paced(() => arm.get(...asked)),
    put: (...asked) => paced(() => arm.put(...asked)),
    delete: (...asked) => paced(() => arm.delete(...asked)),
  });
}
