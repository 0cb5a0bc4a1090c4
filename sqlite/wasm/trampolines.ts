/**
 * JavaScript functions that WebAssembly can call through its table: a module, encoded here, that imports each and exports it
 * again. `WebAssembly.Function` would do the same; no Node has it without a flag.
 */
import { assembly, type WasmFunction } from './assembly.js';

/** Result, then parameters: `i` a 32-bit integer or pointer, `j` a 64-bit integer (a bigint), `v` nothing. */
export type Signature = `${'i' | 'v'}(${string})`;

const TYPES: Readonly<Record<string, number>> = { i: 0x7f, j: 0x7e };
const FUNCTION_TYPE = 0x60;
const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const SECTION = { type: 1, import: 2, export: 7 } as const;
const FUNCTION_KIND = 0;

/** LEB128. */
const number = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)];
const list = (items: readonly number[][]): number[] => [...number(items.length), ...items.flat()];
const name = (text: string): number[] => [...number(text.length), ...Buffer.from(text, 'latin1')];
const section = (id: number, content: number[]): number[] => [id, ...number(content.length), ...content];

const typeOf = (signature: Signature): number[] => {
  const [result = '', parameters = ''] = signature.replace(')', '').split('(');
  const codes = (letters: string): number[][] => [...letters].map((letter) => [TYPES[letter] ?? 0]);
  return [FUNCTION_TYPE, ...list(codes(parameters)), ...list(codes(result.replace('v', '')))];
};

/** Compiles the module for functions with these signatures, by name. */
export const compileTrampolines = (signatures: Readonly<Record<string, Signature>>): object => {
  const entries = Object.entries(signatures);
  const bytes = [
    ...MAGIC_AND_VERSION,
    ...section(SECTION.type, list(entries.map(([, signature]) => typeOf(signature)))),
    ...section(
      SECTION.import,
      list(entries.map(([key], index) => [...name('js'), ...name(key), FUNCTION_KIND, ...number(index)])),
    ),
    ...section(
      SECTION.export,
      list(entries.map(([key], index) => [...name(key), FUNCTION_KIND, ...number(index)])),
    ),
  ];
  return new assembly.Module(Uint8Array.from(bytes));
};

/** The functions, as exports of an instance. */
export const trampolines = (
  module: object,
  functions: Readonly<Record<string, WasmFunction>>,
): Readonly<Record<string, WasmFunction>> =>
  new assembly.Instance(module, { js: functions }).exports as Record<string, WasmFunction>; // it exports what it imports
