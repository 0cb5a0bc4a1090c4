/** A suite with nothing wrong. */
import { defineSuite, fc } from 'powercut';

export default defineSuite({
  name: 'healthy',
  boot: (env) => env.fs,
  commands: fc.array(fc.constant('append'), { minLength: 1, maxLength: 3 }),
  perform: async (fs) => {
    const file = await fs.open('/f', 'a');
    await file.write('x');
    await file.sync();
    await file.close();
    const directory = await fs.open('/', 'r');
    await directory.sync();
    await directory.close();
  },
  invariants: [
    {
      name: 'kept',
      statement: 'Every acknowledged byte is kept.',
      check: async (history, fs) => {
        const acknowledged = history.commands.filter(
          ({ outcome }) => outcome.status === 'acknowledged',
        ).length;
        const text = await fs.readFile('/f', 'utf8').catch(() => '');
        return text.length >= acknowledged ? undefined : `${text.length} of ${acknowledged}`;
      },
    },
  ],
});
