import sharp from "sharp";
import { allowPhotosOnly } from "../decoder.ts";
import { type Examined, examine } from "../examine.ts";
import { MAX_PHOTO_BYTES } from "../limits.ts";
import { signatureImage } from "../signature-image.ts";
import { watermark } from "../watermark.ts";
import { type Frame, readFrameSync, writeFrameSync } from "./frames.ts";
import { refusalOf } from "./refusal.ts";

/** the file descriptor that picture-process.ts passes */
const PIPE = 3;

/** Tasks of a picture process, by name. */
const WORK: Record<string, (frame: Frame) => Promise<Frame>> = {
  async examine({ parts }) {
    const { copy, thumb, ...head }: Examined = await examine(parts[0]!);
    return { head, parts: [copy, thumb] };
  },
  async signature({ parts }) {
    return { head: {}, parts: [await signatureImage(parts[0]!)] };
  },
  async watermark({ head, parts }) {
    return { head: {}, parts: [await watermark(parts[0]!, head["lines"] as string[])] };
  },
};

async function answer(frame: Frame): Promise<Frame> {
  try {
    const { head, parts } = await WORK[String(frame.head["task"])]!(frame);
    return { head: { ...head, processBytes: process.memoryUsage.rss() }, parts };
  } catch (error) {
    return { head: refusalOf(error), parts: [] };
  }
}

allowPhotosOnly();
// every picture is new: caching gains nothing
sharp.cache(false);
sharp.concurrency(1);
const room = Buffer.allocUnsafeSlow(MAX_PHOTO_BYTES + 64 * 1024);
for (let frame = readFrameSync(PIPE, room); frame; frame = readFrameSync(PIPE, room))
  writeFrameSync(PIPE, await answer(frame));
process.exit();
