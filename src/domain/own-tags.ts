// Own tags: the tags of a scale set by which Muster does more than Azure. What must hold: none with Muster's prefix is taken
// without being followed, so that a misspelt safeguard is refused with the write that brings it, not missed in an incident.

import { Failure } from './failure.ts';
import { LIMIT_TAG } from './repair-policy.ts';
import { BAKE_TAG, CANARY_TAG, CHECKPOINTS_TAG, SIGNAL_PERCENT_TAG, SIGNAL_TAG } from './rolling-tags.ts';

const PREFIX = 'muster:';
export const OWN_TAGS: readonly string[] = [
  LIMIT_TAG,
  CANARY_TAG,
  BAKE_TAG,
  CHECKPOINTS_TAG,
  SIGNAL_TAG,
  SIGNAL_PERCENT_TAG,
];

/** Names are held to the letter: Azure's tags differ not by case, so another case would be the same tag and must not pass. */
export function checkOwnTags(tags: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(tags).find(
    (name) => name.toLowerCase().startsWith(PREFIX) && !OWN_TAGS.includes(name),
  );
  if (unknown === undefined) return;
  throw new Failure(
    'invalidParameter',
    `The tag '${unknown}' is not one that Muster follows. Those are: ${OWN_TAGS.join(', ')}.`,
    { target: 'tags' },
  );
}
