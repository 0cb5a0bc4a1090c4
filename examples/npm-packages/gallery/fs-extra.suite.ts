import { fileWriter, load } from './load.js';

type FsExtra = { outputFile(path: string, text: string): Promise<void> };

export default fileWriter('fs-extra outputFile', () => load<FsExtra>('fs-extra').outputFile);
