import type { Context } from "../context.ts";
import { keptMs } from "../domain/retention.ts";
import { LONG_GAP_MS } from "../domain/witnessed-time.ts";

/** Removes rows of the officers' access log whose time is over. Returns how many. */
export async function forgetAccess({ accessLog, config, log, witness }: Context): Promise<number> {
  const time = await witness.look();
  if (!time) return 0;
  const before = time.ago(keptMs(time.now, config.retention.accessLogYears), LONG_GAP_MS);
  const rows = await accessLog.remove(before);
  if (rows > 0) log.info({ rows }, "access-log.forgotten");
  return rows;
}
