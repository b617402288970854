// ArmRefusal: ARM answered, and the answer is no. Whoever shows it has the status, ARM's own code and its sentence.

import { asText, at } from '../domain/json.ts';
import type { ArmAnswer, ArmRequest } from './arm.ts';

export class ArmRefusal extends Error {
  override readonly name = 'ArmRefusal';
  readonly status: number;
  /** `ResourceNotFound`; empty where the body has none. */
  readonly code: string;

  constructor({ method, path }: Pick<ArmRequest, 'method' | 'path'>, { status, body }: ArmAnswer) {
    const { code, message } = errorIn(body);
    const words = [code, message].filter((word) => word !== '').join(': ');
    super(
      `${method} ${path.replace(/\?.*$/s, '')} was answered with ${status}${words === '' ? '.' : `: ${words}`}`,
    );
    this.status = status;
    this.code = code;
  }
}

/** `{error:{code,message}}`, or as Microsoft.Insights has it, without the envelope. */
export function errorIn(body: ArmAnswer['body']): { readonly code: string; readonly message: string } {
  const error = at(body, 'error') ?? body;
  return { code: asText(at(error, 'code')), message: asText(at(error, 'message')) };
}

/** The body of a success; throws an ArmRefusal for anything else. */
export function accepted(request: ArmRequest, answer: ArmAnswer): NonNullable<ArmAnswer['body']> {
  if (answer.status < 200 || answer.status >= 300) throw new ArmRefusal(request, answer);
  return answer.body ?? {};
}
