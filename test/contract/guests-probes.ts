// The guest contract, on probes: a driver that can ask a guest's application whether it serves. What must hold: a probe
// answers whatever the guest does, and an answer that is called steady changes only with a word from the driver.

import { describe, expect, test } from 'vitest';

import type { ProbeAnswer, ProbeRequest } from '../../src/domain/probe.ts';
import { type Bench, HARD, ONE, type OpenBench, SPEC, UNKNOWN } from './guests-bench.ts';

/** Serves HTTP at /health on its own port. */
const WEB = { ...SPEC, image: 'web' };
const HTTP: ProbeRequest = { protocol: 'http', port: 80, path: '/health' };
const TCP: ProbeRequest = { protocol: 'tcp', port: 80, path: '/' };
const FAILED = { outcome: 'failed' };

async function probe(b: Bench, request: ProbeRequest, handle = ONE): Promise<ProbeAnswer> {
  if (b.guests.probe === undefined) throw new Error('the driver cannot probe');
  return b.guests.probe(handle, request);
}

/** Its application begins to serve some time after it is up. */
async function serving(b: Bench, generation = 0): Promise<void> {
  await b.ready(ONE, generation);
  await b.harness.serves(ONE);
}

export function describeProbes(bench: OpenBench): void {
  describe('a probe', () => {
    test('of a guest that serves is answered, by HTTP with a state in its body and by TCP', async () => {
      const b = await bench();
      await b.guests.create(ONE, WEB);
      await serving(b);
      const answer = await probe(b, HTTP);
      expect(answer).toMatchObject({ outcome: 'answered', status: 200 });
      expect(JSON.parse(answer.body ?? '')).toMatchObject({ ApplicationHealthState: 'Healthy' });
      expect(await probe(b, TCP)).toMatchObject({ outcome: 'connected' });
    });

    test('of a guest whose application stopped is not, until the guest boots again', async () => {
      const b = await bench();
      await b.guests.create(ONE, WEB);
      await serving(b);
      await b.harness.stopServing(ONE);
      expect(await probe(b, TCP)).toMatchObject(FAILED);
      expect((await probe(b, HTTP)).status).not.toBe(200);
      expect((await b.state(ONE)).ready).toBe(true);
      await b.guests.restart(ONE, { generation: 1, spec: WEB, newHost: false, graceful: false });
      await serving(b, 1);
      expect(await probe(b, HTTP)).toMatchObject({ outcome: 'answered', status: 200 });
      await b.harness.stopServing(ONE);
      await b.guests.reimage(ONE, { generation: 2, spec: WEB, dataDisks: 'keep' });
      await serving(b, 2);
      expect(await probe(b, TCP)).toMatchObject({ outcome: 'connected' });
    });

    test('whose answer is steady is followed by a word of the driver when the answer changes', async () => {
      const b = await bench();
      await b.guests.create(ONE, WEB);
      await serving(b);
      const { steady } = await probe(b, HTTP);
      let heard = false;
      const stop = b.guests.watch(() => {
        heard = true;
      });
      await b.harness.stopServing(ONE);
      stop();
      if (steady === true) expect(heard).toBe(true);
    });

    test('of a guest that is not up, or that nobody knows, has failed', async () => {
      const b = await bench();
      expect(await probe(b, HTTP, UNKNOWN)).toEqual(FAILED);
      await b.guests.create(ONE, WEB);
      await b.ready(ONE);
      await b.guests.stop(ONE, HARD);
      await b.power(ONE, 'stopped');
      expect(await probe(b, HTTP)).toEqual(FAILED);
      expect(await probe(b, TCP)).toEqual(FAILED);
    });
  });
}
