/**
 * The tests that take long: explorations of whole disks, processes, packed packages, galleries. Apart, so that `npm test`
 * is over in minutes; `npm run test:all` runs them, too.
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { base } from './vitest.config.js';

/** The longest files, the first of them first: the end of a run should not wait for one that began last. */
const LONGEST = [
  'properties/suites/deduplication',
  'properties/scenarios/scenarios',
  'tooling/sabotage/sabotage',
  'tooling/documents',
  'tooling/tutorial',
  'cli/campaign',
];

const rank = ({ moduleId }: TestSpecification): number => {
  const index = LONGEST.findIndex((path) => moduleId.endsWith(`${path}.long-test.ts`));
  return index === -1 ? LONGEST.length : index;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((left, right) => rank(left) - rank(right));
  }
}

export default defineConfig({
  ...base,
  test: { ...base.test, include: ['**/*.long-test.ts'], sequence: { sequencer: LongestFirst } },
});
