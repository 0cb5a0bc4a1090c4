import { fileWriter, load } from './load.js';

type WriteYaml = {
  writeYamlFile(path: string, value: string, options: { lineWidth: number }): Promise<void>;
};

/** A text on one line is written as it is, with a line feed at its end. */
const open = () => {
  const { writeYamlFile } = load<WriteYaml>('write-yaml-file');
  return (path: string, text: string) => writeYamlFile(path, text, { lineWidth: -1 });
};

export default fileWriter('write-yaml-file', open, '\n');
