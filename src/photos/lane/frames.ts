import { readSync, writeSync } from "node:fs";
import type { Duplex } from "node:stream";
import { errorOf } from "../../errors.ts";

/** A message of the pipe between this process and a picture process: a small JSON head, then raw bytes. */
export interface Frame {
  head: Record<string, unknown>;
  parts: Buffer[];
}

/** Larger frames mean a corrupted process: the pipe is destroyed. Real answers are far smaller. */
const MOST_BYTES = 64 * 1024 * 1024;
const PREFIX_BYTES = 8;

export function writeFrame(pipe: Duplex, frame: Frame): void {
  pipe.cork();
  pipe.write(startOf(frame));
  // pictures are written without being copied first
  for (const part of frame.parts) pipe.write(part);
  pipe.uncork();
}

function startOf({ head, parts }: Frame): Buffer {
  const json = Buffer.from(JSON.stringify({ head, sizes: parts.map((part) => part.length) }));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(json.length, 0);
  prefix.writeUInt32LE(
    parts.reduce((sum, part) => sum + part.length, 0),
    4,
  );
  return Buffer.concat([prefix, json]);
}

/**
 * Reads one frame in a picture process, which has nothing else to do and blocks. Null: the pipe is closed.
 */
export function readFrameSync(fd: number, room: Buffer): Frame | null {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  if (!fill(fd, prefix)) return null;
  const jsonBytes = prefix.readUInt32LE(0);
  const size = jsonBytes + prefix.readUInt32LE(4);
  // the buffer is reused for the next picture: fresh memory costs as much as the copying
  const body = size <= room.length ? room.subarray(0, size) : Buffer.allocUnsafeSlow(size);
  return fill(fd, body) ? parse(body, jsonBytes) : null;
}

export function writeFrameSync(fd: number, frame: Frame): void {
  for (const part of [startOf(frame), ...frame.parts]) {
    for (let at = 0; at < part.length; ) at += writeSync(fd, part, at);
  }
}

function fill(fd: number, into: Buffer): boolean {
  for (let at = 0; at < into.length; ) {
    const read = readSync(fd, into, at, into.length - at, null);
    if (read === 0) return false;
    at += read;
  }
  return true;
}

/** Calls `take` for each whole frame; an invalid frame destroys the pipe. */
export function readFrames(pipe: Duplex, take: (frame: Frame) => void): void {
  let prefix = Buffer.alloc(0);
  let body: Buffer | null = null;
  let jsonBytes = 0;
  let filled = 0;
  const begin = (chunk: Buffer): Buffer => {
    prefix = Buffer.concat([prefix, chunk]);
    if (prefix.length < PREFIX_BYTES) return Buffer.alloc(0);
    jsonBytes = prefix.readUInt32LE(0);
    const size = jsonBytes + prefix.readUInt32LE(4);
    if (size > MOST_BYTES) throw new Error("a frame too large");
    body = Buffer.allocUnsafeSlow(size);
    filled = 0;
    const rest = prefix.subarray(PREFIX_BYTES);
    prefix = Buffer.alloc(0);
    return rest;
  };
  const read = (chunk: Buffer) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (!body) rest = begin(rest);
      if (!body) return;
      const taken = rest.copy(body, filled);
      filled += taken;
      rest = rest.subarray(taken);
      if (filled < body.length) return;
      const whole = parse(body, jsonBytes);
      body = null;
      take(whole);
    }
  };
  pipe.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      pipe.destroy(errorOf(error));
    }
  });
}

function parse(body: Buffer, jsonBytes: number): Frame {
  const { head, sizes } = JSON.parse(body.toString("utf8", 0, jsonBytes)) as { head: Frame["head"]; sizes: number[] };
  let at = jsonBytes;
  const parts = sizes.map((size) => {
    at += size;
    return body.subarray(at - size, at);
  });
  return { head, parts };
}
