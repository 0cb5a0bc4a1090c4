/** The gallery: every sabotage written by hand, room by room. */
import type { Sabotage } from '../sabotage.js';
import { busSabotages } from './bus.js';
import { checkpointSabotages } from './checkpoint.js';
import { closingSabotages } from './closing.js';
import { designSabotages } from './designs.js';
import { feederSabotages } from './feeder.js';
import { flushSabotages } from './flushes.js';
import { logSabotages } from './log.js';
import { readModelSabotages } from './read-models.js';
import { idSabotages, pageSabotages, readSabotages } from './reads.js';
import { storeSabotages } from './store.js';

export const gallery: readonly Sabotage[] = [
  ...logSabotages,
  ...storeSabotages,
  ...readSabotages,
  ...idSabotages,
  ...pageSabotages,
  ...flushSabotages,
  ...closingSabotages,
  ...busSabotages,
  ...feederSabotages,
  ...checkpointSabotages,
  ...readModelSabotages,
  ...designSabotages,
];
