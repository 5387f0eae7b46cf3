import { Invalid } from "../errors.ts";

/** What all uploads of this process may hold in memory at one moment: two hundred phones at once must not end it. */
export const UPLOADS_HELD_BYTES = 128 * 1024 * 1024;

export interface UploadShare {
  /** throws Invalid "too-many-requests" 429 when there is no room for so many more bytes */
  add(bytes: number): void;
  release(): void;
}

let heldBytes = 0;

/** The part of the room that one request takes; to be given back when it is answered or broken off. */
export function openShare(): UploadShare {
  let mine = 0;
  return {
    add(bytes) {
      if (heldBytes + bytes > UPLOADS_HELD_BYTES) throw new Invalid("too-many-requests", { retryAfterS: 5 }, 429);
      heldBytes += bytes;
      mine += bytes;
    },
    release() {
      heldBytes -= mine;
      mine = 0;
    },
  };
}
