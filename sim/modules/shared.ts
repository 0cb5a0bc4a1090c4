/**
 * Modules that every graph has in common with the process: the simulator itself, which must be the one that runs the lives.
 */
import { fileURLToPath } from 'node:url';

const shared = new Map<string, object>();

/** From now on a graph that asks for the file of `url` gets `namespace`. */
export const shareModule = (url: string, namespace: object): void => {
  shared.set(fileURLToPath(url), namespace);
};

export const sharedModule = (filename: string): object | undefined => shared.get(filename);
