// Load balancers with the unmodified Azure CLI: it reads the sample's, adds a rule through which the guests answer at once, and
// passes on the refusal to take away what the scale set needs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm, until } from './arm.ts';
import { allUp, BALANCER, SET } from './balanced.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

const IN = '-g sample --lb-name web-lb';

interface Health {
  readonly properties: {
    readonly listeners: readonly {
      readonly rule: { readonly id: string };
      readonly address: string;
      readonly port: number;
      readonly backends: readonly { readonly state: string }[];
    }[];
  };
}

describe.skipIf(!isAzInstalled())('az and load balancers', () => {
  let muster: Muster;
  let arm: Arm;

  const must = (line: string): Promise<string> => muster.must('az', '--', ...line.split(' '));
  const json = async <T>(line: string): Promise<T> => JSON.parse(await must(`${line} --output json`)) as T;

  beforeAll(async () => {
    muster = await startMuster('--sample');
    arm = await Arm.connect(muster);
    await until(async () => (await arm.send('GET', SET)).status === 200);
    await allUp(arm, '0', '1', '2');
  });
  afterAll(() => muster?.close());

  test('the sample is shown with its parts and with who stands behind it', async () => {
    expect(await json('network lb list -g sample')).toMatchObject([
      { name: 'web-lb', provisioningState: 'Succeeded' },
    ]);
    expect(await json(`network lb probe list ${IN}`)).toMatchObject([
      { name: 'health', protocol: 'Http', port: 8080, requestPath: '/health' },
    ]);
    // Up to 2.5x az spells it backendIpConfigurations.
    const [pool] = await json<readonly Record<string, readonly unknown[]>[]>(
      `network lb address-pool list ${IN}`,
    );
    expect(pool?.['backendIPConfigurations'] ?? pool?.['backendIpConfigurations']).toHaveLength(3);
  });

  test('a rule that is made carries connections', async () => {
    await must(`network lb probe create ${IN} -n tcp --protocol tcp --port 8080`);
    await must(
      `network lb rule create ${IN} -n more --protocol Tcp --frontend-port 8081 --backend-port 8080 --frontend-ip-name frontend --backend-pool-name pool --probe-name tcp`,
    );
    const listener = async () => {
      const { properties } = await arm.must<Health>(
        'GET',
        `${BALANCER}/providers/Muster.Network/backendHealth`,
      );
      return properties.listeners.find(({ rule }) => rule.id.endsWith('/more'));
    };
    await until(async () => (await listener())?.backends.every(({ state }) => state === 'Up') === true);
    const found = await listener();
    expect((await fetch(`http://${found?.address}:${found?.port}/`)).status).toBe(200);
    await must(`network lb rule delete ${IN} -n more`);
    await until(async () => (await listener()) === undefined);
  });

  test('the rule whose probe is the health of the set stays', async () => {
    const line = `network lb rule delete ${IN} -n http`;
    const { code, stderr } = await muster.run('az', '--', ...line.split(' '));
    expect(code).toBe(1);
    expect(stderr).toContain('(CannotRemoveRuleUsedByProbeUsedByVMSS)');
    expect(await json(`network lb rule list ${IN} --query [].name`)).toEqual(['http']);
  });
});
