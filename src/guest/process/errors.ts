// Errors of the operating system as the port's GuestError. What must hold: no message shows a path of the host.

import { GuestError, type GuestErrorKind } from '../../app/ports/guests.ts';
import type { GuestHandle } from '../../domain/guest.ts';

const KINDS: Readonly<Record<string, readonly [GuestErrorKind, string]>> = {
  ENOSPC: ['capacity', 'The host has no disk space left.'],
  EDQUOT: ['capacity', 'The disk quota of the host is used up.'],
  EMFILE: ['transient', 'The host has too many open files.'],
  ENFILE: ['transient', 'The host has too many open files.'],
  EAGAIN: ['transient', 'The host cannot start another process now.'],
  ENOMEM: ['transient', 'The host has no memory left.'],
  EBUSY: ['transient', 'The host is still using a part of the guest.'],
};

/** Takes whatever was thrown; a GuestError stays what it is. */
export function guestError(reason: unknown): GuestError {
  if (reason instanceof GuestError) return reason;
  const code = errorCode(reason);
  const [kind, message] = (code === undefined ? undefined : KINDS[code]) ?? [
    'permanent',
    `The host refused to carry out the request${code === undefined ? '' : ` (${code})`}.`,
  ];
  return new GuestError(kind, message, { cause: reason });
}

export function notFound(handle: GuestHandle): GuestError {
  return new GuestError('notFound', `There is no guest '${handle}'.`);
}

/** Node's code of a system error: `ENOENT`. */
export function errorCode(reason: unknown): string | undefined {
  return reason instanceof Error && 'code' in reason && typeof reason.code === 'string'
    ? reason.code
    : undefined;
}
