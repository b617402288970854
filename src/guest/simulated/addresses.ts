// The addresses of simulated guests: nothing answers there, but no two guests have the same. They are handed out in
// order, so that a freed one is not seen again for a long time.

import type { GuestAddress } from '../../domain/guest.ts';

const FIRST = 4;

export class Addresses {
  readonly #end: number;
  readonly #taken = new Set<string>();
  #next = FIRST;

  /** There are so many from 10.0.0.0 on, the first four not to be had. */
  constructor(count: number = 2 ** 24) {
    this.#end = count;
  }

  /** In 10.0.0.0/8. */
  take(): GuestAddress {
    if (this.#taken.size >= this.#end - FIRST) throw new RangeError('no address is left');
    for (;;) {
      const number = this.#next;
      this.#next = number + 1 < this.#end ? number + 1 : FIRST;
      const host = `10.${number >>> 16}.${(number >>> 8) & 255}.${number & 255}`;
      if (!this.#taken.has(host)) return this.claim({ host, port: 22 });
    }
  }

  claim(address: GuestAddress): GuestAddress {
    this.#taken.add(address.host);
    return address;
  }

  free(address: GuestAddress): void {
    this.#taken.delete(address.host);
  }
}
