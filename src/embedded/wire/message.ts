import type { Fault } from "../fault.ts";
import { decode, UnspokenType } from "../values/decode.ts";
import { encode } from "../values/encode.ts";
import type { Doc } from "../values/value.ts";

/** A message that breaks the protocol: the connection is closed. */
export class Malformed extends Error {}

/** A request. `command`: the command, or the fault with which it is refused. */
export type Request = { id: number; command: Doc | Fault; wantsReply: boolean; legacy: boolean };

const HEADER = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const MORE_TO_COME = 2;
const REQUIRED_FLAGS = 0xffff;

/** Reads a whole message with its header. */
export function readMessage(bytes: Buffer): Request {
  const id = bytes.readInt32LE(4);
  const code = bytes.readInt32LE(12);
  if (code === OP_MSG) return readMsg(bytes, id);
  if (code === OP_QUERY) return readQuery(bytes, id);
  throw new Malformed(`operation ${code} is not supported`);
}

function readMsg(bytes: Buffer, id: number): Request {
  if (bytes.length < HEADER + 5) throw new Malformed("message too short");
  const flags = bytes.readUInt32LE(HEADER);
  if (flags & REQUIRED_FLAGS & ~MORE_TO_COME) throw new Malformed("unknown flag");
  return { id, command: readCommand(bytes), wantsReply: (flags & MORE_TO_COME) === 0, legacy: false };
}

function readCommand(bytes: Buffer): Doc | Fault {
  try {
    return readSections(bytes, HEADER + 4, bytes.length);
  } catch (error) {
    if (error instanceof UnspokenType) return error;
    throw error;
  }
}

/** Reads one body and any number of document sequences, which become arrays of the body. */
function readSections(bytes: Buffer, start: number, end: number): Doc {
  let body: Doc | undefined;
  const sequences: [string, Doc[]][] = [];
  for (let at = start; at < end; ) {
    const kind = bytes[at]!;
    const size = sizeAt(bytes, at + 1, end);
    const section = bytes.subarray(at + 1, at + 1 + size);
    if (kind === 0 && !body) body = decode(section);
    else if (kind === 1) sequences.push(readSequence(section));
    else throw new Malformed("unexpected section");
    at += 1 + size;
  }
  if (!body) throw new Malformed("no body");
  for (const [name, documents] of sequences) {
    if (body.has(name)) throw new Malformed("a field given twice");
    body.set(name, documents);
  }
  return body;
}

function sizeAt(bytes: Buffer, at: number, end: number): number {
  const size = at + 4 <= end ? bytes.readInt32LE(at) : 0;
  if (size < 5 || at + size > end) throw new Malformed("bad length");
  return size;
}

function readSequence(section: Buffer): [string, Doc[]] {
  const zero = section.indexOf(0, 4);
  if (zero < 0) throw new Malformed("unterminated name");
  const documents: Doc[] = [];
  for (let at = zero + 1; at < section.length; ) {
    const size = sizeAt(section, at, section.length);
    documents.push(decode(section.subarray(at, at + size)));
    at += size;
  }
  return [section.toString("utf8", 4, zero), documents];
}

/** Reads an OP_QUERY, which drivers use only for the greeting. */
function readQuery(bytes: Buffer, id: number): Request {
  const zero = bytes.indexOf(0, HEADER + 4);
  if (zero < 0 || zero + 9 > bytes.length) throw new Malformed("message too short");
  const name = bytes.toString("utf8", HEADER + 4, zero);
  if (!name.endsWith(".$cmd")) throw new Malformed("queries in the old form are not supported");
  const size = sizeAt(bytes, zero + 9, bytes.length);
  const command = decode(bytes.subarray(zero + 9, zero + 9 + size));
  command.set("$db", name.slice(0, -5));
  return { id, command, wantsReply: true, legacy: true };
}

let lastId = 0;

export function writeReply(request: Request, answer: Doc): Buffer {
  const document = encode(answer);
  const head = request.legacy ? legacyHead() : Buffer.alloc(HEADER + 5);
  head.writeInt32LE(head.length + document.length, 0);
  lastId = (lastId + 1) & 0x7fffffff;
  head.writeInt32LE(lastId, 4);
  head.writeInt32LE(request.id, 8);
  head.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([head, document]);
}

/** Head of an OP_REPLY: flags 8 (await capable), no cursor, from 0, one document. */
function legacyHead(): Buffer {
  const head = Buffer.alloc(HEADER + 20);
  head.writeInt32LE(8, HEADER);
  head.writeInt32LE(1, HEADER + 16);
  return head;
}
