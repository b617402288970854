// No balancer: the data plane of guests that have no sockets. Nothing can be given to them, so nothing has to be drained.

import type { Balancer } from '../app/ports/balancer.ts';
import { placeAddress } from '../domain/frontend-place.ts';

export const NO_BALANCER: Balancer = {
  connects: false,
  hostOf: async (place) => placeAddress(place),
  rotate: () => undefined,
  apply: async () => undefined,
  drainingSince: () => undefined,
  isAwaited: () => false,
  health: () => [],
  watch: () => () => undefined,
  close: async () => undefined,
};
