// Rolling signal: what instances say about themselves in the custom metrics of their health answers, as far as a rolling
// upgrade heeds it: a number that stops the upgrade when it worsens, a phase, and the wish to be left out.
// Source of the last two: Azure's page on custom metrics for rolling upgrades; the first is Muster's own.

import { at, flagAt, isObject, type Json, type JsonObject } from './json.ts';
import type { StopSignal } from './rolling-tags.ts';

/** `customMetrics` of a health answer. */
export type Metrics = JsonObject;

/** In a health answer's body; undefined when there are none. Azure's own examples have them as JSON within a text too. */
export function metricsIn(body: string | undefined): Metrics | undefined {
  if (body === undefined || !body.includes('customMetrics')) return undefined;
  const metrics = at(parsed(body), 'customMetrics');
  const value = typeof metrics === 'string' ? parsed(metrics) : metrics;
  return isObject(value) ? value : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The number of that name. */
export function signalIn(metrics: Metrics | undefined, { name }: StopSignal): number | undefined {
  const value = at(metrics, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Lower phases first; without a number it is the last. */
export function phaseIn(metrics: Metrics | undefined): number {
  const phase = at(metrics, 'rollingUpgrade', 'PhaseOrderingNumber');
  return typeof phase === 'number' && Number.isFinite(phase) ? phase : Number.POSITIVE_INFINITY;
}

export function isSkipped(metrics: Metrics | undefined): boolean {
  return flagAt(metrics, 'rollingUpgrade', 'SkipUpgrade') === true;
}

/** Undefined of no numbers. */
export function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** What sums of fractions are off by is nothing. */
const ROUNDING = 1e-9;

/** Greater is worse. Of what is not known nothing is said. */
export function hasWorsened(
  { percent }: StopSignal,
  upgraded: number | undefined,
  compared: number | undefined,
): boolean {
  if (upgraded === undefined || compared === undefined) return false;
  const bearable = (Math.abs(compared) * percent) / 100;
  return upgraded - compared > bearable + ROUNDING * Math.abs(compared);
}
