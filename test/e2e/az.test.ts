// The unmodified Azure CLI against the real server with real guests: each command is judged by what it did to the guests and
// to nothing else. How az 2.45 asks for things (which path, how often) differs from later versions; where that shows, the
// test says so.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAz, runCaptured } from '../../src/cli/az/executable.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, powerOf, scaleSetBody } from './arm.ts';
import { askWeb, consoleOf, guestProcesses } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, type Ran, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/fleet';
const IN_SET = '-g rg -n fleet';
/** Of the instance with the id 4. */
const COMMANDS = '-g rg --vmss-name fleet --instance-id 4';

describe.skipIf(!isAzInstalled())('az', () => {
  let muster: Muster;
  let arm: Arm;
  let uid = '';
  let isOld = false;

  /** `line` is cut at its spaces; arguments that hold some come after it. */
  const az = (line: string, ...more: string[]): Promise<Ran> =>
    muster.run('az', '--', ...line.split(' '), ...more);
  /** For a command that is to succeed; answers what it printed. */
  const must = (line: string, ...more: string[]): Promise<string> =>
    muster.must('az', '--', ...line.split(' '), ...more);
  const json = async <T>(line: string, ...more: string[]): Promise<T> =>
    JSON.parse(await must(line, ...more)) as T;

  const inside = (id: number, script: string) => arm.inside(`${SET}/virtualMachines/${id}`, script);
  const boots = async (...ids: number[]) =>
    Promise.all(ids.map(async (id) => Number(await inside(id, 'cat "$MUSTER_ROOT/var/lib/muster/boots"'))));
  const powers = async () => (await arm.instances(SET)).map((one) => `${one.instanceId} ${powerOf(one)}`);
  const vmIds = async () => (await arm.instances(SET)).map(({ properties }) => properties.vmId);
  /** The instances of the set that have processes. */
  const running = () =>
    [...guestProcesses(muster.data).keys()]
      .filter((handle) => handle.startsWith(uid))
      .map((handle) => Number(handle.slice(uid.length + 1)))
      .toSorted((a, b) => a - b);

  beforeAll(async () => {
    muster = await startMuster('--sample');
    arm = await Arm.connect(muster);
  });
  afterAll(() => muster?.close());

  test('is signed in, in a configuration directory of Muster’s own', async () => {
    const { stdout, stderr } = await az('account show');
    expect(stderr).toMatch(/Registering the plane/);
    expect(JSON.parse(stdout)).toMatchObject({ id: (await muster.env()).AZURE_SUBSCRIPTION_ID });
    expect(existsSync(join(muster.data, 'az', 'azureProfile.json'))).toBe(true);
    expect(existsSync(join(muster.data, 'home', '.azure'))).toBe(false);
    const versions = await json<{ 'azure-cli': string }>('version');
    const [major = 0, minor = 0] = versions['azure-cli'].split('.').map(Number);
    isOld = major === 2 && minor < 60;
  });

  /** az in a configuration directory of its own, in which nobody ever signed in, told nothing but where the metadata is. */
  const plainAz = async () => {
    const env = await muster.env();
    const own = {
      ...process.env,
      ...env,
      AZURE_CONFIG_DIR: mkdtempSync(join(muster.data, 'plain-az-')),
      ARM_CLOUD_METADATA_URL: `${env.MUSTER_ENDPOINT}/metadata/endpoints?api-version=2019-05-01`,
    };
    const run = (line: string) => runCaptured(findAz(process.env).path, line.split(' '), own);
    const login = (password: string) =>
      run(
        `login --service-principal -u ${env.AZURE_CLIENT_ID} -p ${password} --tenant ${env.MUSTER_TENANT_ID}`,
      );
    return { run, login, env };
  };

  test('signs in with the secret and with no other', async () => {
    const { login, env } = await plainAz();
    const wrong = await login('wrong');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/AADSTS7000215: Invalid client secret/);
    const right = await login(env.AZURE_CLIENT_SECRET);
    expect(right.code).toBe(0);
    expect(JSON.parse(right.stdout)).toMatchObject([{ id: env.AZURE_SUBSCRIPTION_ID, state: 'Enabled' }]);
  });

  test('that was told nothing but where the metadata is signs in as well', async () => {
    const { run, login, env } = await plainAz();
    expect(await login(env.AZURE_CLIENT_SECRET)).toMatchObject({ code: 0 });
    const groups = await run('group list');
    expect(JSON.parse(groups.stdout)).toMatchObject([{ name: 'sample' }]);
  });

  test('makes a resource group, shows it, lists it and finds it', async () => {
    const made = await json('group create -n rg -l westeurope --tags a=1');
    expect(made).toMatchObject({ name: 'rg', location: 'westeurope', tags: { a: '1' } });
    const [shown, listed, here, there] = await Promise.all([
      json('group show -n rg'),
      json<{ name: string }[]>('group list'),
      json('group exists -n rg'),
      json('group exists -n nowhere'),
    ]);
    expect(shown).toEqual(made);
    expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['rg', 'sample']));
    expect([here, there]).toEqual([true, false]);
  });

  test('makes a scale set by a request of its own, and waits for it', async () => {
    const file = join(muster.data, 'fleet.json');
    writeFileSync(file, JSON.stringify(scaleSetBody('base', 3)));
    const url = `/subscriptions/{subscriptionId}${SET}?api-version=2024-07-01`;
    const put = `rest --method put --url ${url} --body @${file}`;
    const made = await json<{ properties: { uniqueId: string } }>(put);
    uid = made.properties.uniqueId;
    await must(`vmss wait ${IN_SET} --created`);
    expect(running()).toEqual([0, 1, 2]);
  });

  test('shows the set and lists it', async () => {
    const [shown, inGroup, everywhere] = await Promise.all([
      json(`vmss show ${IN_SET}`),
      json<{ name: string }[]>('vmss list -g rg'),
      json<{ name: string }[]>('vmss list'),
    ]);
    expect(shown).toMatchObject({ name: 'fleet', provisioningState: 'Succeeded', sku: { capacity: 3 } });
    expect(JSON.stringify(shown)).not.toMatch(/not-to-be-seen/);
    expect(inGroup.map(({ name }) => name)).toEqual(['fleet']);
    expect(everywhere.map(({ name }) => name)).toEqual(expect.arrayContaining(['fleet', 'web']));
  });

  test('lists the instances, for a program and for people', async () => {
    const [listed, table, one] = await Promise.all([
      json<{ instanceId: string; vmId: string }[]>(`vmss list-instances ${IN_SET}`),
      must(`vmss list-instances ${IN_SET} --output table`),
      json(`vmss show ${IN_SET} --instance-id 2`),
    ]);
    expect(listed.map(({ instanceId }) => instanceId)).toEqual(['0', '1', '2']);
    expect(listed.map(({ vmId }) => vmId)).toEqual(await vmIds());
    expect(table).toMatch(/^InstanceId\s+LatestModelApplied\s+Location/m);
    expect(table).toMatch(/^1\s+True\s+westeurope\s+VirtualMachineScaleSet\s+fleet_1\s+Succeeded/m);
    expect(one).toMatchObject({ name: 'fleet_2', osProfile: { computerName: 'base000002' } });
  });

  test('gets the instance view of the set, of one instance and of all', async () => {
    const [set, one, all] = await Promise.all([
      json(`vmss get-instance-view ${IN_SET}`),
      json(`vmss get-instance-view ${IN_SET} --instance-id 1`),
      json(`vmss get-instance-view ${IN_SET} --instance-id *`),
    ]);
    const summary = [{ code: 'ProvisioningState/succeeded', count: 3 }];
    expect(set).toMatchObject({ virtualMachine: { statusesSummary: summary } });
    const view = (id: number) => ({
      computerName: `base00000${id}`,
      statuses: [{ code: 'ProvisioningState/succeeded' }, { code: 'PowerState/running' }],
    });
    expect(one).toMatchObject(view(1));
    expect(all).toMatchObject([view(0), view(1), view(2)]);
  });

  test('restarts one instance, and only that', async () => {
    const before = await vmIds();
    await must(`vmss restart ${IN_SET} --instance-ids 1`);
    expect(await boots(0, 1, 2)).toEqual([1, 2, 1]);
    expect(await vmIds()).toEqual(before);
  });

  test('restarts all of them when it names none', async () => {
    await must(`vmss restart ${IN_SET}`);
    expect(await boots(0, 1, 2)).toEqual([2, 3, 2]);
  });

  test('stops an instance with a shutdown, or without, and starts it', async () => {
    const handle = guestHandle(uid, 1);
    await must(`vmss stop ${IN_SET} --instance-ids 1`);
    expect(await powers()).toEqual(['0 running', '1 stopped', '2 running']);
    expect(running()).toEqual([0, 2]);
    expect(consoleOf(muster.data, handle)).toMatch(/is shutting down[\s\S]*power down\s*$/);
    await must(`vmss start ${IN_SET} --instance-ids 1`);
    await must(`vmss stop ${IN_SET} --instance-ids 1 --skip-shutdown`);
    expect(running()).toEqual([0, 2]);
    expect(consoleOf(muster.data, handle)).not.toMatch(/is shutting down/);
    await must(`vmss start ${IN_SET} --instance-ids 1`);
    expect(await boots(0, 1, 2)).toEqual([2, 5, 2]);
  });

  test('deallocates one instance and several', async () => {
    await must(`vmss deallocate ${IN_SET} --instance-ids 2`);
    expect(await powers()).toEqual(['0 running', '1 running', '2 deallocated']);
    await must(`vmss deallocate ${IN_SET} --instance-ids 1 2`);
    expect(await powers()).toEqual(['0 running', '1 deallocated', '2 deallocated']);
    expect(running()).toEqual([0]);
    await must(`vmss start ${IN_SET}`);
    expect(await powers()).toEqual(['0 running', '1 running', '2 running']);
    expect(await boots(0, 1, 2)).toEqual([2, 6, 3]);
  });

  test('reimages one instance: its OS disk is fresh, its data disk and its identity are kept', async () => {
    const before = await vmIds();
    const mark = 'echo os >"$MUSTER_ROOT/root/mark"; echo data >"$MUSTER_DATA/lun0/mark"';
    const marks = 'cat "$MUSTER_ROOT/root/mark" "$MUSTER_DATA/lun0/mark" 2>/dev/null | xargs echo';
    // What newer ones ask for is `reimageall`: the data disks are laid anew as well.
    const kept = isOld ? 'data' : '';
    await Promise.all([0, 1, 2].map((id) => inside(id, mark)));
    await must(`vmss reimage ${IN_SET} ${isOld ? '--instance-id' : '--instance-ids'} 1`);
    // Up to 2.45 it asks for the one instance and, without waiting, for the whole set. What it asks for is done.
    await arm.quiet('rg');
    const others = isOld ? 'data' : 'os data';
    expect(await Promise.all([0, 1, 2].map((id) => inside(id, marks)))).toEqual([others, kept, others]);
    expect(await vmIds()).toEqual(before);
  });

  test('updates the model, and then the instances that it names', async () => {
    await must(`vmss update ${IN_SET} --set sku.name=Standard_B2s`);
    const applied = async () =>
      (await arm.instances(SET)).map(({ properties }) => properties.latestModelApplied);
    expect(await applied()).toEqual([false, false, false]);
    await must(`vmss update-instances ${IN_SET} --instance-ids 0 1`);
    expect(await applied()).toEqual([true, true, false]);
    const sizes = await Promise.all([0, 1, 2].map((id) => inside(id, 'echo $MUSTER_SIZE')));
    expect(sizes).toEqual(['Standard_B2s', 'Standard_B2s', 'Standard_B1s']);
    await must(`vmss update-instances ${IN_SET} --instance-ids *`);
    expect(await applied()).toEqual([true, true, true]);
  });

  test('changes tags, which leaves the instances as they are', async () => {
    const before = await boots(0, 1, 2);
    await must(`vmss update ${IN_SET} --set tags.owner=ops`);
    expect(await arm.must('GET', SET)).toMatchObject({ tags: { owner: 'ops' } });
    expect(await boots(0, 1, 2)).toEqual(before);
    const instances = await arm.instances(SET);
    expect(instances.every(({ properties }) => properties.latestModelApplied)).toBe(true);
  });

  test('protects an instance from what is done to the whole set', async () => {
    const flags = '--protect-from-scale-in true --protect-from-scale-set-actions true';
    await must(`vmss update ${IN_SET} --instance-id 0 ${flags}`);
    const before = await boots(0, 1, 2);
    await must(`vmss restart ${IN_SET}`);
    expect(await boots(0, 1, 2)).toEqual(before.map((count, id) => (id === 0 ? count : count + 1)));
    const named = await az(`vmss restart ${IN_SET} --instance-ids 0 1`);
    expect(named.code).toBe(1);
    expect(named.stderr).toMatch(/\(OperationNotAllowed\).*fleet_0.*protected from scale set actions/);
    expect(await boots(0)).toEqual([before[0]]);
  });

  test('scales out, and in around what is protected', async () => {
    const [first] = await vmIds();
    await must(`vmss scale ${IN_SET} --new-capacity 4`);
    expect(running()).toEqual([0, 1, 2, 3]);
    await must(`vmss scale ${IN_SET} --new-capacity 1`);
    expect(running()).toEqual([0]);
    expect(await vmIds()).toEqual([first]);
    const flags = '--protect-from-scale-in false --protect-from-scale-set-actions false';
    await must(`vmss update ${IN_SET} --instance-id 0 ${flags}`);
    await must(`vmss scale ${IN_SET} --new-capacity 3`);
    // An id is used once.
    expect(running()).toEqual([0, 4, 5]);
  });

  test('runs a command in an instance and prints what it printed', async () => {
    const ran = await json<{ value: { message: string }[] }>(
      `vmss run-command invoke ${IN_SET} --instance-id 4 --command-id RunShellScript --scripts`,
      'echo $MUSTER_COMPUTER_NAME; echo "$1, $2"; echo no >&2',
      '--parameters',
      'one',
      'two words',
    );
    expect(ran.value[0]?.message).toBe(
      'Enable succeeded: \n[stdout]\nbase000004\none, two words\n\n[stderr]\nno\n',
    );
  });

  test('keeps a run command as a resource until it is deleted', async () => {
    const made = await json(
      `vmss run-command create ${COMMANDS} --name probe -l westeurope --script`,
      'echo out; echo err >&2; exit 3',
    );
    expect(made).toMatchObject({ name: 'probe', provisioningState: 'Succeeded' });
    const [listed, shown] = await Promise.all([
      json(`vmss run-command list ${COMMANDS}`),
      json(`vmss run-command show ${COMMANDS} --name probe --instance-view`),
    ]);
    expect(listed).toMatchObject([{ name: 'probe' }]);
    const view = { executionState: 'Failed', exitCode: 3, output: 'out\n', error: 'err\n' };
    expect(shown).toMatchObject({ instanceView: view });
    await must(`vmss run-command delete ${COMMANDS} --name probe --yes`);
    expect(await arm.list(`${SET}/virtualMachines/4/runCommands`)).toEqual([]);
  });

  test('sets an extension, which runs where the instance is updated, and takes it away again', async () => {
    const inSet = '-g rg --vmss-name fleet';
    const custom = '-n CustomScript --publisher Microsoft.Azure.Extensions --version 2.1';
    const secret = '{"commandToExecute":"echo \\"ran in $(hostname)\\" >&2"}';
    await must(`vmss extension set ${inSet} ${custom} --protected-settings`, secret);
    const agent = '-n Agent --publisher Contoso --version 1.0 --settings';
    // It sends back the whole list as it read it: the protected settings of the first one are not in it.
    await must(`vmss extension set ${inSet} ${agent}`, '{"level":1}');
    const [listed, shown] = await Promise.all([
      json<{ name: string }[]>(`vmss extension list ${inSet}`),
      json(`vmss extension show ${inSet} -n CustomScript`),
    ]);
    expect(listed.map(({ name }) => name)).toEqual(['CustomScript', 'Agent']);
    expect(JSON.stringify(shown)).not.toMatch(/commandToExecute|hostname/);
    const [other = 0, named = 0, last = 0] = (await arm.instances(SET)).map((one) => Number(one.instanceId));
    const before = await boots(other, named, last);
    await must(`vmss update-instances ${IN_SET} --instance-ids ${named}`);
    const ran = async (id: number) =>
      (await arm.list<{ name: string }>(`${SET}/virtualMachines/${id}/extensions?$expand=instanceView`)).map(
        (one) => JSON.stringify(one),
      );
    const [first, second] = await ran(named);
    expect(first).toMatch(new RegExp(`ran in base00000${named}`));
    expect(second).toMatch(/"name":"Agent"/);
    expect(await ran(other)).toEqual([]);
    await must(`vmss extension upgrade ${IN_SET}`);
    expect((await ran(last))[0]).toMatch(new RegExp(`ran in base00000${last}`));
    await must(`vmss extension delete ${inSet} -n CustomScript`);
    await must(`vmss update-instances ${IN_SET} --instance-ids *`);
    expect(await ran(last)).toHaveLength(1);
    expect(await boots(other, named, last)).toEqual(before);
  });

  test('prints Azure’s own words where something is not there, and nothing is changed', async () => {
    const before = await boots(0, 4, 5);
    const [id, one, set, shown] = await Promise.all([
      az(`vmss restart ${IN_SET} --instance-ids 4 99`),
      az(`vmss get-instance-view ${IN_SET} --instance-id 99`),
      az('vmss restart -g rg -n nobody'),
      az('vmss show -g rg -n nobody'),
    ]);
    expect(id.code).toBe(1);
    expect(id.stderr).toMatch(
      /\(InvalidParameter\) The provided instanceId 99 is not an active Virtual Machine Scale Set VM/,
    );
    expect(one.code).toBe(3);
    expect(one.stderr).toMatch(/\(NotFound\) The entity was not found in this Azure location/);
    for (const { code, stderr } of [set, shown]) {
      expect(code).toBe(3);
      expect(stderr).toMatch(/\(ResourceNotFound\) The Resource '.*nobody' under resource group 'rg'/);
    }
    expect(await boots(0, 4, 5)).toEqual(before);
  });

  test('reads the activity log', async () => {
    const log = '/subscriptions/{subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values';
    const query = "api-version=2015-04-01&$filter=resourceGroupName eq 'rg' and status eq 'Succeeded'";
    const names = 'rest --method get --query value[].operationName.value --url';
    const actions = await json<string[]>(names, `${log}?${query}`);
    const restarts = actions.filter((action) => action.endsWith('virtualMachineScaleSets/restart/action'));
    expect(restarts).toHaveLength(3);
    if (!isOld) return;
    // In the profile in which this az has scale sets there is no such command; in the latest there is.
    await must('cloud set -n Muster --profile latest');
    const listed = await json<{ operationName: { value: string } }[]>(
      'monitor activity-log list -g rg --offset 1h --status Succeeded --max-events 500',
    );
    expect(listed.map(({ operationName }) => operationName.value)).toEqual(actions);
    await must('cloud set -n Muster --profile 2020-09-01-hybrid');
  });

  test('deletes instances by name, and the set with the rest', async () => {
    await must(`vmss delete-instances ${IN_SET} --instance-ids 4`);
    expect(running()).toEqual([0, 5]);
    expect(await arm.must('GET', SET)).toMatchObject({ sku: { capacity: 2 } });
    await must(`vmss delete ${IN_SET}`);
    expect(running()).toEqual([]);
    expect((await arm.send('GET', SET)).status).toBe(404);
  });

  test('deletes a resource group with everything in it', async () => {
    const sample = '/resourceGroups/sample/providers/Microsoft.Compute/virtualMachineScaleSets/web';
    const { properties } = await arm.must<{ properties: { uniqueId: string } }>('GET', sample);
    expect(await askWeb(muster.data, guestHandle(properties.uniqueId, 0))).toMatchObject({
      name: 'web_0',
      boots: 1,
    });
    await must('group delete -n sample --yes');
    expect(await json('group exists -n sample')).toBe(false);
    expect([...guestProcesses(muster.data).keys()]).toEqual([]);
  });
});
