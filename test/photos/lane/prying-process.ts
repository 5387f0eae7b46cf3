import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { type Frame, readFrameSync, writeFrameSync } from "../../../src/photos/lane/frames.ts";

/**
 * A picture process taken over by an attacker: tries what it is told and answers "done" or the system's code.
 */
interface Orders {
  read: string[];
  write: string[];
  connect: NetConnectOpts[];
}

const codeOf = (error: unknown) => String((error as NodeJS.ErrnoException).code);

function tried(act: () => unknown): string {
  try {
    act();
    return "done";
  } catch (error) {
    return codeOf(error);
  }
}

function readAny(path: string): void {
  if (statSync(path).isDirectory()) readdirSync(path);
  else if (readFileSync(path).length === 0) throw Object.assign(new Error("empty"), { code: "EMPTY" });
}

const reached = (to: NetConnectOpts): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(to, () => resolve("done")).on("error", (error) => resolve(codeOf(error)));
    socket.on("close", () => resolve("closed"));
  });

async function obey({ read, write, connect: places }: Orders): Promise<Frame["head"]> {
  return {
    read: read.map((path) => tried(() => readAny(path))),
    write: write.map((path) => tried(() => writeFileSync(path, "changed"))),
    connect: await Promise.all(places.map(reached)),
  };
}

const PIPE = 3;
const room = Buffer.alloc(64 * 1024);
for (let frame = readFrameSync(PIPE, room); frame; frame = readFrameSync(PIPE, room))
  writeFrameSync(PIPE, { head: await obey(frame.head as unknown as Orders), parts: [] });
process.exit();
