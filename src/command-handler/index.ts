/** The door of this room: from a command to durable events. */
export { type CommandHandler, type CommandHandlerOptions, commandHandler } from './command-handler.js';
export type { HandledCommand, HandleOptions } from './decide-on-stream.js';
export type { Decider } from './decider.js';
