/** The script of the page of one run. */
import { startCopying } from './copy.js';
import { byId } from './dom.js';
import type { TimelineData } from './page-data.js';
import { Viewer } from './viewer.js';

// The page wrote this block as such an object, in timeline/timeline-data.ts.
const data: TimelineData = JSON.parse(byId('run-0').textContent);

startCopying();
const viewer = new Viewer();
const show = (): void => viewer.show('', () => data);
addEventListener('hashchange', show);
show();
