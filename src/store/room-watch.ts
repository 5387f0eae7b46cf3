import type { Log } from "../log.ts";

/** Records whether database and bucket have room, and reports it to the operator. */
export interface RoomWatch {
  /** Call it when a write was refused for lack of room. */
  refused(): void;
  /** Call it when a write succeeded. */
  taken(): void;
  /** Returns since when writes are refused, or null. */
  fullSince(): Date | null;
}

/** Without a refusal for so long there is room again; small writes may succeed while large ones do not. */
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
