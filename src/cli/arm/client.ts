// ArmClient: the operator's way to ARM, on a plane and on Azure alike. It signs in when the first request is sent, renews what
// has expired, waits out throttling within its limits, follows operations to their end, and tells its listeners of every
// request that it sends.

import type { JsonObject } from '../../arm/json.ts';
import type { Arm, ArmAnswer, ArmRequest, OperationResult } from '../../operator/arm.ts';
import { isFields } from '../json-file.ts';
import { EXIT, Problem } from '../problem.ts';
import { Budget } from './budget.ts';
import type { Exchange, Received } from './exchange.ts';
import { followOperation } from './operation.ts';
import type { RequestListener } from './record.ts';
import { judge, LIMITS, type Limits } from './throttle.ts';
import type { Tokens } from './tokens.ts';
import { parseBody, wordsOf } from './words.ts';

export interface ArmParts {
  readonly exchange: Exchange;
  readonly tokens: Tokens;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly limits?: Limits;
}

export class ArmClient implements Arm {
  /** What ARM said was left of its limits. */
  readonly budget = new Budget();
  readonly #parts: ArmParts;
  readonly #limits: Limits;
  readonly #listeners = new Set<RequestListener>();
  #calls = 0;

  constructor(parts: ArmParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? LIMITS;
  }

  /** `https://management.azure.com` */
  get endpoint(): string {
    return this.#parts.exchange.endpoint;
  }

  /** Requests to ARM so far; signing in is none. */
  get calls(): number {
    return this.#calls;
  }

  /** Answers a function that ends the listening. */
  listen(listener: RequestListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    this.#parts.exchange.close();
  }

  /** Throws a Problem where there is no answer, where nobody is let in, and where ARM throttles for too long. */
  async send(request: ArmRequest): Promise<ArmAnswer> {
    const { status, headers, text } = await this.#patiently(request);
    const body = parseBody(text);
    return { status, headers, body: isFields(body) ? (body as JsonObject) : undefined };
  }

  async finish(answer: ArmAnswer): Promise<OperationResult> {
    return await followOperation(this, answer, this.#parts);
  }

  async #patiently(request: ArmRequest): Promise<Received> {
    let waited = 0;
    for (let earlier = 0; ; earlier += 1) {
      const received = await this.#letIn(request);
      const { status, headers } = received;
      this.budget.read(headers);
      const attempt = { method: request.method, status, headers, earlier, waited };
      const verdict = judge(attempt, this.#parts.now(), this.#limits);
      if (verdict.kind === 'take') {
        if (status === 429) throw throttled(received, waited);
        return received;
      }
      await this.#parts.pause(verdict.milliseconds);
      waited += verdict.milliseconds;
    }
  }

  /** A token that is refused is replaced once: it may have been withdrawn, or its authority been made anew. */
  async #letIn(request: ArmRequest): Promise<Received> {
    const { tokens } = this.#parts;
    const token = await tokens.current();
    const first = await this.#once(request, token);
    if (first.status !== 401) return first;
    tokens.forget(token);
    const second = await this.#once(request, await tokens.current());
    if (second.status !== 401) return second;
    throw new Problem(
      `${this.#parts.exchange.endpoint} does not accept the credentials${wordsOf(parseBody(second.text))}`,
      EXIT.denied,
    );
  }

  async #once({ method, path, apiVersion, body, headers }: ArmRequest, token: string): Promise<Received> {
    const { exchange, now } = this.#parts;
    const target = `${path}${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`;
    const content = body === undefined ? undefined : JSON.stringify(body);
    const started = now();
    this.#calls += 1;
    const tell = (status: number, said: Readonly<Record<string, string>>): void => {
      const record = {
        method,
        target,
        status,
        requestId: said['x-ms-request-id'] ?? '',
        correlationId: said['x-ms-correlation-request-id'] ?? '',
        started: new Date(started).toISOString(),
        took: now() - started,
      };
      for (const listener of this.#listeners) listener(record);
    };
    try {
      const received = await exchange.send({
        method,
        target,
        headers: {
          ...headers,
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        },
        // A request without a body still says so: some servers wait for the length of a POST.
        ...(content === undefined ? (method === 'GET' ? {} : { body: '' }) : { body: content }),
      });
      tell(received.status, received.headers);
      return received;
    } catch (error) {
      tell(0, {});
      throw error;
    }
  }
}

function throttled({ headers, text }: Received, waited: number): Problem {
  const asked = headers['retry-after'];
  const wish = asked === undefined ? '' : ` It asks to come back after ${asked} s.`;
  const patience = `waited ${Math.round(waited / 1000)} s`;
  return new Problem(
    `ARM throttles, and Muster has ${patience}${wordsOf(parseBody(text))}${wish}`,
    EXIT.throttled,
  );
}
