/** What must hold in every run: the five safe designs, and every scenario, as a suite file for the workers. */
import { scenarioSuites } from '../../properties/scenarios/index.js';
import { shippedSuites } from '../../properties/suites/index.js';

export default [...shippedSuites, ...scenarioSuites].filter(({ expected }) => expected !== 'unsafe');
