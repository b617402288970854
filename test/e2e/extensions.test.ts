// Extensions in real guests while planes come and go: an extension that has begun is not begun again, whoever looks after it,
// and a user's own handlers are scripts of theirs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, operationUrl, type ScaleSetBody, scaleSetBody, until } from './arm.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/slow';
const ONE = `${SET}/virtualMachines/0`;
/** Says that it runs, and goes on when it is let. */
const GATE =
  'cd "$MUSTER_ROOT/root" && mkfifo gate && echo ran >>ran && read -r word <gate && rm gate && echo "got $word"';

interface ExtensionBody {
  readonly properties: {
    readonly provisioningState: string;
    readonly instanceView?: { readonly statuses: readonly { readonly message?: string }[] };
  };
}

describe('an extension of a plane that dies', () => {
  let muster: Muster;
  let arm: Arm;
  let uid = '';
  const file = (name: string) => join(muster.data, 'guests', guestHandle(uid, 0), 'os', 'root', name);
  const runs = () =>
    existsSync(file('ran')) ? readFileSync(file('ran'), 'utf8').trim().split('\n').length : 0;
  const restart = async () => {
    await muster.again();
    arm = await Arm.connect(muster);
  };
  const message = async (name: string) =>
    (await arm.must<ExtensionBody>('GET', `${ONE}/extensions/${name}?$expand=instanceView`)).properties
      .instanceView?.statuses[0]?.message;

  beforeAll(async () => {
    muster = await startMuster();
    const handlers = { 'Contoso.Agent': { file: 'agent.sh', version: '3.2.1.0' } };
    writeFileSync(join(muster.data, 'extensions.json'), JSON.stringify(handlers));
    const script = 'echo "$MUSTER_EXTENSION_NAME wants $MUSTER_EXTENSION_SETTINGS"\n';
    writeFileSync(join(muster.data, 'agent.sh'), script);
    await muster.interrupt();
    await restart();
    await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
  });
  afterAll(() => muster?.close());

  test('goes on without the plane, and its operation ends when there is one again', async () => {
    const body = scaleSetBody('base', 1);
    const properties = {
      publisher: 'Microsoft.Azure.Extensions',
      type: 'CustomScript',
      typeHandlerVersion: '2.1',
      protectedSettings: { commandToExecute: GATE },
    };
    const virtualMachineProfile = {
      ...body.properties.virtualMachineProfile,
      extensionProfile: { extensions: [{ name: 'gate', properties }] },
    };
    const made = await arm.send('PUT', SET, {
      ...body,
      properties: { ...body.properties, virtualMachineProfile },
    });
    uid = (made.body as ScaleSetBody).properties.uniqueId;
    await until(async () => runs() === 1);
    await muster.kill9();
    await writeFile(file('gate'), 'one\n');
    await restart();
    expect(await arm.ended(operationUrl(made) ?? '')).toMatchObject({ status: 'Succeeded' });
    expect(await message('gate')).toBe('Enable succeeded: \n[stdout]\ngot one\n\n[stderr]\n');
    expect(runs()).toBe(1);
  });

  test('is waited for by the next plane', async () => {
    await arm.done('PATCH', `${SET}/extensions/gate`, { properties: { forceUpdateTag: 'two' } });
    const asked = await arm.send('POST', `${SET}/manualupgrade`, { instanceIds: ['0'] });
    await until(async () => runs() === 2);
    await muster.kill9();
    await restart();
    const url = operationUrl(asked) ?? '';
    expect((await arm.must<{ status: string }>('GET', new URL(url).pathname)).status).toBe('InProgress');
    await writeFile(file('gate'), 'two\n');
    expect(await arm.ended(url)).toMatchObject({ status: 'Succeeded' });
    expect(await message('gate')).toMatch(/got two/);
    expect(runs()).toBe(2);
  });

  test('of a kind that the user has named is a script of theirs', async () => {
    const properties = {
      publisher: 'Contoso',
      type: 'Agent',
      typeHandlerVersion: '3.0',
      settings: { port: 80 },
    };
    await arm.done('PUT', `${ONE}/extensions/agent`, { properties });
    expect(await message('agent')).toMatch(/^Enable succeeded: \n\[stdout\]\nagent wants {"port":80}\n/);
    const view = await arm.must<{ vmAgent: object }>('GET', `${ONE}/instanceView`);
    expect(view.vmAgent).toMatchObject({
      extensionHandlers: [{}, { type: 'Contoso.Agent', typeHandlerVersion: '3.2.1.0' }],
    });
  });

  test('leaves no protected setting in what the plane says', async () => {
    const [set, instance] = await Promise.all([
      arm.must('GET', SET),
      arm.must('GET', `${ONE}?$expand=instanceView`),
    ]);
    const log = await arm.activity("resourceGroupName eq 'rg'");
    expect(JSON.stringify([set, instance, log, muster.stderr])).not.toMatch(/mkfifo/);
  });

  test('with a table of handlers that is wrong does not start', async () => {
    await muster.interrupt();
    writeFileSync(join(muster.data, 'extensions.json'), '{"Contoso.Agent":{"file":"nowhere.sh"}}');
    await expect(muster.again()).rejects.toThrow(
      /extensions\.json: the file 'nowhere\.sh' of 'Contoso\.Agent' is not there/,
    );
    writeFileSync(join(muster.data, 'extensions.json'), '{}');
    await restart();
  });
});
