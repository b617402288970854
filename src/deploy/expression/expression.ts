// Expression: the syntax tree of what stands between the brackets of a template's string. Plain values, compared by structure.

export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number }
  | Call
  | Access;

/** `name(args)`, or `namespace.name(args)` of a function that the template itself defines. */
export interface Call {
  readonly kind: 'call';
  readonly namespace: string | undefined;
  /** As it is written; Azure compares without regard to case. */
  readonly name: string;
  readonly args: readonly Expression[];
}

/** `of.name` and `of[at]`; safe, with a question mark, gives null where there is no such property. */
export type Access =
  | { readonly kind: 'property'; readonly of: Expression; readonly name: string; readonly safe: boolean }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression; readonly safe: boolean };

/** Azure's limit, brackets not counted. */
export const MAX_LENGTH = 24_576;

/** How deep calls and accesses may be nested; deeper ones would exhaust the stack. No template written by hand comes near. */
export const MAX_NESTING = 256;
