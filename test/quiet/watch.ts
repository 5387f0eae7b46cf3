import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { CABLE } from "./closed-world.ts";

/** What was tried since the start: names with their counts, and addresses that are not this machine's. */
export interface Tried {
  names: Map<string, number>;
  addresses: string[];
}

export interface Watch {
  tried(): Tried;
  close(): void;
}

/** The kernel's own, to find neighbours, routers and groups when a cable is plugged in. */
const OF_THE_KERNEL = /^ff02::(1|2|16|1:ff[0-9a-f:]+)$/;
const HEADER_BYTES = 12;
/** an answer, recursion available, no such name */
const NO_SUCH_NAME = 0x8183;

/**
 * Answers every question for a name with "there is none" and remembers it. Runs in a closed world, which it
 * asks for the addresses.
 */
export async function startWatch(): Promise<Watch> {
  const names = new Map<string, number>();
  const resolver = createSocket("udp4");
  resolver.on("message", (question, from) => {
    const { name, end } = nameIn(question);
    names.set(name, (names.get(name) ?? 0) + 1);
    const answer = Buffer.from(question.subarray(0, end + 4));
    answer.writeUInt16BE(NO_SUCH_NAME, 2);
    // one question, nothing else
    answer.writeUInt32BE(0, 8);
    answer.writeUInt16BE(0, 6);
    resolver.send(answer, from.port, from.address);
  });
  resolver.bind(53, "127.0.0.1");
  await once(resolver, "listening");
  return { tried: () => ({ names, addresses: neighbours() }), close: () => resolver.close() };
}

/** The name in a question, and where it ends. */
function nameIn(question: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  while (question[at]) {
    const end = at + 1 + question[at]!;
    labels.push(question.toString("latin1", at + 1, end));
    at = end;
  }
  return { name: labels.join("."), end: at + 1 };
}

/** Fewer than 128 are kept until the namespace is gone, failed ones too. */
function neighbours(): string[] {
  const list = execFileSync("ip", ["-json", "neighbour", "show", "nud", "all", "dev", CABLE], { encoding: "utf8" });
  const addresses = (JSON.parse(list || "[]") as { dst: string }[]).map(({ dst }) => dst);
  return addresses.filter((address) => !OF_THE_KERNEL.test(address)).sort();
}
