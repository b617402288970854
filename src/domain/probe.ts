// Probe: one question to a guest whether its application serves, and what came back. What an answer means is for
// `domain/health` to say.

export type ProbeProtocol = 'http' | 'https' | 'tcp';

export interface ProbeRequest {
  readonly protocol: ProbeProtocol;
  /** As it was declared. A guest that has no such port of its own is asked at the one that it has. */
  readonly port: number;
  /** For http and https; begins with a slash. */
  readonly path: string;
}

export interface ProbeAnswer {
  /** `answered`: HTTP came back. `connected`: the handshake of a tcp probe was made. `failed`: neither, in time. */
  readonly outcome: 'answered' | 'connected' | 'failed';
  /** Of HTTP. */
  readonly status?: number;
  /** Of HTTP, its beginning. */
  readonly body?: string;
  /** The guest will not answer otherwise before its driver says that it changed (`watch`): there is no need to ask again till then. */
  readonly steady?: boolean;
}

/** A body is read this far, in bytes. */
export const PROBE_BODY = 64 * 1024;
