import { fileWriter, load } from './load.js';

type Atomically = { writeFile(path: string, text: string): Promise<void> };

export default fileWriter('atomically', () => load<Atomically>('atomically').writeFile);
