// Routes of what a scale set has of the network: the network interfaces and public IP addresses of its instances. They stand
// below Microsoft.Compute, and are asked for with the versions of Microsoft.Network.

import type { Route } from './routes.ts';

const SETS = 'virtualMachineScaleSets';
const SET =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachineScaleSets/{set}';
const INSTANCE = `${SET}/virtualMachines/{instance}`;
const INTERFACE = `${INSTANCE}/networkInterfaces/{nic}`;
const IP_CONFIGURATION = `${INTERFACE}/ipConfigurations/{ip}`;

const NIC_TYPE = `${SETS}/virtualMachines/networkInterfaces`;
const IP_TYPE = `${NIC_TYPE}/ipConfigurations`;
const ADDRESS_TYPE = `${IP_TYPE}/publicIPAddresses`;

function read(path: string, type: string): Route {
  return {
    method: 'GET',
    path,
    provider: 'Microsoft.Compute',
    type,
    action: `Microsoft.Compute/${type}/read`,
    answers: 'now',
  };
}

export const INTERFACE_ROUTES = {
  'setInterfaces.list': read(`${SET}/networkInterfaces`, `${SETS}/networkInterfaces`),
  'interfaces.list': read(`${INSTANCE}/networkInterfaces`, NIC_TYPE),
  'interfaces.get': read(INTERFACE, NIC_TYPE),
  'ipConfigurations.list': read(`${INTERFACE}/ipConfigurations`, IP_TYPE),
  'ipConfigurations.get': read(IP_CONFIGURATION, IP_TYPE),
  'setPublicAddresses.list': read(`${SET}/publicIPAddresses`, `${SETS}/publicIPAddresses`),
  'publicAddresses.list': read(`${IP_CONFIGURATION}/publicIPAddresses`, ADDRESS_TYPE),
  'publicAddresses.get': read(`${IP_CONFIGURATION}/publicIPAddresses/{address}`, ADDRESS_TYPE),
} satisfies Readonly<Record<string, Route>>;
