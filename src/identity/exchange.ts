// A request to the identity side and its answer, as values, so that all of it can be tested without a socket.

export interface IdentityRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Keys in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string | Uint8Array;
}

export interface IdentityResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function header(request: IdentityRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

export function isRead(request: IdentityRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** A JSON answer that no cache keeps: it depends on the Host header, or is a secret. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): IdentityResponse {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
