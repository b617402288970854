// ARM as the plane itself asks it, for deployments: the same requests that a client sends, in process, in the name of
// somebody who was let in already. What must hold: it never rejects because of what the request asked for.

import type { JsonObject } from '../../domain/json.ts';

/** In whose name, and what the log shows of it. */
export interface ArmOrigin {
  readonly caller: string;
  readonly correlationId: string;
  readonly intent?: string;
  /** The uid of the deployment on whose behalf it is asked. */
  readonly deployment: string;
}

export interface ArmAnswer {
  readonly status: number;
  /** Empty when there is none. */
  readonly body: JsonObject;
  /** The id of the operation that the request began and that has to end before it is done. */
  readonly operation?: string;
}

export interface ArmClient {
  /**
   * @param path a resource's id, or what stands below one
   * @param apiVersion undefined: the newest that is published
   */
  get(path: string, apiVersion: string | undefined, origin: ArmOrigin): Promise<ArmAnswer>;
  put(path: string, apiVersion: string, body: JsonObject, origin: ArmOrigin): Promise<ArmAnswer>;
  delete(path: string, apiVersion: string | undefined, origin: ArmOrigin): Promise<ArmAnswer>;
}
