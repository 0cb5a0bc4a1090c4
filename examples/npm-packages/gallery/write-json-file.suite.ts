import { existsSync, readFileSync } from 'node:fs';
import { keyValueSuite } from 'powercut/node-fs';
import { DIRECTORY, load, prepare } from './load.js';

type WriteJson = { writeJsonFile(path: string, value: unknown): Promise<void> };

const FILE = `${DIRECTORY}/values.json`;

export default keyValueSuite({
  name: 'write-json-file',
  prepare,
  open: () => {
    const { writeJsonFile } = load<WriteJson>('write-json-file');
    const values: Record<string, string> = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
    return { writeJsonFile, values };
  },
  set: ({ writeJsonFile, values }, key, value) =>
    writeJsonFile(FILE, Object.assign(values, { [key]: value })),
  all: ({ values }) => values,
});
