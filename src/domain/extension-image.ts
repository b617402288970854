// Extension images: which handlers of extensions there are to be asked for, by publisher, type and version: the plane's own
// (domain/extension-handler) and those that the user has brought.

import { BUILT_IN, type HandlerTable } from './extension-handler.ts';
import { compareVersions } from './image-version.ts';

export interface ExtensionImage {
  readonly publisher: string;
  readonly type: string;
  /** Oldest first. */
  readonly versions: readonly string[];
  readonly system: 'Linux' | 'Windows';
}

/** How Azure spells the names of the plane's own. */
const OWN: readonly Omit<ExtensionImage, 'versions'>[] = [
  { publisher: 'Microsoft.Azure.Extensions', type: 'CustomScript', system: 'Linux' },
  { publisher: 'Microsoft.CPlat.Core', type: 'RunCommandLinux', system: 'Linux' },
  { publisher: 'Microsoft.ManagedServices', type: 'ApplicationHealthLinux', system: 'Linux' },
  { publisher: 'Microsoft.ManagedServices', type: 'ApplicationHealthWindows', system: 'Windows' },
];

/** A handler of the user's that says no version has this one. */
const UNVERSIONED = '1.0';

/** One that the user has brought stands in the place of the plane's own of that name. */
export function extensionImages(table: HandlerTable): readonly ExtensionImage[] {
  const own = OWN.filter(({ publisher, type }) => !table.has(`${publisher}.${type}`.toLowerCase()));
  const brought = [...table].map(([name, { version = UNVERSIONED }]): ExtensionImage => {
    const dot = name.lastIndexOf('.');
    return {
      publisher: name.slice(0, dot),
      type: name.slice(dot + 1),
      versions: [version],
      system: 'Linux',
    };
  });
  return [...own.map((image) => ({ ...image, versions: builtInVersions(image) })), ...brought];
}

function builtInVersions({ publisher, type }: Pick<ExtensionImage, 'publisher' | 'type'>): readonly string[] {
  return Object.values(BUILT_IN[`${publisher}.${type}`.toLowerCase()] ?? {}).toSorted(compareVersions);
}
