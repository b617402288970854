// The document of image aliases, which az fetches without a token from where the metadata says: the short names of `--image`.

import { IMAGE_ALIASES } from '../domain/platform-image.ts';
import { type IdentityRequest, type IdentityResponse, isRead, json } from './exchange.ts';

/** As the metadata names it, and as az is told when the plane is registered with it (`vmImageAliasDoc`). */
export const ALIASES_PATH = '/aliases.json';

export function answerAliases(request: IdentityRequest): IdentityResponse | undefined {
  if (!isRead(request) || request.path !== ALIASES_PATH) return undefined;
  const linux = IMAGE_ALIASES.map(({ alias, ...image }): [string, object] => [
    alias,
    { ...image, version: 'latest', architecture: 'x64' },
  ]);
  return json(200, {
    $schema: 'http://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json',
    contentVersion: '1.0.0.0',
    parameters: {},
    variables: {},
    resources: [],
    // There are no Windows guests.
    outputs: { aliases: { type: 'object', value: { Linux: Object.fromEntries(linux), Windows: {} } } },
  });
}
