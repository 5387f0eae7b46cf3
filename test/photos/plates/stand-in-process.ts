import { Socket } from "node:net";
import { readFrames, writeFrame } from "../../../src/photos/lane/frames.ts";

/** Answers with its input and its own number; dies, grows or never answers when told so; has no reader. */
const pipe = new Socket({ fd: 3 });
pipe.on("close", () => process.exit());
readFrames(pipe, ({ head }) => {
  if (head["task"] === "die") process.exit(1);
  if (head["task"] === "hang") return;
  const result = head["task"] === "available" ? false : { ...head, pid: process.pid };
  writeFrame(pipe, { head: { result, processBytes: head["task"] === "grow" ? 1e12 : 1 }, parts: [] });
});
