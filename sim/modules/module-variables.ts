/** Where a program may keep state at module level: what its source says of it, for messages. */
import { readFileSync } from 'node:fs';

const VARIABLE = /^(?:export\s+)?(?:let|var)\s+([\w$]+)/gm;
const COLLECTION =
  /^(?:export\s+)?const\s+([\w$]+)[^=\n]*=\s*(?:new\s+(?:Weak)?(?:Map|Set)\b|\[|\{|Object\.create\()/gm;

/** Names of variables, and of constants that hold a collection, at the top level of a file. */
export const moduleVariables = (filename: string): readonly string[] => {
  let source: string;
  try {
    source = readFileSync(filename, 'utf8');
  } catch {
    return []; // a name in a stack need not be a file's: there is nothing to say of it
  }
  return [VARIABLE, COLLECTION].flatMap((pattern) =>
    [...source.matchAll(pattern)].map(([, name = '']) => name),
  );
};
