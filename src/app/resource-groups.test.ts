// Resource groups: made, changed, read and deleted.
import { describe, expect, test } from 'vitest';
import {
  everything,
  logged,
  ORIGIN,
  refusalOf,
  refusedWhole,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import {
  deleteGroup,
  getGroup,
  groupExists,
  type GroupRequest,
  listGroups,
  patchGroup,
  putGroup,
} from './resource-groups.ts';

function put(plane: TestPlane, given: Partial<GroupRequest> = {}): ReturnType<typeof putGroup> {
  return putGroup(plane, ORIGIN, { name: 'rg', location: 'West US', ...given });
}

describe('a PUT', () => {
  test('makes a group at once, and says so in the log', async () => {
    const plane = testPlane();
    const { group, created } = await put(plane, { tags: { a: 'b' }, managedBy: '/x' });
    expect(created).toBe(true);
    expect(await getGroup(plane, 'RG')).toMatchObject({
      name: 'rg',
      location: 'westus',
      tags: { a: 'b' },
      managedBy: '/x',
    });
    expect(group.created).toBe(plane.clock.now());
    expect(await logged(plane)).toMatchObject([
      {
        status: 'Succeeded',
        operationName: 'Microsoft.Resources/subscriptions/resourceGroups/write',
        resourceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`,
        caller: 'ada',
      },
    ]);
  });

  test('of one that is there replaces what was declared of it, and keeps its name, place and age', async () => {
    const plane = testPlane();
    const first = await put(plane, { tags: { a: 'b' }, managedBy: '/x' });
    plane.clock.advance(1000);
    const { group, created } = await put(plane, { name: 'RG', location: 'westus' });
    expect(created).toBe(false);
    expect(group).toMatchObject({ name: 'rg', location: 'westus', tags: {}, created: first.group.created });
    expect(group).not.toHaveProperty('managedBy');
  });

  test('twice at the same moment makes it once', async () => {
    const plane = testPlane();
    const answers = await Promise.all([put(plane), put(plane, { name: 'RG' })]);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(await listGroups(plane)).toHaveLength(1);
  });

  test.each(['', 'a.', 'a/b', 'a b', 'a'.repeat(91), 'a?'])('of the name %j is refused', async (name) => {
    const plane = testPlane();
    expect((await refusedWhole(plane, () => put(plane, { name }))).code).toBe('invalidParameter');
  });

  test.each(['a', 'Ä.b-(c)_1', 'a'.repeat(90)])('of the name %s is accepted', async (name) => {
    const plane = testPlane();
    expect((await put(plane, { name })).group.name).toBe(name);
  });

  test('in another place, or in none, is refused', async () => {
    const plane = testPlane();
    expect(await refusedWhole(plane, () => put(plane, { location: undefined }))).toMatchObject({
      target: 'location',
    });
    await put(plane);
    const moved = await refusedWhole(plane, () => put(plane, { location: 'eastus' }));
    expect(moved).toMatchObject({
      code: 'invalidGroupLocation',
      message:
        "Invalid resource group location 'eastus'. The Resource group already exists in location 'westus'.",
    });
  });
});

describe('a PATCH', () => {
  test('changes what it names, and nothing else', async () => {
    const plane = testPlane();
    await put(plane, { tags: { a: 'b' }, managedBy: '/x', extra: { properties: { a: 1 } } });
    const tagged = await patchGroup(plane, ORIGIN, { name: 'rg', tags: { c: 'd' } });
    expect(tagged).toMatchObject({
      tags: { c: 'd' },
      managedBy: '/x',
      extra: { properties: { a: 1 } },
      location: 'westus',
    });
    const owned = await patchGroup(plane, ORIGIN, { name: 'rg', managedBy: '/y' });
    expect(owned).toMatchObject({ tags: { c: 'd' }, managedBy: '/y' });
  });

  test('of a group that is not there is refused', async () => {
    const plane = testPlane();
    const patched = await refusedWhole(plane, () => patchGroup(plane, ORIGIN, { name: 'rg', tags: {} }));
    expect(patched).toMatchObject({
      code: 'resourceGroupNotFound',
      message: "Resource group 'rg' could not be found.",
    });
  });
});

describe('a delete', () => {
  test('marks the group for its operation, which waits until it is gone', async () => {
    const plane = testPlane();
    await put(plane);
    const operation = await deleteGroup(plane, ORIGIN, 'RG');
    expect(operation).toMatchObject({
      awaits: { kind: 'group' },
      group: 'rg',
      name: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
    });
    expect(await getGroup(plane, 'rg')).toMatchObject({ deleting: operation.id });
    expect(await groupExists(plane, 'rg')).toBe(true);
  });

  test('asked again answers the operation that is under way, and changes nothing', async () => {
    const plane = testPlane();
    await put(plane);
    const first = await deleteGroup(plane, ORIGIN, 'rg');
    const before = await everything(plane);
    expect((await deleteGroup(plane, ORIGIN, 'rg')).id).toBe(first.id);
    expect(await everything(plane)).toEqual(before);
  });

  test('of a group that is not there is refused', async () => {
    const plane = testPlane();
    expect((await refusalOf(deleteGroup(plane, ORIGIN, 'rg'))).code).toBe('resourceGroupNotFound');
    expect(await groupExists(plane, 'rg')).toBe(false);
    expect((await refusalOf(getGroup(plane, 'rg'))).code).toBe('resourceGroupNotFound');
  });

  test('makes the group refuse every later change', async () => {
    const plane = testPlane();
    await put(plane);
    await deleteGroup(plane, ORIGIN, 'rg');
    for (const write of [() => put(plane), () => patchGroup(plane, ORIGIN, { name: 'rg', tags: {} })]) {
      expect((await refusedWhole(plane, write)).code).toBe('groupBeingDeleted');
    }
  });

  test('at the moment of a PUT is not undone by it', async () => {
    const plane = testPlane();
    await put(plane);
    const [deleted] = await Promise.allSettled([
      deleteGroup(plane, ORIGIN, 'rg'),
      put(plane, { tags: { a: 'b' } }),
    ]);
    expect(deleted.status).toBe('fulfilled');
    expect((await getGroup(plane, 'rg')).deleting).toBeDefined();
  });
});

test('groups are listed by name', async () => {
  const plane = testPlane();
  for (const name of ['b', 'a', 'C']) await put(plane, { name });
  expect((await listGroups(plane)).map((group) => group.name)).toEqual(['a', 'b', 'C']);
});
