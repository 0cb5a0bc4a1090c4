import { fileWriter, load } from './load.js';

type Steno = { Writer: new (path: string) => { write(text: string): Promise<void> } };

export default fileWriter('steno', () => {
  const { Writer } = load<Steno>('steno');
  return (path, text) => new Writer(path).write(text);
});
