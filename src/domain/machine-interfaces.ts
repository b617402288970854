// Machine interfaces: the network interfaces that a virtual machine's declaration names: those that are resources of their own,
// and those that come with the machine.

import { Failure } from './failure.ts';
import { flagAt, isObject, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { missing } from './parameter-failure.ts';
import { without } from './declaration.ts';

export interface NamedInterface {
  readonly id: string;
  readonly primary?: boolean;
  readonly deleteOption?: string;
}

export interface InterfaceList {
  /** Resources of their own. */
  readonly named: readonly NamedInterface[];
  /** `networkProfile` with those that come with the machine. */
  readonly profile: JsonObject;
}

/** Either kind, never both: so does Azure have it. */
export function interfacesIn(properties: JsonObject): InterfaceList {
  const network = objectAt(properties, 'networkProfile') ?? {};
  const named = listAt(network, 'networkInterfaces').filter(isObject).map(namedInterface);
  const configurations = listAt(network, 'networkInterfaceConfigurations').filter(isObject);
  if (named.length > 0 && configurations.length > 0) {
    throw new Failure(
      'invalidParameter',
      "Parameter 'networkInterfaceConfigurations' is not allowed beside 'networkInterfaces'.",
      { target: 'networkProfile.networkInterfaceConfigurations' },
    );
  }
  return {
    named,
    profile: {
      ...without(network, 'networkInterfaces'),
      networkInterfaceConfigurations: configurations.map(configuration),
    },
  };
}

function namedInterface(given: JsonObject): NamedInterface {
  const id = textAt(given, 'id');
  if (id === undefined) throw missing('networkInterfaces.id');
  const primary = flagAt(given, 'properties', 'primary');
  const deleteOption = deleteOptionIn(objectAt(given, 'properties') ?? {});
  return {
    id,
    ...(primary === undefined ? {} : { primary }),
    ...(deleteOption === undefined ? {} : { deleteOption }),
  };
}

const DELETE_OPTIONS = ['Delete', 'Detach'];

function deleteOptionIn(properties: JsonObject): string | undefined {
  const given = textAt(properties, 'deleteOption');
  if (given === undefined) return undefined;
  const option = DELETE_OPTIONS.find((known) => known.toLowerCase() === given.toLowerCase());
  if (option !== undefined) return option;
  throw new Failure(
    'invalidParameter',
    `The value '${given}' of parameter 'deleteOption' is not allowed. Allowed values are: ${DELETE_OPTIONS.join(', ')}.`,
    { target: 'networkInterfaces.deleteOption' },
  );
}

/** One that comes with its machine goes with it. */
function configuration(given: JsonObject): JsonObject {
  if (textAt(given, 'name') === undefined) throw missing('networkInterfaceConfigurations.name');
  const properties = objectAt(given, 'properties') ?? {};
  if (deleteOptionIn(properties) === 'Detach') {
    throw new Failure(
      'invalidParameter',
      "The value 'Detach' of parameter 'deleteOption' is not allowed: a network interface that is made with its virtual machine is deleted with it here.",
      { target: 'networkInterfaceConfigurations.deleteOption' },
    );
  }
  return { ...without(given, 'id'), properties: { deleteOption: 'Delete', ...properties } };
}
