// Versions of the metadata service: which a request may name. What is answered is the newest document for all of them,
// but that no event is told to who asks in a version that did not have its kind yet.
// Source: Azure's page on its Instance Metadata Service, and for events the one on scheduled events.

import { type MetadataAnswer, refused } from './exchange.ts';

/** Oldest first. */
export const VERSIONS: readonly string[] = [
  '2017-03-01',
  '2017-04-02',
  '2017-08-01',
  '2017-10-01',
  '2017-12-01',
  '2018-02-01',
  '2018-04-02',
  '2018-10-01',
  '2019-02-01',
  '2019-03-11',
  '2019-04-30',
  '2019-06-01',
  '2019-06-04',
  '2019-08-01',
  '2019-08-15',
  '2019-11-01',
  '2020-06-01',
  '2020-07-15',
  '2020-09-01',
  '2020-10-01',
  '2020-12-01',
  '2021-01-01',
  '2021-02-01',
  '2021-03-01',
  '2021-05-01',
  '2021-08-01',
  '2021-10-01',
  '2021-11-01',
  '2021-11-15',
  '2021-12-13',
  '2023-07-01',
  '2023-11-15',
  '2024-03-15',
  '2024-07-17',
  '2025-04-07',
];

const EVENT_VERSIONS = [
  '2017-03-01',
  '2017-08-01',
  '2017-11-01',
  '2019-01-01',
  '2019-04-01',
  '2019-08-01',
  '2020-07-01',
];
/** The first that knows of deletes. */
const TERMINATE_SINCE = '2019-01-01';

export type Category = 'instance' | 'scheduledevents' | 'identity';

/** The version that was asked for, or the refusal. */
export function readVersion(query: URLSearchParams, category: Category): string | MetadataAnswer {
  const [version, ...more] = query.getAll('api-version');
  if (version !== undefined && more.length === 0 && isServed(version, category)) return version;
  const error =
    'Bad request. api-version is invalid or was not specified in the request. For more information refer to aka.ms/azureimds';
  return refused(400, error, { 'newest-versions': VERSIONS.slice(-3).toReversed() });
}

function isServed(version: string, category: Category): boolean {
  if (category === 'identity') return VERSIONS.includes(version) && version >= '2018-02-01';
  return VERSIONS.includes(version) || (category === 'scheduledevents' && EVENT_VERSIONS.includes(version));
}

export function tellsOfDeletes(version: string): boolean {
  return version >= TERMINATE_SINCE;
}
