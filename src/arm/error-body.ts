// Error bodies: ARM's envelope, and Microsoft.Insights' own, which has none.

import type { JsonObject } from './json.ts';

export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
}

export interface ErrorInfo {
  readonly type: string;
  readonly info: JsonObject;
}

export interface ArmError extends ErrorDetail {
  readonly details?: readonly ErrorDetail[];
  readonly additionalInfo?: readonly ErrorInfo[];
}

/** `{"error":{"code","message","target"?,"details"?,"additionalInfo"?}}`. */
export function errorBody(error: ArmError): { readonly error: ArmError } {
  const { code, message, target, details = [], additionalInfo = [] } = error;
  return {
    error: {
      code,
      message,
      ...(target === undefined ? {} : { target }),
      ...(details.length === 0 ? {} : { details: details.map(detail) }),
      ...(additionalInfo.length === 0
        ? {}
        : { additionalInfo: additionalInfo.map(({ type, info }) => ({ type, info })) }),
    },
  };
}

/** Microsoft.Insights answers without an envelope: `{"code":"BadRequest","message":"…"}`. */
export function bareErrorBody(error: ArmError): { readonly code: string; readonly message: string } {
  return { code: error.code, message: error.message };
}

function detail({ code, message, target }: ErrorDetail): ErrorDetail {
  return { code, message, ...(target === undefined ? {} : { target }) };
}
