// The guest contract on real processes, in each isolation that this host allows.
import { isolations, openProcessHarness } from '../testing/process-guests.ts';
import { describeGuests } from './guests.ts';

for (const isolation of await isolations())
  describeGuests(`process, ${isolation}`, () => openProcessHarness({ isolation }));
