import { fileWriter, load } from './load.js';

type Write = (path: string, text: string) => Promise<unknown>;

export default fileWriter('write-file-atomic', () => load<Write>('write-file-atomic'));
