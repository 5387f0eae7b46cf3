import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Facts about a child process on Linux, from /proc. */

export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

export const environmentOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);

/** Returns the target of each of its descriptors, as "/path" or "socket:[123]". */
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

/** This process and all below it, itself first. */
export const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)];

/** Resident memory in MB, and the part of it that no file backs. Zeros for a process that has ended. */
export function memoryOf(pid: number): { rssMb: number; anonMb: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const mb = (name: string) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024);
    return { rssMb: mb("VmRSS"), anonMb: mb("RssAnon") };
  } catch {
    return { rssMb: 0, anonMb: 0 };
  }
}
