// Command documents: which scripts `runCommand` can be asked for, as Azure lists them.

import type { JsonObject } from '../../arm/json.ts';

interface CommandDocument {
  readonly id: string;
  readonly osType: 'Linux' | 'Windows';
  readonly label: string;
  readonly description: string;
  readonly script: readonly string[];
  readonly parameters: readonly JsonObject[];
}

const DOCUMENTS: readonly CommandDocument[] = [
  {
    id: 'RunShellScript',
    osType: 'Linux',
    label: 'Executes a Linux shell script',
    description:
      'Custom multiline shell script should be defined in script property. Optional parameters can be set in parameters property.',
    script: ['echo This is a sample script with parameters $arg1 $arg2'],
    parameters: [
      { name: 'arg1', type: 'string', defaultValue: 'value1' },
      { name: 'arg2', type: 'string', defaultValue: 'value2' },
    ],
  },
  {
    id: 'RunPowerShellScript',
    osType: 'Windows',
    label: 'Executes a PowerShell script',
    description:
      'Custom multiline PowerShell script should be defined in script property. Optional parameters can be set in parameters property.',
    script: [
      'param(',
      '    [string]$arg1,',
      '    [string]$arg2',
      ')',
      'Write-Host This is a sample script with parameters $arg1 $arg2',
    ],
    parameters: [
      { name: 'arg1', type: 'string', defaultValue: 'value1' },
      { name: 'arg2', type: 'string', defaultValue: 'value2' },
    ],
  },
];

export function commandDocuments(): readonly JsonObject[] {
  return DOCUMENTS.map(headOf);
}

export function commandDocument(id: string): JsonObject | undefined {
  const found = DOCUMENTS.find((document) => document.id.toLowerCase() === id.toLowerCase());
  return found === undefined
    ? undefined
    : { ...headOf(found), script: found.script, parameters: found.parameters };
}

function headOf({ id, osType, label, description }: CommandDocument): JsonObject {
  return {
    $schema: 'http://schema.management.azure.com/schemas/2016-11-17/runcommands.json',
    id,
    osType,
    label,
    description,
  };
}
