// Machine name: what the virtual machines of a Flexible set are called. What must hold: a name follows from what names the machine
// for ever; two machines that come to the same name are told apart by the store, which takes the first.

import { fingerprint } from './fingerprint.ts';

/** Digits of a computer name after its prefix. */
const COMPUTER_NAMES = 36 ** 6;

/** `web_1a2b3c4d` (recorded, azure-wire section 3). */
export function machineName(setName: string, vmId: string): string {
  return `${setName}_${fingerprint([vmId]).slice(0, 8)}`;
}

/** For the six digits of the machine's computer name. */
export function numberOf(machine: string): number {
  return Number.parseInt(fingerprint([machine.toLowerCase()]).slice(0, 12), 16) % COMPUTER_NAMES;
}
