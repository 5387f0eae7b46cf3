import type { Context } from "../context.ts";
import type { Accident, NewEvent } from "../domain/accident.ts";
import { isStored } from "../domain/photo.ts";
import { Unreadable } from "../errors.ts";

type KeptFile = NonNullable<Awaited<ReturnType<Context["blobs"]["scrub"]["claim"]>>>;
type FileState = Awaited<ReturnType<Context["blobs"]["scrub"]["check"]>>;

/**
 * Reads a file again and compares it with its hash. Damage or loss is reported once: in the log, in the
 * health values, in the accident's record. `unreadable`: the case itself does not open, so the file cannot be
 * judged; it is checked again in its turn.
 */
export async function scrubFile(ctx: Context, file: KeptFile): Promise<FileState | "unreadable"> {
  const found = await findAccident(ctx, file);
  if (found === "unreadable") {
    await ctx.blobs.scrub.note(file, file.state);
    return found;
  }
  const accident = found;
  // the case's key is forgotten, so the bytes mean nothing any more
  const state = accident ? await ctx.blobs.scrub.check(accident, file) : file.state;
  if (accident && state !== "whole") await record(ctx, accident, file);
  await ctx.blobs.scrub.note(file, state);
  if (state !== file.state) tell(ctx, file, state);
  return state;
}

async function findAccident(ctx: Context, { accidentId }: KeptFile): Promise<Accident | null | "unreadable"> {
  try {
    return await ctx.accidents.find(accidentId);
  } catch (error) {
    if (error instanceof Unreadable) return "unreadable";
    throw error;
  }
}

function tell({ log }: Context, { id, accidentId, kind, keeper }: KeptFile, state: FileState): void {
  const told = { accidentId, blob: String(id), kind, keeper };
  if (state === "whole") log.info(told, "file.whole-again");
  else log.error({ ...told, code: `file-${state}` }, "file.lost");
}

/** The event is written before the file is marked, so that a crash in between repeats harmlessly. */
async function record(ctx: Context, accident: Accident, file: KeptFile): Promise<void> {
  const digest = ctx.vault.digest(accident.key, file.sha256);
  await ctx.accidents.change(accident.id, (current) => {
    if (current.events.some(({ type, data }) => isDamage(type) && data.digest === digest)) return null;
    return { accident: current, events: [eventOf(current, file, digest)] };
  });
}

const isDamage = (type: string) => type === "photo-damaged" || type === "paper-damaged";

const PARTS: readonly KeptFile["kind"][] = ["original", "copy", "thumb"];

function eventOf({ photos }: Accident, { kind, sha256 }: KeptFile, digest: string): NewEvent {
  if (!PARTS.includes(kind)) return { type: "paper-damaged", by: "system", data: { kind, digest } };
  const photo = photos.filter(isStored).find((one) => [one.sha256, one.copySha256, one.thumbSha256].includes(sha256));
  // a picture that was replaced is not among them
  const data = { part: kind, digest, ...(photo && { photo: photo.id }) };
  return { type: "photo-damaged", by: "system", data };
}
