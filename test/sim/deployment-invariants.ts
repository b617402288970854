// What must hold of deployments, whatever was asked, failed or crashed: a step begins when all that it depends on are done, and
// once; what ended stays as it ended; what was refused leaves nothing; no secret outlives its deployment; and each one ends.

import type { Change } from '../../src/app/ports/store.ts';
import { type Deployment, type DeploymentStep, isActive } from '../../src/domain/deployment.ts';
import { REFUSED, SECRET } from './deployment-deeds.ts';
import { wholeLog } from './invariants.ts';
import { must } from './must.ts';
import type { Universe } from './universe.ts';

/** Sees every row that is committed, in every life of the plane. */
export class DeploymentWitness {
  readonly #rows = new Map<string, Deployment>();
  readonly #begun = new Set<string>();
  /** What was found; a listener must not throw. */
  readonly #wrong: string[] = [];
  readonly #stop: () => void;

  constructor(universe: Universe) {
    this.#stop = universe.store.onCommit((changes) => {
      for (const change of changes) this.#see(change);
    });
  }

  #see(change: Change): void {
    if (change.kind !== 'put' || change.table !== 'deployment') return;
    const { row } = change;
    const before = this.#rows.get(row.uid);
    this.#rows.set(row.uid, row);
    const name = `${row.group}/${row.name}`;
    if (before !== undefined && !isActive(before)) this.#wrong.push(`${name} ended and was written again`);
    for (const step of row.steps) this.#seeStep(row, before, step);
    if (!isActive(row) && JSON.stringify(row).includes(SECRET)) this.#wrong.push(`${name} kept its secret`);
  }

  #seeStep(row: Deployment, before: Deployment | undefined, step: DeploymentStep): void {
    const was = before?.steps.find(({ id, action }) => id === step.id && action === step.action);
    const name = `${row.name}: ${step.action} ${step.id}`;
    if (
      was !== undefined &&
      was.state !== 'NotStarted' &&
      was.state !== 'Running' &&
      was.state !== step.state
    ) {
      this.#wrong.push(`${name} was ${was.state} and is ${step.state}`);
    }
    if (step.state !== 'Running' || was?.state === 'Running') return;
    const key = `${row.uid} ${step.action} ${step.id}`;
    if (this.#begun.has(key)) this.#wrong.push(`${name} began twice`);
    this.#begun.add(key);
    // What ended in the same commit counts: it had ended when the commit was decided.
    const first = row.steps.filter(({ id }) => step.dependsOn.includes(id));
    const open = first.filter(({ state }) => state !== 'Succeeded' && state !== 'Skipped');
    if (open.length > 0)
      this.#wrong.push(`${name} began before ${open.map(({ id, state }) => `${id} (${state})`).join()}`);
    if (row.steps.some(({ state }) => state === 'Failed')) this.#wrong.push(`${name} began after a failure`);
  }

  /** How many deployments there were that came to each end. */
  ends(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { state } of this.#rows.values()) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  async checkAtRest(universe: Universe): Promise<void> {
    this.#stop();
    must(this.#wrong.length === 0, this.#wrong.join('; '));
    for (const row of await universe.store.deployments()) {
      must(!isActive(row), `${row.group}/${row.name} has not ended: ${JSON.stringify(row.steps)}`);
      const operation = await universe.store.operation(row.operation);
      const expected = row.state === 'Succeeded' ? 'Succeeded' : 'Failed';
      must(operation?.status === expected, `${row.name} is ${row.state}, its operation ${operation?.status}`);
      must((await universe.store.group(row.group)) !== undefined, `${row.name} outlived its group`);
      must(row.state !== 'Succeeded' || row.steps.every(isDone), `${row.name} succeeded and is not done`);
    }
    const balancers = await universe.store.loadBalancers();
    must(!balancers.some(({ name }) => name === REFUSED), 'a refused deployment made something');
    must(!JSON.stringify(await wholeLog(universe)).includes(SECRET), 'the log has a secret');
  }
}

function isDone({ state }: DeploymentStep): boolean {
  return state === 'Succeeded' || state === 'Skipped';
}
