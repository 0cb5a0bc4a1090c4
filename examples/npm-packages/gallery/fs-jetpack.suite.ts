import { fileWriter, load } from './load.js';

type Jetpack = { writeAsync(path: string, text: string, options?: { atomic: boolean }): Promise<void> };

export default fileWriter('fs-jetpack write', () => load<Jetpack>('fs-jetpack').writeAsync);
export const atomic = fileWriter('fs-jetpack write, atomic', () => {
  const { writeAsync } = load<Jetpack>('fs-jetpack');
  return (path, text) => writeAsync(path, text, { atomic: true });
});
