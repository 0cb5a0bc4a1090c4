/** `npm run build:assets`: bundles the scripts and styles of the HTML pages into what is compiled in `dist`. */
import { join } from 'node:path';
import { writeAssets } from '../../reports/html/bundle.js';
import { ROOT } from '../sources.js';

await writeAssets(join(ROOT, 'dist'));
