// HTTP load on one address: so many clients, each asking again as soon as it has its answer, until told to stop. Everything
// that goes wrong is kept; nothing is asked twice.
import { Agent, request } from 'node:http';

export interface Load {
  /** How many answers there were so far, by the name of the guest that gave them. */
  readonly answers: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
  /** Resolves when this many more answers have come. */
  more(count: number): Promise<void>;
  /** Resolves when the last question under way has been answered. */
  stop(): Promise<void>;
}

export function startLoad(
  url: string,
  { clients, keepAlive }: { clients: number; keepAlive: boolean },
): Load {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  const waiting = new Set<{ left: number; resolve: () => void }>();
  const control = new AbortController();

  const answered = (name: string): void => {
    answers.set(name, (answers.get(name) ?? 0) + 1);
    for (const one of waiting) {
      one.left -= 1;
      if (one.left > 0) continue;
      waiting.delete(one);
      one.resolve();
    }
  };
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!control.signal.aborted) {
      try {
        answered(await nameOf(url, agent));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    answers,
    failures,
    more: (count) =>
      new Promise((resolve) => {
        waiting.add({ left: count, resolve });
      }),
    stop: async () => {
      control.abort();
      await all;
    },
  };
}

/** The name of the guest that answers. Rejects when none does, or not as it should. */
function nameOf(url: string, agent: Agent): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request(url, { agent }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (text += chunk));
    response.on('error', reject);
    response.on('end', () => {
      try {
        if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
        resolve((JSON.parse(text) as { name: string }).name);
      } catch (error) {
        reject(error);
      }
    });
  })
    .on('error', reject)
    .end();
  return promise;
}

export interface UnderLoad {
  /** Resolves when every kind of client has had so many more answers. */
  readonly more: (count: number) => Promise<void>;
  /** Resolves when this guest has answered clients that do not keep their connection. */
  readonly served: (name: string) => Promise<void>;
}

/**
 * Does the work while clients ask, some over connections that they keep and some over a new one each time, and answers the
 * names of all guests that answered. Throws when a single request was lost.
 */
export async function losesNothing(
  url: string,
  work: (load: UnderLoad) => Promise<void>,
): Promise<readonly string[]> {
  const kept = startLoad(url, { clients: 4, keepAlive: true });
  const fresh = startLoad(url, { clients: 4, keepAlive: false });
  const more = async (count: number): Promise<void> => {
    await Promise.all([kept.more(count), fresh.more(count)]);
  };
  const served = async (name: string): Promise<void> => {
    while (!fresh.answers.has(name)) await fresh.more(1);
  };
  try {
    await more(50);
    await work({ more, served });
    await more(50);
  } finally {
    await Promise.all([kept.stop(), fresh.stop()]);
  }
  const lost = [...kept.failures, ...fresh.failures];
  if (lost.length > 0) throw new Error(`${lost.length} requests were lost: ${lost.slice(0, 5).join('; ')}`);
  return [...new Set([...kept.answers.keys(), ...fresh.answers.keys()])].toSorted();
}
