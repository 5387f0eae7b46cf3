/** The content of one box of the ISO base media file format (ISO/IEC 14496-12), by position. */
export interface Box {
  type: string;
  start: number;
  end: number;
}

const HEAD = 8;
const LARGE_HEAD = 16;
/** Of one level: no camera writes a hundredth of it. */
const MOST = 10_000;

/** The boxes between two positions, up to the first that does not fit. */
export function boxesIn(bytes: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  let at = from;
  while (at + HEAD <= to && boxes.length < MOST) {
    const short = bytes.readUInt32BE(at);
    if (short === 1 && at + LARGE_HEAD > to) break;
    // 1: the size follows in eight bytes; 0: up to the end
    const size = short === 1 ? Number(bytes.readBigUInt64BE(at + HEAD)) : short || to - at;
    const head = short === 1 ? LARGE_HEAD : HEAD;
    if (size < head || size > to - at) break;
    boxes.push({ type: bytes.toString("latin1", at + 4, at + HEAD), start: at + head, end: at + size });
    at += size;
  }
  return boxes;
}
