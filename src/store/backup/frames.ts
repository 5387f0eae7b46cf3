import { StartFault } from "../../errors.ts";

/**
 * A backup is a sequence of frames: a byte for the type, the length of the content (4 bytes, little
 * endian), the content. HEAD and END are JSON, COLLECTION is a name, DOCUMENT is BSON, BYTES are a file's
 * sealed bytes, which follow the file's document.
 */
export const HEAD = 1;
export const COLLECTION = 2;
export const DOCUMENT = 3;
export const BYTES = 4;
export const END = 5;

export interface Frame {
  type: number;
  content: Buffer;
}

const TYPE_AND_LENGTH = 5;
/** Above any document (16 MB) and any sealed file. */
const MOST_BYTES = 64 * 1024 * 1024;

export function encode({ type, content }: Frame): Buffer {
  const frame = Buffer.allocUnsafe(TYPE_AND_LENGTH + content.length);
  frame.writeUInt8(type, 0);
  frame.writeUInt32LE(content.length, 1);
  content.copy(frame, TYPE_AND_LENGTH);
  return frame;
}

/**
 * Cuts a stream of bytes into frames. Holds one frame at a time. Throws a StartFault for what is no
 * backup.
 */
export async function* framesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let waiting: Buffer[] = [];
  let size = 0;
  let needed = TYPE_AND_LENGTH;
  for await (const chunk of source) {
    waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    size += chunk.byteLength;
    if (size < needed) continue;
    const bytes = waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting);
    let at = 0;
    for (needed = neededAt(bytes, at); bytes.length - at >= needed; needed = neededAt(bytes, at)) {
      yield { type: bytes.readUInt8(at), content: bytes.subarray(at + TYPE_AND_LENGTH, at + needed) };
      at += needed;
    }
    waiting = [bytes.subarray(at)];
    size = bytes.length - at;
  }
  if (size > 0) throw new StartFault("The backup is cut off: its end is missing.");
}

/** Bytes of the frame at this place, as far as they are known. */
function neededAt(bytes: Buffer, at: number): number {
  if (bytes.length - at < TYPE_AND_LENGTH) return TYPE_AND_LENGTH;
  const [type, length] = [bytes.readUInt8(at), bytes.readUInt32LE(at + 1)];
  if (type < HEAD || type > END || length > MOST_BYTES) throw new StartFault("This is no backup, or a damaged one.");
  return TYPE_AND_LENGTH + length;
}
