import { fileWriter, load } from './load.js';

type Write = { promise(path: string, text: string): Promise<void> };

export default fileWriter('fast-write-atomic', () => load<Write>('fast-write-atomic').promise);
