// Error bodies: ARM's envelope, and Microsoft.Insights' own, which has none.

export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
}

export interface ArmError extends ErrorDetail {
  readonly details?: readonly ErrorDetail[];
}

/** `{"error":{"code","message","target"?,"details"?}}`. */
export function errorBody(error: ArmError): { readonly error: ArmError } {
  const { code, message, target, details = [] } = error;
  return {
    error: {
      code,
      message,
      ...(target === undefined ? {} : { target }),
      ...(details.length === 0 ? {} : { details: details.map(detail) }),
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
