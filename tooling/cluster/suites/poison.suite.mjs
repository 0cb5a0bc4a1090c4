/** A suite whose worker process is killed at its first command, as the system does with one that takes too much memory. */
import { defineSuite, fc } from 'powercut';

let isMet = false;

// From outside of any life: a life that kills its own process ends only itself.
setInterval(() => {
  if (isMet) process.kill(process.pid, 'SIGKILL');
}, 1);

export default defineSuite({
  name: 'poison',
  boot: (env) => env.fs,
  commands: fc.constant(['write']),
  perform: (fs) => {
    isMet = true;
    return fs.writeFile('/f', 'x');
  },
  invariants: [{ name: 'none', statement: 'Nothing.', check: () => undefined }],
});
