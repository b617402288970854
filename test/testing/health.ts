// The Application Health extension for tests: as a model has it, and models that have it.

import type { JsonObject } from '../../src/domain/json.ts';
import type { ModelVersion } from '../../src/domain/scale-set.ts';
import { declaredRow, modelRow } from './rows.ts';

/** An extension whose probe is HTTP at /health, once in five seconds; version 1 unless another is given. */
export function healthExtension(settings: JsonObject = {}, version = '1.0'): JsonObject {
  return {
    name: 'health',
    properties: {
      publisher: 'Microsoft.ManagedServices',
      type: 'ApplicationHealthLinux',
      typeHandlerVersion: version,
      autoUpgradeMinorVersion: true,
      settings: { protocol: 'http', port: 8080, requestPath: '/health', ...settings },
    },
  };
}

export function profileWith(...extensions: readonly JsonObject[]): JsonObject {
  const profile = declaredRow().properties['virtualMachineProfile'] as JsonObject;
  return { ...profile, extensionProfile: { extensions } };
}

export function healthModel(settings: JsonObject = {}, version = '1.0'): ModelVersion {
  return modelRow({ profile: profileWith(healthExtension(settings, version)) });
}
