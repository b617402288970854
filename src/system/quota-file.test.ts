// A user's quotas, read; and the sentence for each way in which the file can be wrong.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { BadQuotas, readQuotas } from './quota-file.ts';

function reading(content: unknown) {
  const directory = temporaryDirectory();
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(directory, 'quotas.json'), text);
  return () => readQuotas(directory);
}

describe('quotas.json', () => {
  test('may be missing: then nothing is limited by it', () => {
    expect(readQuotas(temporaryDirectory())).toEqual({});
  });

  test('says it for every region, for one, and for families in any case', () => {
    const given = {
      cores: 100,
      families: { standardbsfamily: 10 },
      regions: { eastus: { cores: 0 }, westus: { families: { standardDSv5Family: 4 } } },
    };
    expect(reading(given)()).toEqual({ ...given, families: { standardBSFamily: 10 } });
    expect(reading({ regions: {} })()).toEqual({ regions: {} });
  });

  test.each<[unknown, string]>([
    ['{', 'must be a JSON object'],
    [[], 'must be a JSON object'],
    [{ cores: -1 }, "'cores' must be a whole number from 0 on"],
    [{ cores: '10' }, "'cores' must be a whole number from 0 on"],
    [{ cores: null }, "'cores' must be a whole number from 0 on"],
    [{ core: 1 }, "'core' is neither cores nor families nor regions"],
    [{ families: 3 }, "'families' must be an object"],
    [
      { families: { standardXFamily: 3 } },
      "'standardXFamily' is no family of sizes. There are: standardAv2Family",
    ],
    [{ regions: [] }, "'regions' must be an object"],
    [{ regions: { 'East US': {} } }, "'East US' is no location"],
    [{ regions: { eastus: 5 } }, "the quotas of 'eastus' must be an object"],
    [
      { regions: { eastus: { families: { standardBSFamily: 0.5 } } } },
      "'standardBSFamily' of 'eastus' must be",
    ],
    [{ regions: { eastus: { regions: {} } } }, "'regions' of 'eastus' is neither"],
  ])('%j is refused in a sentence', (content, problem) => {
    expect(reading(content)).toThrow(BadQuotas);
    expect(reading(content)).toThrow(problem);
  });
});
