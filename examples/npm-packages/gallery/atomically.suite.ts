import { fileWriter, load } from './load.js';

type Atomically = { writeFile(path: string, text: string, options?: object): Promise<void> };

export default fileWriter('atomically', () => load<Atomically>('atomically').writeFile);
export const unwaited = fileWriter('atomically, fsyncWait: false', () => {
  const { writeFile } = load<Atomically>('atomically');
  return (path, text) => writeFile(path, text, { fsyncWait: false });
});
