// What the SDK tests share: one plane, its clients, and ways to look into a guest.
import type { VirtualMachineScaleSet } from '@azure/arm-compute';
import { expect } from 'vitest';
import { guestHandle } from '../../../src/domain/guest.ts';
import { Arm, until } from '../arm.ts';
import { guestProcesses } from '../guests.ts';
import { type Muster, type MusterEnv, startMuster } from '../muster.ts';
import { type Clients, openClients, SOON } from './clients.ts';

export interface Fleet extends Clients {
  readonly muster: Muster;
  readonly env: MusterEnv;
  readonly arm: Arm;
}

export const GROUP = 'fleet';
export const LOCATION = 'westeurope';

/** A plane with the sample in it, and the group of the tests. */
export async function openFleet(): Promise<Fleet> {
  const muster = await startMuster('--sample');
  try {
    const env = await muster.env();
    const clients = openClients(env);
    await clients.resources.resourceGroups.createOrUpdate(GROUP, { location: LOCATION });
    // The plane is ready before its sample is.
    const { virtualMachineScaleSets: sets } = clients.compute;
    await until(async () => (await sets.get('sample', 'web')).provisioningState === 'Succeeded');
    return { ...clients, muster, env, arm: await Arm.connect(muster) };
  } catch (error) {
    await muster.close();
    throw error;
  }
}

/** A scale set of one of Muster's own images, as this SDK has it. Each instance has an empty data disk. */
export function declared(image: 'base' | 'web', capacity: number) {
  return {
    location: LOCATION,
    sku: { name: 'Standard_B1s', tier: 'Standard', capacity },
    overprovision: false,
    upgradePolicy: { mode: 'Manual' },
    virtualMachineProfile: {
      osProfile: { computerNamePrefix: image, adminUsername: 'azureuser', adminPassword: 'not-to-be-seen-1' },
      storageProfile: {
        imageReference: { publisher: 'muster', offer: image, sku: '1', version: 'latest' },
        dataDisks: [{ lun: 0, createOption: 'Empty', diskSizeGB: 1 }],
      },
      networkProfile: {
        networkInterfaceConfigurations: [{ name: 'nic', primary: true, ipConfigurations: [{ name: 'ip' }] }],
      },
    },
  } satisfies VirtualMachineScaleSet;
}

/** One set of the group, and what is seen of it without asking for it in the test. */
export class SetUnderTest {
  readonly name: string;
  readonly #fleet: () => Fleet;
  #uid = '';

  constructor(fleet: () => Fleet, name: string) {
    this.#fleet = fleet;
    this.name = name;
  }

  async create(body: VirtualMachineScaleSet, group = GROUP): Promise<VirtualMachineScaleSet> {
    const { compute } = this.#fleet();
    const made = await compute.virtualMachineScaleSets.createOrUpdate(group, this.name, body, SOON);
    this.#uid = made.uniqueId ?? '';
    return made;
  }

  handle(id: string): string {
    return guestHandle(this.#uid, Number(id));
  }

  /** Runs a script in an instance's guest; answers what it printed. */
  async inside(id: string, script: string): Promise<string> {
    const { compute } = this.#fleet();
    const { value } = await compute.virtualMachineScaleSetVMs.runCommand(
      GROUP,
      this.name,
      id,
      { commandId: 'RunShellScript', script: [script] },
      SOON,
    );
    const message = value?.[0]?.message ?? '';
    const [, stdout] = /^Enable succeeded: \n\[stdout\]\n([\s\S]*)\n\[stderr\]\n/.exec(message) ?? [];
    if (stdout === undefined) throw new Error(`in ${this.name}_${id}: ${message}`);
    return stdout.trim();
  }

  /** How often each of these has booted since its OS disk was laid. */
  async boots(...ids: readonly string[]): Promise<readonly number[]> {
    return Promise.all(
      ids.map(async (id) => Number(await this.inside(id, 'cat "$MUSTER_ROOT/var/lib/muster/boots"'))),
    );
  }

  /** Leaves a mark on the OS disk and one on the data disk. */
  async mark(...ids: readonly string[]): Promise<void> {
    const script = 'echo os >"$MUSTER_ROOT/root/mark" && echo data >"$MUSTER_DATA/lun0/mark"';
    await Promise.all(ids.map((id) => this.inside(id, script)));
  }

  /** Which marks are still there: `os data`, `data` or nothing. */
  async marks(id: string): Promise<string> {
    const script = 'cat "$MUSTER_ROOT/root/mark" "$MUSTER_DATA/lun0/mark" 2>/dev/null | xargs echo';
    return this.inside(id, script);
  }

  /** The instances that have processes. */
  running(): readonly string[] {
    const prefix = `${this.#uid}_`;
    return [...guestProcesses(this.#fleet().muster.data).keys()]
      .filter((handle) => handle.startsWith(prefix))
      .map((handle) => handle.slice(prefix.length))
      .toSorted((a, b) => Number(a) - Number(b));
  }

  /** By instance id, `running` and so on. */
  async powers(): Promise<Readonly<Record<string, string>>> {
    const { compute } = this.#fleet();
    const found: Record<string, string> = {};
    const list = compute.virtualMachineScaleSetVMs.list(GROUP, this.name, { expand: 'instanceView' });
    for await (const { instanceId = '', instanceView } of list) {
      const code = instanceView?.statuses?.find((status) => status.code?.startsWith('PowerState/'))?.code;
      found[instanceId] = code?.slice('PowerState/'.length) ?? 'none';
    }
    return found;
  }

  async vmIds(): Promise<Readonly<Record<string, string>>> {
    const { compute } = this.#fleet();
    const found: Record<string, string> = {};
    for await (const { instanceId = '', vmId = '' } of compute.virtualMachineScaleSetVMs.list(
      GROUP,
      this.name,
    )) {
      found[instanceId] = vmId;
    }
    return found;
  }
}

/** An error of the plane as every SDK shows it. */
export async function refused(
  asked: PromiseLike<unknown>,
): Promise<{ statusCode: number; code: string; message: string }> {
  try {
    await asked;
  } catch (error) {
    const { statusCode, code, message } = error as {
      statusCode?: number | string;
      code?: string;
      message: string;
    };
    return { statusCode: Number(statusCode), code: code ?? '', message };
  }
  return expect.fail('it was accepted');
}

export async function all<T>(list: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}
