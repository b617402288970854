// The outputs of a template. Must hold: what came of a secure value, or is declared secure, has a type and no value; one that
// cannot be evaluated fails the deployment with Azure's code, naming each.
// Source: learn.microsoft.com, "Outputs in ARM templates", "Output iteration"; the sentences as users of Azure report them.

import { Failure, type FailureDetail } from '../../domain/failure.ts';
import { type Json, type JsonObject } from '../../domain/json.ts';
import { type Held, type Sight, type Subject, evaluateAt } from './evaluation.ts';
import { inspecting } from './inspection.ts';
import { limit, member, objectMember, section, textMember } from './members.ts';
import { Budget, evaluating } from './reader.ts';
import { HELP, refuse, ROOT } from './refusal.ts';
import { dependencyOf } from './references.ts';
import type { ResourceIndex } from './resource-index.ts';
import { declaredType, EXPECTED, isOfType, isSecure, kindOf, type ValueType } from './value-type.ts';
import { iterate, type Place, type Reader, walk } from './walk.ts';

const MOST_OUTPUTS = 64;

interface Output {
  readonly name: string;
  readonly type: ValueType;
  readonly body: JsonObject;
  readonly path: string;
  readonly subject: Subject;
}

/** Those whose condition holds, with all refused that can be refused before anything is made. */
export function readOutputs(template: JsonObject, sight: Sight, index: ResourceIndex): readonly Output[] {
  const declared = section(template, 'outputs', ROOT);
  limit('outputs', MOST_OUTPUTS, declared.length, `${ROOT}.outputs`);
  const definitions = objectMember(template, 'definitions', ROOT) ?? {};
  const outputs = declared.map(([name, body]): Output => {
    const path = `${ROOT}.outputs.${name}`;
    const subject = { name: `The template output '${name}'` };
    const type = declaredType(body, definitions);
    if (type === undefined) {
      refuse(
        `${subject.name} is not valid: its type must be one of 'string, secureString, int, bool, object, secureObject, array'. ${HELP.outputs}`,
        `${path}.type`,
      );
    }
    return { name, type, body, path, subject };
  });
  return outputs.filter((output) => isWanted(output, sight) && inspected(output, sight, index));
}

function isWanted({ body, path, subject }: Output, sight: Sight): boolean {
  const condition = member(body, 'condition') ?? true;
  const place = { path: `${path}.condition`, loops: [] };
  const { reference: _, ...now } = sight;
  const value = typeof condition === 'string' ? evaluateAt(condition, place, now, subject).value : condition;
  if (typeof value === 'boolean') return value;
  refuse(`${subject.name} is not valid: the condition must be a boolean. ${HELP.outputs}`, place.path);
}

function inspected(output: Output, sight: Sight, index: ResourceIndex): true {
  const { reader, found } = inspecting(sight, output.subject);
  const value = made(output, reader);
  for (const reference of found.references) dependencyOf(reference, index, output.subject);
  const problem = found.waiting.length === 0 ? wrongType(output, value) : undefined;
  if (problem !== undefined) refuse(`${output.subject.name} is not valid: ${problem}`, output.path);
  return true;
}

/** The value, or one for each turn of its loop. */
function made({ body, path, subject }: Output, reader: Reader): Json {
  const place: Place = { path: `${path}.value`, loops: [] };
  const copy = objectMember(body, 'copy', path);
  if (copy === undefined) {
    const value = member(body, 'value');
    if (value === undefined) refuse(`${subject.name} is not valid: it has no value. ${HELP.outputs}`, path);
    return walk(value, place, reader);
  }
  const input = member(copy, 'input');
  if (input === undefined) refuse(`${subject.name} is not valid: its copy has no input. ${HELP.copy}`, path);
  // Its loop has no name of its own: `copyIndex()` means it.
  const name = textMember(copy, 'name', `${path}.copy`) ?? '';
  const loop = { name, count: member(copy, 'count'), input, whole: true };
  return iterate(loop, { path: `${path}.copy`, loops: [] }, reader);
}

/** The value itself is not quoted. */
function wrongType({ type, body }: Output, value: Json): string | undefined {
  if (isOfType(value, type) || (value === null && member(body, 'nullable') === true)) return undefined;
  return `Template output JToken type is not valid. Expected '${EXPECTED[type]}'. Actual '${kindOf(value)}'. ${HELP.outputs}`;
}

/** `{name: {type, value}}`. @throws Failure 'deploymentOutputEvaluationFailed' */
export function evaluateOutputs(outputs: readonly Output[], sight: Sight): JsonObject {
  const details: FailureDetail[] = [];
  const values: [string, JsonObject][] = [];
  for (const output of outputs) {
    try {
      values.push([output.name, evaluated(output, { ...sight, budget: new Budget() })]);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const message = error.message.replace(/^Deployment template validation failed: '(.*)'\.$/s, '$1');
      details.push({ code: 'DeploymentOutputEvaluationFailed', target: output.name, message });
    }
  }
  if (details.length === 0) return Object.fromEntries(values);
  const names = details.map(({ target }) => target).join(', ');
  throw new Failure(
    'deploymentOutputEvaluationFailed',
    `Unable to evaluate template outputs: '${names}'. Please see error details and deployment operations. Please see https://aka.ms/arm-common-errors for usage details.`,
    { details },
  );
}

function evaluated(output: Output, sight: Sight): JsonObject {
  const { type, subject, path } = output;
  let secure = isSecure(type);
  const heard = (held: Held): void => {
    secure ||= held.secure;
  };
  const value = made(output, evaluating(sight, subject, heard));
  const problem = wrongType(output, value);
  if (problem !== undefined) refuse(`${subject.name} is not valid: ${problem}`, path);
  return secure ? { type } : { type, value };
}
