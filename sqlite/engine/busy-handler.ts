/** SQLite's busy handler. Here it never waits, as no other code can run meanwhile: it notes that a lock is in the way. */
import type { WasmFunction } from '../wasm/assembly.js';
import type { Signature } from '../wasm/trampolines.js';

export const BUSY_SIGNATURES = { busyHandler: 'i(ii)' } as const satisfies Readonly<
  Record<string, Signature>
>;

interface Registry {
  /** By the number that each connection has for SQLite. */
  readonly lockNotes: ReadonlyMap<number, () => void>;
}

export const busyMethods = (
  registry: () => Registry,
): Readonly<Record<keyof typeof BUSY_SIGNATURES, WasmFunction>> => ({
  busyHandler: (id: number, _calls: number) => {
    registry().lockNotes.get(id)?.();
    return 0;
  },
});
