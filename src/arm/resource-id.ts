// Resource ids: ARM's paths that name a resource. They compare without case; formatted ones are canonical, whatever the case of
// the request was: ARM's own spelling for providers and types, the case a name was made with for names.
// `/subscriptions/{guid}/resourceGroups/{group}/providers/{namespace}/{type}/{name}/{type}/{name}…`

export interface ResourceId {
  readonly subscriptionId: string;
  readonly group?: string;
  /** `Microsoft.Compute`; absent for a subscription or a resource group. */
  readonly provider?: string;
  /** From the outermost inwards. */
  readonly parts: readonly { readonly type: string; readonly name: string }[];
}

/** ARM's own spelling of what Muster serves. Others keep the case they came in. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  [
    'Microsoft.Compute',
    'Microsoft.Insights',
    'Microsoft.Network',
    'Microsoft.Resources',
    'virtualMachineScaleSets',
    'virtualMachines',
    'runCommands',
    'networkInterfaces',
    'disks',
    'deployments',
    'locations',
    'operations',
  ].map((word) => [word.toLowerCase(), word]),
);

function spelled(word: string): string {
  return SPELLINGS.get(word.toLowerCase()) ?? word;
}

/** Undefined when the text is no resource id. A trailing slash is tolerated, as ARM does. */
export function parseResourceId(text: string): ResourceId | undefined {
  const [empty, subscriptions, subscriptionId, ...rest] = text.replace(/\/$/, '').split('/');
  if (empty !== '' || !isWord(subscriptions, 'subscriptions')) return undefined;
  if (!subscriptionId || rest.includes('')) return undefined;
  const inGroup = isWord(rest[0], 'resourceGroups');
  const group = inGroup ? rest[1] : undefined;
  if (inGroup && group === undefined) return undefined;
  const place = { subscriptionId, ...(group === undefined ? {} : { group }) };
  const [providers, provider, ...pairs] = inGroup ? rest.slice(2) : rest;
  if (providers === undefined) return { ...place, parts: [] };
  if (!isWord(providers, 'providers') || provider === undefined) return undefined;
  const parts = partsOf(pairs);
  return parts === undefined ? undefined : { ...place, provider: spelled(provider), parts };
}

function isWord(segment: string | undefined, word: string): boolean {
  return segment?.toLowerCase() === word.toLowerCase();
}

function partsOf(pairs: readonly string[]): ResourceId['parts'] | undefined {
  if (pairs.length === 0 || pairs.length % 2 !== 0) return undefined;
  const parts: { type: string; name: string }[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    parts.push({ type: spelled(pairs[index] as string), name: pairs[index + 1] as string });
  }
  return parts;
}

export function formatResourceId(id: ResourceId): string {
  let text = `/subscriptions/${id.subscriptionId}`;
  if (id.group !== undefined) text += `/resourceGroups/${id.group}`;
  if (id.provider === undefined) return text;
  text += `/providers/${spelled(id.provider)}`;
  for (const { type, name } of id.parts) text += `/${spelled(type)}/${name}`;
  return text;
}

/** `Microsoft.Compute/virtualMachineScaleSets/virtualMachines`. */
export function resourceTypeOf(id: ResourceId): string {
  if (id.provider !== undefined) return [id.provider, ...id.parts.map((part) => part.type)].join('/');
  return id.group === undefined ? 'Microsoft.Resources/subscriptions' : 'Microsoft.Resources/resourceGroups';
}

export function groupId(subscriptionId: string, group: string): string {
  return formatResourceId({ subscriptionId, group, parts: [] });
}

export function scaleSetId(subscriptionId: string, group: string, set: string): string {
  return `${groupId(subscriptionId, group)}/providers/Microsoft.Compute/virtualMachineScaleSets/${set}`;
}
