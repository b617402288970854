// Routes of what a scale set has of the network: the network interfaces and public IP addresses of its instances. They stand
// below Microsoft.Compute, and are asked for with the versions of Microsoft.Network.

import { computeRead } from './compute-route.ts';
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

export const INTERFACE_ROUTES = {
  'setInterfaces.list': computeRead(`${SET}/networkInterfaces`, `${SETS}/networkInterfaces`),
  'interfaces.list': computeRead(`${INSTANCE}/networkInterfaces`, NIC_TYPE),
  'interfaces.get': computeRead(INTERFACE, NIC_TYPE),
  'ipConfigurations.list': computeRead(`${INTERFACE}/ipConfigurations`, IP_TYPE),
  'ipConfigurations.get': computeRead(IP_CONFIGURATION, IP_TYPE),
  'setPublicAddresses.list': computeRead(`${SET}/publicIPAddresses`, `${SETS}/publicIPAddresses`),
  'publicAddresses.list': computeRead(`${IP_CONFIGURATION}/publicIPAddresses`, ADDRESS_TYPE),
  'publicAddresses.get': computeRead(`${IP_CONFIGURATION}/publicIPAddresses/{address}`, ADDRESS_TYPE),
} satisfies Readonly<Record<string, Route>>;
