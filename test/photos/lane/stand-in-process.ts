import { existsSync, writeFileSync } from "node:fs";
import { getPriority } from "node:os";
import { type Frame, readFrameSync, writeFrameSync } from "../../../src/photos/lane/frames.ts";

/** A picture process that does as it is told: for what happens when one dies. */
const WORK: Record<string, (frame: Frame) => Frame> = {
  echo: (frame) => frame,
  die: () => process.exit(7),
  dieOnce({ head, parts }) {
    const mark = String(head["mark"]);
    if (existsSync(mark)) return { head, parts };
    writeFileSync(mark, "");
    process.exit(7);
  },
  hang() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return { head: {}, parts: [] };
  },
  tell: () => ({ head: { env: Object.keys(process.env), priority: getPriority(), pid: process.pid }, parts: [] }),
};

const PIPE = 3;
const room = Buffer.alloc(1024);
for (let frame = readFrameSync(PIPE, room); frame; frame = readFrameSync(PIPE, room))
  writeFrameSync(PIPE, WORK[String(frame.head["task"])]!(frame));
