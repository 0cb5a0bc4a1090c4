import { fileWriter, load } from './load.js';

type Write = (path: string, text: string, options: { newline: boolean }) => Promise<unknown>;

export default fileWriter('write', () => {
  const write = load<Write>('write');
  return (path, text) => write(path, text, { newline: false });
});
