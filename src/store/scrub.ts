import type { BlobOwner } from "./blob-owner.ts";
import type { BlobState, Entry, Register } from "./blob-register.ts";

export type KeptFile = Entry;

/** Checks stored files in turn, since disks lose data that nobody reads. */
export interface Scrub {
  /** Leases the file whose check is due longest for ten minutes; null: none is due. */
  claim(): Promise<KeptFile | null>;
  /** Lists all files in the order in which they came, whether due or not: those after this one. */
  listAfter(id: KeptFile["id"] | null, limit: number): Promise<KeptFile[]>;
  /** Reads and hashes the file again. Throws where it cannot be read at this moment. */
  check(owner: BlobOwner, file: KeptFile): Promise<BlobState>;
  /** Records the result of a check and when the next is due. */
  note(file: KeptFile, state: BlobState): Promise<void>;
  countDamaged(): Promise<number>;
}

interface Scrubbing {
  register: Register;
  now: () => Date;
  dueAfterMs: number;
  check: Scrub["check"];
}

const LEASE_MS = 600_000;

export function createScrub({ register, now, dueAfterMs, check }: Scrubbing): Scrub {
  const inMs = (ms: number) => new Date(now().getTime() + ms);
  return {
    claim: () => register.claimUnchecked(inMs(LEASE_MS)),
    listAfter: register.listAfter,
    check,
    note: (file, state) => register.noteChecked(file, state, inMs(dueAfterMs)),
    countDamaged: register.countDamaged,
  };
}
