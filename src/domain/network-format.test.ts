// Network format: which names are taken.
import { describe, expect, test } from 'vitest';
import { Failure } from './failure.ts';
import { checkNetworkName } from './network-format.ts';

describe('a resource is refused', () => {
  test.each(['', '-a', 'a-', 'a/b', 'a'.repeat(81)])('when its name is %j', (name) => {
    expect(() => checkNetworkName(name)).toThrow(Failure);
  });

  test.each(['a', 'lb_', 'a.b-c_1', 'a'.repeat(80)])('but not when it is %j', (name) => {
    expect(() => checkNetworkName(name)).not.toThrow();
  });
});
