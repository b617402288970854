// Numbered: routes below an instance of a set that are there for numbered instances alone. Of a machine, what stands below it is
// asked of the machine itself.

import { requireNumbered } from '../app/find.ts';
import { type Handler, instanceRef } from './context.ts';

export function numbered(handler: Handler): Handler {
  return async (call) => {
    await requireNumbered(call.context.plane, instanceRef(call));
    return handler(call);
  };
}
