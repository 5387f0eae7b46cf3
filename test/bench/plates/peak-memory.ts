import { readdirSync, readFileSync } from "node:fs";

/**
 * The most that this process, and all its children, have held resident so far, each at its own worst moment,
 * in megabytes. Linux only; elsewhere nothing is known of children.
 */
export function peakMegabytes(): { own: number; children: number } {
  try {
    const children = childrenOf(process.pid).reduce((sum, pid) => sum + peakOf(pid), 0);
    return { own: Math.round(peakOf(process.pid) / 1024), children: Math.round(children / 1024) };
  } catch {
    return { own: Math.round(process.resourceUsage().maxRSS / 1024), children: 0 };
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
