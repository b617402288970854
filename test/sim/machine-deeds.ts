// Machine deeds: what is asked of virtual machines by their own paths: made without a set or in one, attached and detached, changed,
// acted on and deleted; and of the network interfaces that they are made with. The names are few, so that they come again.

import type { Random } from '../../src/domain/random.ts';
import { healthExtension } from '../testing/health.ts';
import type { Deed } from './deeds.ts';

const NAMES = ['one', 'two', 'three'];
const VERBS = ['start', 'restart', 'poweroff', 'deallocate', 'reimage', 'redeploy', 'performMaintenance'];

type Pick = <T>(items: readonly T[]) => T;

interface Places {
  /** Paths: of the machine, of a set, of the machine's group. */
  readonly machine: string;
  readonly set: string;
  readonly group: string;
}

function machinePath(group: string, name: string): string {
  return `${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
}

/** @param group its path; `sets`: the paths of sets, of any mode, that a machine may join or be refused by */
export function machineDeed(random: Random, group: string, sets: readonly string[]): Deed {
  const pick: Pick = (items) => items[Math.floor(random() * items.length)] as (typeof items)[number];
  const set = pick(sets);
  // Also those that a set made, by the number that they have in it.
  const isOwn = random() < 0.6;
  const machine = isOwn
    ? machinePath(group, pick(NAMES))
    : `${set}/virtualMachines/${Math.floor(random() * 6)}`;
  const places = { machine, set, group };
  return isOwn && random() < 0.45 ? made(random, pick, places) : changed(random, pick, places);
}

function made(random: Random, pick: Pick, { machine, set, group }: Places): Deed {
  const nic = `${group}/providers/Microsoft.Network/networkInterfaces/${pick(['a', 'b'])}`;
  const draw = random();
  if (draw < 0.2) return { method: 'PUT', path: nic, body: networkInterface(group, random) };
  if (draw < 0.25) return { method: 'DELETE', path: nic };
  const isMember = random() < 0.5;
  const body = {
    location: 'westeurope',
    tags: { made: 'by itself' },
    ...(random() < 0.3 ? { zones: [pick(['1', '2', '3'])] } : {}),
    properties: {
      hardwareProfile: { vmSize: pick(['Standard_B1s', 'Standard_B2s']) },
      storageProfile: {
        imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: pick(['2.0.0', 'latest']) },
        ...(random() < 0.3 ? { dataDisks: [{ lun: 0, createOption: 'Empty', diskSizeGB: 1 }] } : {}),
      },
      osProfile: { computerName: 'alone', adminUsername: 'someone' },
      networkProfile: network(random, group, nic),
      ...(random() < 0.2 ? { priority: 'Spot', evictionPolicy: pick(['Delete', 'Deallocate']) } : {}),
      ...(isMember ? { virtualMachineScaleSet: { id: set } } : {}),
      ...(isMember && random() < 0.3 ? { platformFaultDomain: pick([0, 1, 2]) } : {}),
    },
  };
  return { method: 'PUT', path: machine, body };
}

function network(random: Random, group: string, nic: string): object {
  const draw = random();
  if (draw < 0.4) return { networkInterfaces: [{ id: nic }] };
  const ip = { name: 'ip', properties: draw < 0.8 ? { subnet: { id: subnet(group) } } : {} };
  const properties = { primary: true, ipConfigurations: [ip] };
  return { networkApiVersion: '2020-11-01', networkInterfaceConfigurations: [{ name: 'nic', properties }] };
}

function networkInterface(group: string, random: Random): object {
  const properties = { privateIPAllocationMethod: 'Dynamic', subnet: { id: subnet(group) } };
  return {
    location: 'westeurope',
    properties: {
      ipConfigurations: [{ name: 'ip', properties }],
      ...(random() < 0.2 ? { enableIPForwarding: true } : {}),
    },
  };
}

function subnet(group: string): string {
  return `${group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/large`;
}

function changed(random: Random, pick: Pick, { machine, set }: Places): Deed {
  const patch = (properties: object): Deed => ({ method: 'PATCH', path: machine, body: { properties } });
  const table: readonly (readonly [weight: number, deed: () => Deed])[] = [
    [8, () => patch({ virtualMachineScaleSet: { id: set } })],
    [6, () => patch({ virtualMachineScaleSet: pick([null, {}]) })],
    [3, () => patch({ hardwareProfile: { vmSize: pick(['Standard_B1s', 'Standard_B2s']) } })],
    [2, () => patch({ userData: pick(['', 'bmV3']) })],
    [2, () => patch({ storageProfile: { dataDisks: [{ lun: 1, createOption: 'Empty', diskSizeGB: 1 }] } })],
    [2, () => ({ method: 'PATCH', path: machine, body: { tags: { a: pick(['b', 'c']) } } })],
    [6, () => ({ method: 'POST', path: `${machine}/${pick(VERBS)}` })],
    [4, () => ({ method: 'DELETE', path: random() < 0.6 ? machine : `${machine}?forceDeletion=true` })],
    [1, () => ({ method: 'POST', path: `${machine}/simulateEviction` })],
    [
      2,
      () => ({
        method: 'POST',
        path: `${machine}/runCommand`,
        body: { commandId: 'RunShellScript', script: ['echo hello'] },
      }),
    ],
    [2, () => ({ method: 'PUT', path: `${machine}/runCommands/a`, body: sleeping(random) })],
    [2, () => ({ method: 'PUT', path: `${machine}/extensions/health`, body: healthExtension({}, '1.0') })],
    [1, () => ({ method: 'DELETE', path: `${machine}/extensions/health` })],
    [1, () => ({ method: 'GET', path: `${machine}?$expand=instanceView` })],
  ];
  let left = random() * table.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, deed] of table) {
    left -= weight;
    if (left <= 0) return deed();
  }
  throw new Error('unreachable: the weights add up');
}

function sleeping(random: Random): object {
  return {
    location: 'westeurope',
    properties: { source: { script: 'sleep 20' }, asyncExecution: random() < 0.5 },
  };
}
