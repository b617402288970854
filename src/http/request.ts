// Request: what a client asked, as a value, so that everything behind it works without a socket.

export interface Request {
  /** In upper case. */
  readonly method: string;
  /** Without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Keys in lower case; several of one name are joined, as Node does it. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Empty when there is none. */
  readonly body: Uint8Array;
}

/** A query parameter by its name in any case, as ARM reads them (`$skiptoken`, `$skipToken`); the first one counts. */
export function queryValue(request: Request, name: string): string | undefined {
  const exact = request.query.get(name);
  if (exact !== null) return exact;
  const wanted = name.toLowerCase();
  for (const [key, value] of request.query) {
    if (key.toLowerCase() === wanted) return value;
  }
  return undefined;
}
