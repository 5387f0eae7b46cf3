import { readdirSync, readFileSync } from "node:fs";

/** The most that this process and its children have held resident so far, each at its own worst moment, in megabytes. Linux only; elsewhere this process alone. */
export function peakMegabytes(): number {
  try {
    const kilobytes = [process.pid, ...childrenOf(process.pid)].reduce((sum, pid) => sum + peakOf(pid), 0);
    return Math.round(kilobytes / 1024);
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}
