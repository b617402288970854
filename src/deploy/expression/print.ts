// Print: a syntax tree as it would be written, without the brackets around it. `parseExpression` reads it back to an equal tree.

import type { Expression } from './expression.ts';

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'text':
      return `'${expression.value.replaceAll("'", "''")}'`;
    case 'integer':
      return String(expression.value);
    case 'property':
      return `${printExpression(expression.of)}.${expression.safe ? '?' : ''}${expression.name}`;
    case 'index':
      return `${printExpression(expression.of)}[${expression.safe ? '?' : ''}${printExpression(expression.at)}]`;
    case 'call': {
      const prefix = expression.namespace === undefined ? '' : `${expression.namespace}.`;
      return `${prefix}${expression.name}(${expression.args.map(printExpression).join(', ')})`;
    }
  }
}
