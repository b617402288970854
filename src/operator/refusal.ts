// Refusal: why an action is not done, and which flag, if any, says that it is meant all the same.

export type RefusalCode =
  | 'unknownInstance'
  | 'nothingSelected'
  | 'wrongMode'
  | 'wholeSet'
  | 'protected'
  | 'stateful'
  | 'belowFloor'
  | 'overRadius';

export interface Refusal {
  readonly code: RefusalCode;
  /** One or two sentences. */
  readonly message: string;
  /** The flag that allows it; absent where nothing does. */
  readonly flag?: string;
  readonly instances: readonly string[];
}
