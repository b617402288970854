// A request to the metadata service and its answer, as values, so that all of it can be tested without a socket; and the
// service's own words for what it refuses.
// Source: Azure's page on its Instance Metadata Service, and what its clients' own tests quote of it.

export interface MetadataRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Keys in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface MetadataAnswer {
  readonly status: number;
  readonly type: 'application/json; charset=utf-8' | 'text/plain; charset=utf-8';
  readonly body: string;
}

export function header({ headers }: MetadataRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

export function json(status: number, body: unknown): MetadataAnswer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

export function text(body: string): MetadataAnswer {
  return { status: 200, type: 'text/plain; charset=utf-8', body };
}

export function refused(status: number, error: string, more: object = {}): MetadataAnswer {
  return json(status, { error, ...more });
}

export const NOT_FOUND = refused(404, 'Not found');

export function wrongMethod(method: string): MetadataAnswer {
  return refused(405, `Method not allowed. The method ${method} is not served here.`);
}
