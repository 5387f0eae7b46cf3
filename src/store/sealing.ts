import { serialise } from "../domain/agreement.ts";
import { placeIn } from "./shapes.ts";
import type { Vault } from "./vault.ts";

/** BSON's Binary or a Buffer, as a Buffer. */
export function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  const binary = value as { buffer: Uint8Array; position?: number; byteLength?: number };
  const bytes =
    binary.buffer instanceof Uint8Array
      ? binary.buffer.subarray(0, binary.position ?? undefined)
      : (value as Uint8Array);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Seals and opens the personal values of one accident, each bound to its field. */
export function sealing(vault: Vault, key: Uint8Array, id: string) {
  return {
    seal: (field: string, value: unknown): Buffer | null =>
      value === null || value === undefined
        ? null
        : vault.seal(key, placeIn("accidents", id, field), Buffer.from(serialise(value))),
    open: <T>(field: string, sealed: unknown): T | null =>
      sealed === null || sealed === undefined
        ? null
        : (JSON.parse(vault.open(key, placeIn("accidents", id, field), bytesOf(sealed)).toString("utf8")) as T),
  };
}
export type Sealing = ReturnType<typeof sealing>;
