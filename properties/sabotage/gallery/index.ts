/** The gallery: every sabotage written by hand, room by room. */
import type { Sabotage } from '../sabotage.js';
import { busSabotages } from './bus.js';
import { checkpointSabotages } from './checkpoint.js';
import { closingSabotages } from './closing.js';
import { designSabotages } from './designs.js';
import { feederSabotages } from './feeder.js';
import { flushSabotages } from './flushes.js';
import { leftoverSabotages } from './leftovers.js';
import { logSabotages } from './log.js';
import { readModelSabotages } from './read-models.js';
import { answerSabotages, idSabotages, pageSabotages, readSabotages } from './reads.js';
import { rivalSabotages } from './rivals.js';
import { shortageSabotages } from './shortages.js';
import { storeSabotages } from './store.js';
import { timingSabotages } from './timing.js';

export const gallery: readonly Sabotage[] = [
  ...logSabotages,
  ...storeSabotages,
  ...readSabotages,
  ...answerSabotages,
  ...idSabotages,
  ...pageSabotages,
  ...flushSabotages,
  ...closingSabotages,
  ...busSabotages,
  ...feederSabotages,
  ...checkpointSabotages,
  ...readModelSabotages,
  ...designSabotages,
  ...timingSabotages,
  ...shortageSabotages,
  ...leftoverSabotages,
  ...rivalSabotages,
];
