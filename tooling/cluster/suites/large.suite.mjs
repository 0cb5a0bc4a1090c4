/** One workload with more than 200,000 crash states: names whose directory is never synced, and a file that is. */
import { defineSuite, fc } from 'powercut';

const FILES = 15;

const write = async (fs, path, flags) => {
  const handle = await fs.open(path, flags);
  await handle.write('x');
  await handle.sync();
  await handle.close();
};

export default defineSuite({
  name: 'large',
  boot: (env) => env.fs,
  commands: fc.constant(['fill']),
  perform: async (fs) => {
    for (let file = 0; file < FILES; file++) await write(fs, `/f${file}`, 'w');
    for (const file of ['/f0', '/f1']) await write(fs, file, 'a');
  },
  disk: 'posix',
  limits: { imagesPerCrashPoint: 1_000_000, livesPerWorkload: 10_000_000, commandsAfterCrash: 0 },
  invariants: [
    {
      name: 'no other files',
      statement: 'The disk holds no file that the program never made.',
      check: async (_, fs) => {
        const names = await fs.readdir('/');
        return names.length <= FILES ? undefined : `${names.length} files`;
      },
    },
  ],
});
