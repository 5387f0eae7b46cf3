import type { Log } from "../log.ts";

/** Notes whether what is to be stored finds room, in the database and in the bucket, and tells the operator. */
export interface RoomWatch {
  /** A write was refused for want of room. */
  refused(): void;
  /** A write was taken. */
  taken(): void;
  /** since when writes are refused; null: they are not */
  fullSince(): Date | null;
}

/** Small writes may succeed while large ones are refused: only so long without a refusal counts as room. */
export const QUIET_MS = 300_000;
const SAY_AGAIN_MS = 3_600_000;

/** The first refusal is an error in the log (`storage.full`), and one every hour while it lasts. */
export function createRoomWatch({ log, now }: { log: Log; now: () => Date }): RoomWatch {
  let since: Date | null = null;
  let refusedAt = 0;
  let saidAt = 0;
  return {
    refused() {
      const at = now();
      refusedAt = at.getTime();
      if (since && refusedAt - saidAt < SAY_AGAIN_MS) return;
      since ??= at;
      saidAt = refusedAt;
      log.error({ code: "storage-full", since }, "storage.full");
    },
    taken() {
      if (!since || now().getTime() - refusedAt < QUIET_MS) return;
      log.info({ since }, "storage.room-again");
      since = null;
    },
    fullSince: () => since,
  };
}
