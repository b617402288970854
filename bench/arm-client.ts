// A client that costs as little as possible: plain HTTP on kept-alive connections, no polling of its own.

import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
  readonly milliseconds: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export async function ask(
  port: number,
  method: string,
  path: string,
  given: { token?: string; body?: string; form?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const content = given.body ?? given.form;
  const begun = performance.now();
  const outgoing = request(
    {
      agent,
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: {
        ...(given.token === undefined ? {} : { authorization: `Bearer ${given.token}` }),
        ...(content === undefined ? {} : { 'content-length': Buffer.byteLength(content) }),
        ...(given.form === undefined
          ? { 'content-type': 'application/json' }
          : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    },
    (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { statusCode: status = 0, headers } = incoming;
        resolve({ status, headers, body: Buffer.concat(chunks), milliseconds: performance.now() - begun });
      });
    },
  );
  outgoing.on('error', reject);
  outgoing.end(content);
  return promise;
}

/** One plane as its administrator sees it. */
export class Arm {
  readonly port: number;
  readonly subscription: string;
  readonly #token: string;

  private constructor(port: number, subscription: string, token: string) {
    this.port = port;
    this.subscription = subscription;
    this.#token = token;
  }

  static async signIn(data: string, port: number): Promise<Arm> {
    const identity = JSON.parse(readFileSync(join(data, 'identity.json'), 'utf8')) as Record<string, string>;
    const form = new URLSearchParams({
      client_id: identity['clientId'] ?? '',
      client_secret: identity['clientSecret'] ?? '',
      grant_type: 'client_credentials',
      scope: 'https://management.azure.com/.default',
    });
    const { body } = await ask(port, 'POST', `/${identity['tenantId']}/oauth2/v2.0/token`, {
      form: form.toString(),
    });
    const { access_token: token } = JSON.parse(body.toString()) as { access_token: string };
    return new Arm(port, identity['subscriptionId'] ?? '', token);
  }

  /** `path` is below the subscription, without api-version. Throws on any answer that is no success. */
  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const url = `/subscriptions/${this.subscription}${path}${path.includes('?') ? '&' : '?'}api-version=2024-07-01`;
    return this.asIs(method, url, body);
  }

  async asIs(method: string, url: string, body?: unknown): Promise<Answer> {
    const answer = await ask(this.port, method, url, {
      token: this.#token,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status >= 300)
      throw new Error(`${method} ${url} answered ${answer.status}: ${answer.body.toString()}`);
    return answer;
  }

  /** Polls until the operation that the answer began has succeeded. */
  async ended(answer: Answer): Promise<void> {
    const url = new URL(String(answer.headers['azure-asyncoperation']));
    for (;;) {
      const { body } = await this.asIs('GET', url.pathname + url.search);
      const { status, error } = JSON.parse(body.toString()) as { status: string; error?: unknown };
      if (status === 'Succeeded') return;
      if (status !== 'InProgress') throw new Error(`${url.pathname} ${status}: ${JSON.stringify(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
