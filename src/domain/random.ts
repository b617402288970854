// Chance as a value that is handed in: a number in [0, 1).

export type Random = () => number;
