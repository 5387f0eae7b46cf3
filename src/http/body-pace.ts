import type { IncomingMessage, ServerResponse } from "node:http";
import { Invalid } from "../errors.ts";
import type { Timer } from "../timer.ts";
import { PIECE_BYTES } from "./upload-share.ts";

/** Between two looks at what has arrived of a body. */
export const LOOK_MS = 2_500;
/** Looks without a byte, after which the body is cut: ten seconds. */
const SILENT_LOOKS = 4;
/** The largest picture that our page sends in one request; a slow phone may take its time. */
const WHOLE_BYTES = 2 * PIECE_BYTES;
/** A large body holds memory while it arrives: it must bring as many bytes a second on average. */
const BYTES_A_SECOND = 16 * 1024;

/**
 * Does the work of a request, and throws Invalid "body-too-slow" (408) when its body brings nothing for ten
 * seconds, or when one larger than a phone sends in one request arrives at less than 16 KB a second. Moments
 * in which this process is the one that does not read are not counted. After the answer the request ends,
 * which also ends the work on its body.
 */
export async function whilePaced<T>(
  timer: Timer,
  { req: request, res }: { req: IncomingMessage; res: ServerResponse },
  work: () => Promise<T>,
): Promise<T> {
  let stop = (): void => {};
  // Node forgets a request whose answer is finished: a reader of its body would wait for ever.
  const cut = () => void res.once("close", () => request.destroy());
  const tooSlow = new Promise<never>((_resolve, reject) => {
    const isLarge = Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY) > WHOLE_BYTES;
    const first = request.socket.bytesRead;
    let [seen, silent, looks] = [first, 0, 0];
    const look = () => {
      if (request.complete) return;
      const now = request.socket.bytesRead;
      if (request.readableLength === 0 || now > seen) looks++;
      if (now > seen) silent = 0;
      else if (request.readableLength === 0) silent++;
      seen = now;
      const isSlow = isLarge && looks >= SILENT_LOOKS && now - first < (looks * LOOK_MS * BYTES_A_SECOND) / 1000;
      if (silent >= SILENT_LOOKS || isSlow) {
        cut();
        reject(new Invalid("body-too-slow", {}, 408));
      } else stop = timer.after(LOOK_MS, look);
    };
    stop = timer.after(LOOK_MS, look);
  });
  try {
    return await Promise.race([work(), tooSlow]);
  } finally {
    stop();
  }
}
