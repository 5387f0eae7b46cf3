import type { Accident } from "../domain/accident.ts";

/** The accident that a file belongs to, with the key under which it is sealed. */
export type BlobOwner = Pick<Accident, "id" | "key">;
