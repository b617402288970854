// Turns: those who were overtaken at one row line up there, and try again one after the other. Without that, each of many who ask
// of a row at once decides again whenever any other has committed, and the work grows with the square of their number.
// What must hold: nobody waits in two lines; a turn ends however its work ends; a line that nobody stands in is forgotten.

const lines = new WeakMap<object, Map<string, Promise<void>>>();

/**
 * Does the work when all who came to this line before have done theirs.
 * @param owner whose rows they are: the store
 */
export async function inTurn<T>(owner: object, row: string, work: () => Promise<T>): Promise<T> {
  const line = linesOf(owner);
  const before = line.get(row);
  const turn = Promise.withResolvers<void>();
  line.set(row, turn.promise);
  try {
    await before;
    return await work();
  } finally {
    if (line.get(row) === turn.promise) line.delete(row);
    turn.resolve();
  }
}

/** How many rows have a line at them. */
export function lineCount(owner: object): number {
  return linesOf(owner).size;
}

function linesOf(owner: object): Map<string, Promise<void>> {
  const found = lines.get(owner) ?? new Map<string, Promise<void>>();
  lines.set(owner, found);
  return found;
}
