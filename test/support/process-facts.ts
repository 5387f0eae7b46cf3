import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What Linux tells of another process of ours, by /proc. */

export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

export const environmentOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);

/** Where each of its descriptors leads, as "/path" or "socket:[123]". */
export function descriptorsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      // closed since it was listed
      return [];
    }
  });
}

const TABLES = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"];

/** Its sockets of any internet protocol, with the line of the kernel's table. */
export function internetSocketsOf(pid: number): string[] {
  const own = descriptorsOf(pid).map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]);
  return TABLES.flatMap((table) => {
    const lines = readFileSync(`/proc/${pid}/net/${table}`, "utf8").trim().split("\n").slice(1);
    return lines.filter((line) => own.includes(line.trim().split(/\s+/)[9])).map((line) => `${table} ${line.trim()}`);
  });
}
