// Ids from the system's source of randomness.

import { randomUUID } from 'node:crypto';

import type { Ids } from '../app/ports/clock.ts';

export const randomIds: Ids = { guid: () => randomUUID() };
