import type { Taken } from "../domain/photo.ts";
import type { Log } from "../log.ts";
import type { Examined } from "./examine.ts";
import { type Inspected, inspect } from "./inspect.ts";
import { collectSeldom } from "./lane/collect-seldom.ts";
import type { Frame } from "./lane/frames.ts";
import { createLane, type LaneLimits } from "./lane/lane.ts";
import { type ProcessSetting, startPictureProcess } from "./lane/picture-process.ts";
import { buildWall } from "./lane/wall.ts";
import { LANE_LIMITS } from "./limits.ts";
import { createPlateReader, type PlateReader } from "./plates/reader.ts";
import { signatureBytes } from "./signature-bytes.ts";

export interface Photos {
  /**
   * Checks header and structure only; throws Invalid: `photo-too-large` 413, `not-an-image` and `photo-heic`
   * (HEIF without a still HEVC or AV1 picture) 415, `photo-too-many-pixels` 413, `photo-damaged` 422. The
   * other calls run it first, so that no decoder gets what it refuses.
   */
  inspect(bytes: Buffer): Inspected;
  /**
   * Decodes and measures the picture: format, copy, thumbnail, findings. Throws `photo-damaged` for faults
   * that only decoding finds, and Busy when too many wait.
   */
  examine(bytes: Buffer): Promise<Examined & Pick<Inspected, "mime">>;
  /** Returns the copy with lines of text over it, for handing out: JPEG without metadata. */
  watermark(copy: Buffer, lines: readonly string[]): Promise<Buffer>;
  /**
   * Re-encodes a signature pad's PNG data URL and cuts it to its strokes; throws Invalid with `field:
   * "signature"`. They go before all other pictures, so that one of a person is in hand at a time and further
   * ones wait for it.
   */
  signatureImage(dataUrl: string, personId: string): Promise<Buffer>;
  /** slower, with a process and a queue of its own */
  readonly plates: PlateReader;
  /** pictures that wait: for decoding, and for the reader */
  waiting(): { decoding: number; reader: number };
  close(): Promise<void>;
}

export interface PhotosOptions extends Omit<ProcessSetting, "wall"> {
  log?: Log;
  limits?: LaneLimits;
  readPlates?: boolean;
  /** files and folders with keys or data: picture processes cannot read them, where the system allows it */
  hidden?: readonly string[];
}

/**
 * Creates checks and derivatives of pictures. Pixels are processed in separate processes, started with the
 * first picture: pushes and forms never wait for them.
 */
export function createPhotos(options: PhotosOptions = {}): Photos {
  const { log, limits = LANE_LIMITS, readPlates = false, hidden = [], timer, niceness } = options;
  collectSeldom();
  const wall = buildWall(hidden);
  if (wall.fault === null) log?.info("photos.walled-off");
  else log?.warn({ reason: wall.fault }, "photos.no-wall");
  const setting = { wall, timer, niceness };
  const plates = createPlateReader({ isOn: readPlates, log, ...setting });
  const script = new URL("./lane/worker.js", import.meta.url);
  const lane = createLane({
    limits,
    start: () => startPictureProcess(script, setting),
    onDeath: (error) => log?.warn({ how: error.how }, "photos.process-ended"),
  });
  /** the end of each person's latest signature in hand */
  const signing = new Map<string, Promise<void>>();
  return {
    inspect,
    async examine(bytes) {
      const { mime } = inspect(bytes);
      return { mime, ...examined(await lane.run({ head: { task: "examine" }, parts: [bytes] })) };
    },
    async watermark(copy, lines) {
      const { parts } = await lane.run({ head: { task: "watermark", lines }, parts: [copy] });
      return parts[0]!;
    },
    async signatureImage(dataUrl, personId) {
      const parts = [signatureBytes(dataUrl)];
      const work = (signing.get(personId) ?? Promise.resolve()).then(() =>
        lane.run({ head: { task: "signature" }, parts, importance: "urgent" }),
      );
      const ended = work.then(nothing, nothing);
      signing.set(personId, ended);
      try {
        return (await work).parts[0]!;
      } finally {
        if (signing.get(personId) === ended) signing.delete(personId);
      }
    },
    plates,
    waiting: () => ({ decoding: lane.waiting(), reader: plates.waiting() }),
    async close() {
      await Promise.all([lane.close(), plates.close()]);
    },
  };
}

const nothing = (): void => undefined;

/** JSON knows no dates. */
function examined({ head, parts }: Frame): Examined {
  const { taken, ...rest } = head as unknown as Omit<Examined, "taken"> & {
    taken: (Omit<Taken, "at"> & { at: string | null }) | null;
  };
  const at = taken?.at ? new Date(taken.at) : null;
  return { ...rest, taken: taken && { ...taken, at }, copy: parts[0]!, thumb: parts[1]! };
}
