// Budget: how many requests ARM said were left of each of its limits, when it last said so.
// `x-ms-ratelimit-remaining-resource: Microsoft.Compute/GetVMScaleSetResource;35,…` and
// `x-ms-ratelimit-remaining-subscription-global-reads: 3749` (azure-wire, section 7).

export interface Left {
  /** `GetVMScaleSetResource`, `subscription-global-reads`. */
  readonly limit: string;
  readonly remaining: number;
}

const PREFIX = 'x-ms-ratelimit-remaining-';

/** What one answer says. */
export function leftIn(headers: Readonly<Record<string, string>>): readonly Left[] {
  return Object.entries(headers).flatMap(([name, value]): readonly Left[] => {
    if (!name.startsWith(PREFIX)) return [];
    const limit = name.slice(PREFIX.length);
    return limit === 'resource' ? resourceLimits(value) : counted(limit, value);
  });
}

function resourceLimits(value: string): readonly Left[] {
  return value.split(',').flatMap((part) => {
    const [name = '', count = ''] = part.split(';');
    return counted(name.trim().replace(/^.*\//, ''), count);
  });
}

function counted(limit: string, value: string): readonly Left[] {
  return limit !== '' && /^\d+$/.test(value.trim()) ? [{ limit, remaining: Number(value) }] : [];
}

export class Budget {
  readonly #left = new Map<string, number>();

  read(headers: Readonly<Record<string, string>>): void {
    for (const { limit, remaining } of leftIn(headers)) this.#left.set(limit, remaining);
  }

  /** The least first; empty where ARM says nothing, as a plane does not. A queue that is empty is no limit. */
  get left(): readonly Left[] {
    return [...this.#left]
      .filter(([limit]) => !/Queued/.test(limit))
      .map(([limit, remaining]) => ({ limit, remaining }))
      .toSorted((a, b) => a.remaining - b.remaining || (a.limit < b.limit ? -1 : 1));
  }
}
