// Must: an invariant, and what was found instead.

export function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
