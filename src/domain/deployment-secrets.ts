// Deployment secrets: the values that nobody may see, and texts without them. A provider's refusal may quote what it was sent,
// a secret with it, when a template puts one where it does not belong.

import type { Deployment, DeploymentError } from './deployment.ts';
import { at, isObject, type Json } from './json.ts';

/** What is shorter is no secret, and would be found in every sentence. */
const SHORTEST = 4;
const HIDDEN = '******';

/**
 * The texts in those parameters whose values are not shown, the longest first.
 * @param parameters as given, or by default: `{name: {value}}`
 * @param shown the effective ones, without the values of those that are secret
 */
export function secretsOf({
  parameters,
  shown,
}: Pick<Deployment, 'parameters' | 'shown'>): readonly string[] {
  const open = new Set(
    Object.entries(shown).flatMap(([name, one]) =>
      at(one, 'value') === undefined ? [] : [name.toLowerCase()],
    ),
  );
  const secret = Object.entries(parameters).filter(([name]) => !open.has(name.toLowerCase()));
  const texts = new Set(secret.flatMap(([, one]) => textsIn(at(one, 'value'))));
  return [...texts].toSorted((a, b) => b.length - a.length);
}

function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return value.length < SHORTEST ? [] : [value];
  if (typeof value === 'number') return textsIn(String(value));
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
}

export function errorWithoutSecrets(error: DeploymentError, secrets: readonly string[]): DeploymentError {
  const { code, message, target, details } = error;
  return {
    code,
    message: withoutSecrets(message, secrets),
    ...(target === undefined ? {} : { target: withoutSecrets(target, secrets) }),
    ...(details === undefined ? {} : { details: details.map((one) => errorWithoutSecrets(one, secrets)) }),
  };
}
