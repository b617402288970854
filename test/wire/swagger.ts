// Swagger: Microsoft's published description of the answers, read from a folder outside of the project, as JSON Schemas.
// Enums are open, as Azure treats them, and formats are not checked: a recorded time has seven digits and is one all the same.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';

const COMPUTE =
  'swagger/specification/compute/resource-manager/Microsoft.Compute/ComputeRP/stable/2024-07-01';
const NETWORK = 'swagger/specification/network/resource-manager/Microsoft.Network/stable/2018-10-01';
const DESCRIBED = [
  `${COMPUTE}/virtualMachine.json`,
  `${COMPUTE}/virtualMachineScaleSet.json`,
  `${COMPUTE}/runCommand.json`,
  `${COMPUTE}/virtualMachineImage.json`,
  `${COMPUTE}/virtualMachineExtensionImage.json`,
  `${COMPUTE}/computeRPCommon.json`,
  `${NETWORK}/loadBalancer.json`,
  `${NETWORK}/vmssNetworkInterface.json`,
  `${NETWORK}/vmssPublicIpAddress.json`,
];

interface SwaggerOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly schema?: object }>>;
}

interface SwaggerFile {
  readonly paths: Readonly<Record<string, Readonly<Record<string, SwaggerOperation>>>>;
}

interface Described {
  readonly method: string;
  readonly path: RegExp;
  readonly id: string;
  /** Where the schema of each status' body is. */
  readonly bodies: ReadonlyMap<number, string>;
}

export interface Body {
  /** The operation's name in the swagger. */
  readonly id: string;
  /** Absent where that answer has no body. */
  readonly validate: ValidateFunction | undefined;
}

export interface Swagger {
  /** The body of the operation that this request is; undefined where the folder does not describe it. */
  find(request: string, status: number): Body | undefined;
  named(id: string, status: number): Body | undefined;
  /** Every operation that has a body in some answer. */
  readonly withBodies: readonly string[];
}

/** MUSTER_AZURE_SPEC, or `azure-spec` in a folder `shared` beside the project. Undefined when it is not there. */
export function swaggerFolder(): string | undefined {
  const beside = fileURLToPath(new URL('../../../shared/azure-spec', import.meta.url));
  const folder = process.env['MUSTER_AZURE_SPEC'] ?? beside;
  return existsSync(join(folder, COMPUTE)) ? folder : undefined;
}

export function openSwagger(folder: string): Swagger {
  const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    allErrors: true,
    validateSchema: false,
    logger: false,
  });
  const loaded = new Map<string, unknown>();
  const files = DESCRIBED.map((name) => pathToFileURL(join(folder, name)).href);
  for (const file of files) load(ajv, file, loaded);
  const described = files.flatMap((file) => describe(file, loaded.get(file) as SwaggerFile));
  const body = (found: Described | undefined, status: number): Body | undefined => {
    if (found === undefined) return undefined;
    const place = found.bodies.get(status);
    return { id: found.id, validate: place === undefined ? undefined : ajv.getSchema(place) };
  };
  return {
    find(request, status) {
      const [method = '', url = ''] = request.split(' ');
      const path = url.replace(/\?.*$/, '');
      return body(
        described.find((one) => one.method === method && one.path.test(path)),
        status,
      );
    },
    named: (id, status) =>
      body(
        described.find((one) => one.id === id),
        status,
      ),
    withBodies: described.filter((one) => one.bodies.size > 0).map((one) => one.id),
  };
}

/** The file and all that it refers to. */
function load(ajv: Ajv, file: string, loaded: Map<string, unknown>): void {
  if (loaded.has(file)) return;
  const opened = withOpenEnums(JSON.parse(readFileSync(new URL(file), 'utf8'))) as object;
  loaded.set(file, opened);
  ajv.addSchema({ ...opened, $id: file });
  for (const reference of referencesIn(opened)) {
    const target = new URL(reference, file);
    target.hash = '';
    load(ajv, target.href, loaded);
  }
}

function withOpenEnums(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOpenEnums);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key, member]) => !(key === 'enum' && Array.isArray(member)));
  return Object.fromEntries(members.map(([key, member]) => [key, withOpenEnums(member)]));
}

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === 'x-ms-examples') return [];
    return key === '$ref' && typeof member === 'string' ? [member] : referencesIn(member);
  });
}

function describe(file: string, { paths }: SwaggerFile): readonly Described[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, responses }]) => {
      const place = (status: string): string =>
        `${file}#/paths/${pointer(path)}/${method}/responses/${status}/schema`;
      const statuses = Object.keys(responses).filter(
        (status) => status !== 'default' && responses[status]?.schema,
      );
      return {
        method: method.toUpperCase(),
        path: pathPattern(path),
        id: operationId,
        bodies: new Map(statuses.map((status) => [Number(status), place(status)])),
      };
    }),
  );
}

function pathPattern(path: string): RegExp {
  const parts = path
    .split('/')
    .map((part) => (/^\{.*\}$/.test(part) ? '[^/]+' : part.replaceAll('.', String.raw`\.`)));
  return new RegExp(`^${parts.join('/')}$`, 'i');
}

/** A path as one step of a JSON pointer in a URL's fragment. */
function pointer(path: string): string {
  return encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));
}
