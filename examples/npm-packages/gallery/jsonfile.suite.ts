import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

type JsonFile = {
  writeFile(path: string, value: unknown): Promise<void>;
  readFile(path: string, options: { throws: boolean }): Promise<Record<string, string> | null>;
};

const FILE = `${DIRECTORY}/values.json`;

export default keyValueSuite({
  name: 'jsonfile',
  prepare,
  open: async () => {
    const { readFile, writeFile } = load<JsonFile>('jsonfile');
    const found = await readFile(FILE, { throws: false }).catch(() => null);
    return { writeFile, values: found ?? {} };
  },
  set: ({ writeFile, values }, key, value) => writeFile(FILE, Object.assign(values, { [key]: value })),
  all: ({ values }) => values,
});
