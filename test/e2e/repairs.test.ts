// Automatic repairs with real guests and the unmodified Azure CLI: a guest's web server is killed, its instance reads
// unhealthy and is replaced, and the new one answers. The plane's time runs sixty times as fast, so that the shortest grace
// period there is, ten minutes, takes ten seconds.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { healthExtension } from '../testing/health.ts';
import { STOP_SERVING } from '../testing/process-guests.ts';
import { Arm, scaleSetBody, until } from './arm.ts';
import { askWeb } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';
const IN_SET = '-g rg -n web';

interface View {
  readonly orchestrationServices?: readonly { serviceName: string; serviceState: string }[];
  readonly vmHealth?: { readonly status: { readonly code: string; readonly displayStatus: string } };
}

describe.skipIf(!isAzInstalled())('az and automatic repairs', () => {
  let muster: Muster;
  let arm: Arm;
  let uid = '';

  const must = (line: string, ...more: string[]): Promise<string> =>
    muster.must('az', '--', ...line.split(' '), ...more);
  const json = async <T>(line: string): Promise<T> => JSON.parse(await must(`${line} --output json`)) as T;
  const healthOf = async (id: string): Promise<string | undefined> => {
    const { body } = await arm.send('GET', `${SET}/virtualMachines/${id}/instanceView`);
    return (body as View).vmHealth?.status.code;
  };
  const ids = async (): Promise<readonly string[]> =>
    (await arm.instances(SET)).map(({ instanceId }) => instanceId);
  /** How the plane's own operations of this kind stand in the log, the latest first. */
  const repairs = async (action: string): Promise<readonly string[]> => {
    const log = await arm.activity("resourceGroupName eq 'rg' and caller eq 'muster'");
    const name = `Microsoft.Compute/virtualMachineScaleSets/${action}/action`;
    return log.filter(({ operationName }) => operationName.value === name).map(({ status }) => status.value);
  };
  const services = async () => (await json<View>(`vmss get-instance-view ${IN_SET}`)).orchestrationServices;
  const service = (serviceState: string) => [{ serviceName: 'AutomaticRepairs', serviceState }];

  beforeAll(async () => {
    muster = await startMuster('--time-scale', '60');
    arm = await Arm.connect(muster);
    await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
    const body = scaleSetBody('web', 3);
    const { properties } = body;
    const settings = { port: 80, numberOfProbes: 2, intervalInSeconds: 30 };
    const profile = {
      ...properties.virtualMachineProfile,
      extensionProfile: { extensions: [healthExtension(settings)] },
    };
    await arm.done('PUT', SET, { ...body, properties: { ...properties, virtualMachineProfile: profile } });
    const set = await arm.must<{ properties: { uniqueId: string } }>('GET', SET);
    uid = set.properties.uniqueId;
  });
  afterAll(() => muster?.close());

  test('shows the health of every instance', async () => {
    await until(async () => {
      const states = await Promise.all(['0', '1', '2'].map(healthOf));
      return states.every((state) => state === 'HealthState/healthy');
    });
    const view = await json<View>(`vmss get-instance-view ${IN_SET} --instance-id 1`);
    expect(view.vmHealth).toMatchObject({
      status: { code: 'HealthState/healthy', displayStatus: 'The VM is reporting itself as healthy' },
    });
  });

  test('turns repairs on, suspends and resumes them', async () => {
    expect(await services()).toBeFalsy();
    await must(`vmss update ${IN_SET} --enable-automatic-repairs true --automatic-repairs-grace-period 30`);
    expect(await arm.must('GET', SET)).toMatchObject({
      properties: {
        automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT30M', repairAction: 'Replace' },
      },
    });
    expect(await services()).toMatchObject(service('Running'));
    await must(
      `vmss set-orchestration-service-state ${IN_SET} --service-name AutomaticRepairs --action Suspend`,
    );
    expect(await services()).toMatchObject(service('Suspended'));
  });

  test('sees a guest whose server was killed as unhealthy, and leaves it alone while repairs are suspended', async () => {
    await must(`vmss update ${IN_SET} --set automaticRepairsPolicy.gracePeriod=PT10M`);
    await arm.inside(`${SET}/virtualMachines/1`, STOP_SERVING);
    await until(async () => (await healthOf('1')) === 'HealthState/unhealthy');
    // Its grace period is over long before: it came up while the tests above ran.
    expect(await ids()).toEqual(['0', '1', '2']);
    expect(await healthOf('0')).toBe('HealthState/healthy');
  });

  test('replaces it when repairs go on, and the new one serves', async () => {
    await must(
      `vmss set-orchestration-service-state ${IN_SET} --service-name AutomaticRepairs --action Resume`,
    );
    await until(async () => (await ids()).join() === '0,2,3');
    await until(async () => (await healthOf('3')) === 'HealthState/healthy');
    expect(await askWeb(muster.data, guestHandle(uid, 3))).toMatchObject({ name: 'web_3', boots: 1 });
    expect(await arm.must('GET', SET)).toMatchObject({ sku: { capacity: 3 } });
    expect(await repairs('delete')).toEqual(['Succeeded', 'Accepted']);
  });

  test('restarts instead, where the policy says so', async () => {
    const change = { properties: { automaticRepairsPolicy: { repairAction: 'Restart' } } };
    await arm.done('PATCH', SET, change);
    const boots = () => arm.inside(`${SET}/virtualMachines/2`, 'cat "$MUSTER_ROOT/var/lib/muster/boots"');
    expect(await boots()).toBe('1');
    await arm.inside(`${SET}/virtualMachines/2`, STOP_SERVING);
    // Its grace period may be over: then it reads unhealthy for a moment only.
    await until(async () => (await repairs('restart')).includes('Succeeded'));
    await until(async () => (await healthOf('2')) === 'HealthState/healthy');
    expect(await boots()).toBe('2');
    expect(await ids()).toEqual(['0', '2', '3']);
  });
});
