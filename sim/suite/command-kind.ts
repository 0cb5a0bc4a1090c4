/** What distinguishes commands in counts: see CommandCount. */
import type { Json } from './suite.js';

const KIND_CHARACTERS = 60;

const shapeOf = (command: Json): string => {
  if (typeof command === 'string') return command;
  if (command === null || typeof command !== 'object') return command === null ? 'null' : typeof command;
  if (Array.isArray(command)) return 'array';
  for (const field of ['type', 'kind']) {
    // Own properties only: what a prototype says is not part of the JSON.
    const value: unknown = Object.hasOwn(command, field) ? Reflect.get(command, field) : undefined;
    if (typeof value === 'string') return value;
  }
  return `{${Object.keys(command).join(', ')}}`;
};

/** The kind of a command, in at most some sixty characters. */
export const kindOf = (command: Json): string => {
  const shape = shapeOf(command);
  return shape.length > KIND_CHARACTERS ? `${shape.slice(0, KIND_CHARACTERS)}…` : shape;
};
