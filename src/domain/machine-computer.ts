// Machine computer: the `osProfile` of a virtual machine that is declared by itself: the name of its computer and what Azure
// fills in. Azure's words for names are those that people quote.

import { checkBase64 } from './declaration-rules.ts';
import { Failure } from './failure.ts';
import { type JsonObject, objectAt, textAt } from './json.ts';

const FORBIDDEN = /[`~!@#$%^&*()=+_[\]{}\\|;:'",<>/?\s]/;

/** @param name the machine's: what its computer is called where nothing else is said */
export function completeComputer(name: string, given: JsonObject, windows: boolean): JsonObject {
  checkBase64({ osProfile: given }, ['osProfile', 'customData']);
  const computerName = textAt(given, 'computerName') ?? computerNameFrom(name);
  checkComputerName(computerName, windows);
  return {
    secrets: [],
    allowExtensionOperations: true,
    requireGuestProvisionSignal: true,
    ...given,
    computerName,
    ...(windows ? {} : { linuxConfiguration: completeLinux(objectAt(given, 'linuxConfiguration') ?? {}) }),
  };
}

function computerNameFrom(name: string): string {
  return name.replaceAll(/[_.]/g, '');
}

function completeLinux(given: JsonObject): JsonObject {
  return {
    disablePasswordAuthentication: false,
    ...given,
    provisionVMAgent: given['provisionVMAgent'] ?? true,
    patchSettings: {
      patchMode: 'ImageDefault',
      assessmentMode: 'ImageDefault',
      ...objectAt(given, 'patchSettings'),
    },
    enableVMAgentPlatformUpdates: given['enableVMAgentPlatformUpdates'] ?? false,
  };
}

function checkComputerName(name: string, windows: boolean): void {
  if (windows) {
    if (
      name.length <= 15 &&
      name !== '' &&
      !/^\d+$/.test(name) &&
      !FORBIDDEN.test(name) &&
      !name.includes('.')
    )
      return;
    throw refused(
      'Windows computer name cannot be more than 15 characters long, be entirely numeric, or contain the following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : . \' " , < > / ?.',
    );
  }
  if (name.length <= 64 && name !== '' && !FORBIDDEN.test(name)) return;
  throw refused(
    'Linux host name cannot exceed 64 characters in length or contain the following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : \' " , < > / ?.',
  );
}

function refused(message: string): Failure {
  return new Failure('invalidParameter', message, { target: 'computerName' });
}
