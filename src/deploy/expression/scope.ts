// Scope: what an expression may ask of the place where it stands. Whoever evaluates a template implements it; the
// evaluator only asks. Must hold: names are compared without regard to case by the implementation.

import type { Json, JsonObject } from '../../domain/json.ts';
import type { Time } from '../../domain/time.ts';

export type FactName =
  | 'subscription'
  | 'resourceGroup'
  | 'deployment'
  | 'environment'
  | 'tenant'
  | 'deployer';

export interface Scope {
  /** `parameters('x')`, `variables('x')`: the value, or undefined when there is no such name. */
  parameter(name: string): Json | undefined;
  variable(name: string): Json | undefined;
  /** `copyIndex()`, `copyIndex('loop')`: undefined outside of (such) a loop. The offset is added by the function. */
  copyIndex(loop: string | undefined): number | undefined;
  /** `reference(id or name, version?, 'Full'?)`: undefined where it may not be used (variables, names, …). */
  reference(idOrName: string, apiVersion: string | undefined, full: boolean): Json | undefined;
  /** What `subscription()`, `resourceGroup()`, `deployment()`, … give; undefined where not available. */
  fact(name: FactName): JsonObject | undefined;
  /**
   * `providers(namespace, type?)` and `pickZones`: a provider as ARM shows it, with
   * `resourceTypes: [{ resourceType, locations, apiVersions, zoneMappings? }]`.
   */
  provider(namespace: string): JsonObject | undefined;
  /** The time of the deployment for `utcNow()`, and a source of GUIDs for `newGuid()`; undefined outside of the
   * defaults of parameters (Azure allows both only there). */
  readonly now?: Time;
  newGuid?(): string;
  /** User-defined functions, `namespace.name(args)`: undefined when there is none. */
  userFunction?(namespace: string, name: string, args: readonly Json[]): Json | undefined;
}
