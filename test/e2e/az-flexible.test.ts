// Flexible sets and their machines as az makes and runs them, against real guests: each command is judged by what runs
// afterwards: the guests' processes, their boots, their answers through the balancer. In the end nothing is left.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm } from './arm.ts';
import { allListen } from './balanced.ts';
import { askWeb, guestProcesses, lifeOf } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, type Ran, startMuster } from './muster.ts';

interface Health {
  readonly properties: {
    readonly listeners: readonly {
      readonly rule: { readonly id: string };
      readonly address: string;
      readonly port: number;
    }[];
  };
}

const GROUP = '/resourceGroups/lab/providers';
const BALANCER = `${GROUP}/Microsoft.Network/loadBalancers/webLB`;
const machine = (name: string) => `${GROUP}/Microsoft.Compute/virtualMachines/${name}`;
const NUMBERED = 'Virtual Machine Scale Set VM instanceId must be a number.';

describe.skipIf(!isAzInstalled())('az and Flexible sets', () => {
  let muster: Muster;
  let arm: Arm;
  /** az 2.45, which makes Uniform sets where no mode is named. */
  let isOld = false;
  /** The members of `web`, in the order of their making, and their guests. */
  let names: readonly string[] = [];
  const handles = new Map<string, string>();

  const az = (line: string): Promise<Ran> => muster.run('az', '--', ...line.split(' '));
  const must = (line: string, ...more: string[]): Promise<string> =>
    muster.must('az', '--', ...line.split(' '), ...more);
  const json = async <T>(line: string): Promise<T> => JSON.parse(await must(`${line} -o json`)) as T;
  const create = (name: string, options: string): Promise<string> => {
    const mode = isOld ? ' --orchestration-mode Flexible' : '';
    return must(`vmss create -g lab -n ${name}${mode} ${options}`.trimEnd());
  };
  const image = '--image Muster:web:web:latest --generate-ssh-keys';
  const listed = (set: string) =>
    json<readonly string[]>(`vmss list-instances -g lab -n ${set} --query [].name`);
  const handle = (name: string): string => handles.get(name) ?? '';
  const meet = async (name: string): Promise<void> => {
    handles.set(name, await arm.inside(machine(name), 'echo $MUSTER_GUEST'));
  };
  const boots = async (name: string): Promise<number> => (await askWeb(muster.data, handle(name))).boots;
  const life = (name: string): string => lifeOf(muster.data, handle(name)).token;
  const runs = (name: string): boolean => guestProcesses(muster.data).has(handle(name));
  const running = (): number => guestProcesses(muster.data).size;
  const refused = async (line: string, words: string): Promise<void> => {
    const { code, stderr } = await az(line);
    expect({ line, code, stderr }).toMatchObject({ line, stderr: expect.stringContaining(words) as string });
    expect(code).not.toBe(0);
  };

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    isOld = (await json<Record<string, string>>('version'))['azure-cli']?.startsWith('2.45.') === true;
    await must('group create -n lab -l westeurope');
  });
  afterAll(() => muster?.close());

  test('vmss create makes machines, and its balancer’s rules reach their guests', async () => {
    await create('web', `${image} --instance-count 2 --backend-port 8080`);
    names = await listed('web');
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect(name).toMatch(/^web_[0-9a-f]{8}$/);
      await meet(name);
    }
    expect(running()).toBe(2);
    // The rule, and a port of the NAT rule for each machine.
    await allListen(arm, BALANCER, 3);
    const { properties } = await arm.must<Health>(
      'GET',
      `${BALANCER}/providers/Muster.Network/backendHealth`,
    );
    const health = properties.listeners;
    const answered = await Promise.all(
      health
        .filter(({ rule }) => rule.id.includes('/inboundNatRules/'))
        .map(async ({ address, port }) => (await fetch(`http://${address}:${port}/`)).json()),
    );
    expect(answered.map((one) => (one as { name: string }).name).toSorted()).toEqual(names.toSorted());
    const rule = health.find(({ rule: { id } }) => id.endsWith('/loadBalancingRules/LBRule'));
    const answer = (await (await fetch(`http://${rule?.address}:${rule?.port}/`)).json()) as { name: string };
    expect(names).toContain(answer.name);
  });

  test('vm list and vm show tell of the machines', async () => {
    expect((await json<readonly string[]>('vm list --query [].name')).toSorted()).toEqual(names.toSorted());
    if (!isOld)
      expect(await json('vm list -g lab --vmss web --query [].name')).toEqual(
        await json('vm list --query [].name'),
      );
    const query = '{power:powerState,address:privateIps}';
    const shown = await json<Record<string, string>>(`vm show -d -g lab -n ${names[0]} --query ${query}`);
    expect(shown['power']).toBe('VM running');
    expect(shown['address']).toMatch(/^10\.0\.0\.\d+$/);
    // 2.45 does not print it.
    const { properties } = await arm.must<{ properties: { virtualMachineScaleSet: { id: string } } }>(
      'GET',
      machine(names[0] ?? ''),
    );
    expect(properties.virtualMachineScaleSet.id).toMatch(/\/virtualMachineScaleSets\/web$/);
  });

  test('vm restart, vm stop, vm start and vm deallocate of two ids do so to the guests', async () => {
    const [one = '', two = ''] = names;
    const [before, other] = [life(one), life(two)];
    await must(`vm restart -g lab -n ${one}`);
    expect(life(one)).not.toBe(before);
    expect(await boots(one)).toBe(2);
    await must(`vm stop -g lab -n ${one}`);
    expect([runs(one), runs(two)]).toEqual([false, true]);
    await must(`vm start -g lab -n ${one}`);
    expect(await boots(one)).toBe(3);
    expect([life(two), await boots(two)]).toEqual([other, 1]);
    const ids = names.map((name) => `${arm.subscription}${machine(name)}`).join(' ');
    await must(`vm deallocate --ids ${ids}`);
    expect(running()).toBe(0);
    await must(`vm start --ids ${ids}`);
    expect([await boots(one), await boots(two)]).toEqual([4, 2]);
  });

  test('vm run-command, vm extension and vm get-instance-view are of the one machine', async () => {
    const [one = '', two = ''] = names;
    const invoke = `vm run-command invoke -g lab -n ${one} --command-id RunShellScript --query value[0].message`;
    expect(await must(invoke, '-o', 'tsv', '--scripts', 'echo $MUSTER_NAME')).toContain(`[stdout]\n${one}\n`);
    const command = `-g lab --vm-name ${one} --run-command-name note`;
    await must(`vm run-command create ${command}`, '--script', 'echo by $MUSTER_NAME');
    const view = `vm run-command show ${command} --instance-view --query instanceView.output`;
    expect(await json(view)).toBe(`by ${one}\n`);
    expect(await json(`vm run-command list -g lab --vm-name ${one} --query [].name`)).toEqual(['note']);
    await must(`vm run-command delete ${command} --yes`);
    const custom = `-g lab --vm-name ${one} -n CustomScript`;
    const settings = '{"commandToExecute":"echo made > $MUSTER_ROOT/root/made"}';
    await must(
      `vm extension set ${custom} --publisher Microsoft.Azure.Extensions --version 2.1 --settings`,
      settings,
    );
    const look = 'cat $MUSTER_ROOT/root/made 2>/dev/null || echo nothing';
    expect(await arm.inside(machine(one), look)).toBe('made');
    expect(await arm.inside(machine(two), look)).toBe('nothing');
    expect(await json(`vm extension list -g lab --vm-name ${one} --query [].name`)).toEqual(['CustomScript']);
    expect(await json(`vm extension show ${custom} --query name`)).toBe('CustomScript');
    await must(`vm extension delete ${custom}`);
    expect(await json(`vm extension list -g lab --vm-name ${one}`)).toEqual([]);
    const codes = await json(`vm get-instance-view -g lab -n ${one} --query instanceView.statuses[].code`);
    expect(codes).toEqual(['ProvisioningState/succeeded', 'PowerState/running']);
  });

  test('vm resize and vm disk change the guest of a member', async () => {
    const [one = ''] = names;
    await must(`vm resize -g lab -n ${one} --size Standard_B2s`);
    expect(await arm.inside(machine(one), 'echo $MUSTER_SIZE')).toBe('Standard_B2s');
    await must(`vm disk attach -g lab --vm-name ${one} -n extra --new --size-gb 4`);
    expect(await arm.inside(machine(one), 'ls "$MUSTER_DATA" | xargs echo')).toBe('lun0');
    await must(`vm disk detach -g lab --vm-name ${one} -n extra`);
    expect(await arm.inside(machine(one), 'ls "$MUSTER_DATA" | xargs echo')).toBe('');
  });

  test('vm redeploy, vm reapply and vm reimage are of the one machine, and lists know it', async () => {
    const [one = '', two = ''] = names;
    const [before, other] = [life(one), life(two)];
    await must(`vm redeploy -g lab -n ${one}`);
    expect(life(one)).not.toBe(before);
    await must(`vm reapply -g lab -n ${one}`);
    // 2.45 has no such command.
    if (!isOld) {
      await arm.inside(machine(one), 'touch $MUSTER_ROOT/root/kept');
      await must(`vm reimage -g lab -n ${one}`);
      expect(await arm.inside(machine(one), 'ls $MUSTER_ROOT/root/kept 2>/dev/null || echo gone')).toBe(
        'gone',
      );
    }
    expect(life(two)).toBe(other);
    const addresses = await json<readonly unknown[]>('vm list-ip-addresses -g lab');
    expect(addresses).toHaveLength(2);
    expect(await json<readonly unknown[]>(`vm nic list -g lab --vm-name ${one}`)).toHaveLength(1);
    const sizes = await json<readonly string[]>(`vm list-vm-resize-options -g lab -n ${one} --query [].name`);
    expect(sizes).toContain('Standard_B2s');
    await refused(`vm simulate-eviction -g lab -n ${one}`, 'is allowed only for Spot Virtual Machines');
  });

  test('the set acts on machines by their names, and on no other', async () => {
    const [one = '', two = ''] = names;
    const untouched = life(one);
    await must(`vmss restart -g lab -n web --instance-ids ${two}`);
    expect(await boots(two)).toBe(3);
    await must(`vmss deallocate -g lab -n web --instance-ids ${two}`);
    expect([runs(one), runs(two)]).toEqual([true, false]);
    await must(`vmss start -g lab -n web --instance-ids ${two}`);
    expect(await boots(two)).toBe(4);
    await must(`vmss stop -g lab -n web --instance-ids ${two}`);
    expect([runs(one), runs(two)]).toEqual([true, false]);
    await must(`vmss start -g lab -n web --instance-ids ${two}`);
    await arm.inside(machine(two), 'touch $MUSTER_ROOT/root/kept');
    await must(`vmss reimage -g lab -n web --instance-id${isOld ? '' : 's'} ${two}`);
    expect(await arm.inside(machine(two), 'ls $MUSTER_ROOT/root/kept 2>/dev/null || echo gone')).toBe('gone');
    await must('vmss update -g lab -n web --set tags.owner=ops sku.name=Standard_B1ms');
    await must(`vmss update-instances -g lab -n web --instance-ids ${two}`);
    expect(await arm.inside(machine(two), 'echo $MUSTER_SIZE')).toBe('Standard_B1ms');
    if (!isOld) expect(life(one)).toBe(untouched);
    await refused('vmss restart -g lab -n web --instance-ids 0', 'is not an active');
  });

  test('a protected machine stays when the set is scaled in, and delete-instances takes the one named', async () => {
    const [one = '', two = ''] = names;
    const protect = `vmss update -g lab -n web --instance-id ${one} --protect-from-scale-in true`;
    // The path is there from api-version 2023-09-01 on, which 2.45 does not speak.
    if (isOld) await refused(protect, NUMBERED);
    else await must(protect);
    await must('vmss scale -g lab -n web --new-capacity 3');
    expect(running()).toBe(3);
    await must('vmss scale -g lab -n web --new-capacity 2');
    expect(running()).toBe(2);
    const left = await listed('web');
    if (!isOld) expect(left).toContain(one);
    const doomed = left.find((name) => name !== one) ?? two;
    await meet(doomed);
    await must(`vmss delete-instances -g lab -n web --instance-ids ${doomed}`);
    expect(await listed('web')).toEqual(left.filter((name) => name !== doomed));
    expect([running(), runs(doomed)]).toEqual([1, false]);
    expect(await json('vmss show -g lab -n web --query sku.capacity')).toBe(1);
  });

  test('what Azure refuses of a Flexible set is refused in its words', async () => {
    const [name] = await listed('web');
    const view =
      "Operation 'VirtualMachineScaleSets.instanceView.GET' is not allowed on Virtual Machine Scale Set 'web'.";
    await refused('vmss get-instance-view -g lab -n web', view);
    await refused(`vmss get-instance-view -g lab -n web --instance-id ${name}`, NUMBERED);
    await refused(
      `vmss run-command invoke -g lab -n web --instance-id ${name} --command-id RunShellScript --scripts id`,
      NUMBERED,
    );
    await refused(`vmss run-command list -g lab --vmss-name web --instance-id ${name}`, NUMBERED);
  });

  test('sets without a profile, in zones, with fault domains and of several sizes are made as said', async () => {
    await create('bare', '');
    expect(await listed('bare')).toEqual([]);
    await must(`vm create -g lab -n extra --vmss bare ${image} --nsg`, '', '--public-ip-address', '');
    expect(await listed('bare')).toEqual(['extra']);
    await meet('extra');
    expect(runs('extra')).toBe(true);
    await must(
      `vmss create -g lab -n zonal --orchestration-mode Flexible ${image} --instance-count 2 --zones 1 2 --load-balancer`,
      '',
    );
    const zones = await json<readonly string[]>('vm list -g lab --query [].zones[]');
    expect(zones.toSorted()).toEqual(['1', '2']);
    await must('vmss delete -g lab -n zonal');
    await must(
      `vmss create -g lab -n fd --orchestration-mode Flexible ${image} --instance-count 3 --platform-fault-domain-count 3 --load-balancer`,
      '',
    );
    const domains = await Promise.all(
      (await listed('fd')).map((name) =>
        arm.must<{ platformFaultDomain: number }>('GET', `${machine(name)}/instanceView`),
      ),
    );
    expect(domains.map(({ platformFaultDomain }) => platformFaultDomain).toSorted((a, b) => a - b)).toEqual([
      0, 1, 2,
    ]);
    await must('vmss delete -g lab -n fd');
    if (isOld) return;
    const mix = '--vm-sku Mix --skuprofile-vmsizes Standard_D2s_v3 Standard_D2s_v4';
    await must(
      `vmss create -g lab -n mix ${image} --instance-count 2 ${mix} --skuprofile-allocation-strategy LowestPrice --load-balancer`,
      '',
    );
    for (const name of await listed('mix'))
      expect(await arm.inside(machine(name), 'echo $MUSTER_SIZE')).toMatch(/^Standard_D2s_v[34]$/);
  });

  test('group delete leaves no process, no file and no row', async () => {
    await must('group delete -n lab --yes');
    expect(running()).toBe(0);
    await muster.down();
    const guests = join(muster.data, 'guests');
    expect(readdirSync(guests)).toEqual(['.disks', '.shared']);
    expect(readdirSync(join(guests, '.disks'))).toEqual([]);
    using database = new DatabaseSync(join(muster.data, 'plane.db'), { readOnly: true });
    const tables = [
      'resource_group',
      'scale_set',
      'model',
      'instance',
      'load_balancer',
      'network_resource',
      'disk',
    ];
    const left = tables.filter(
      (table) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'] !== 0,
    );
    expect(left).toEqual([]);
  });
});
