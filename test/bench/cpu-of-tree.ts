import { readdir, readFile } from "node:fs/promises";

/** Clock ticks per second in the kernel's figures. */
const TICKS = 100;

/**
 * Processor time in ms that this process and its children have used (Linux; elsewhere this process alone).
 */
export async function cpuMsOfTree(): Promise<number> {
  const { user, system } = process.cpuUsage();
  const children = await statsOfChildren();
  const ticks = children.reduce((sum, stat) => sum + Number(stat[13]) + Number(stat[14]), 0);
  return (user + system) / 1000 + (ticks * 1000) / TICKS;
}

/** Resident memory in MB of this process and its children. */
export async function rssMbOfTree(): Promise<number> {
  const children = await statsOfChildren();
  const pages = children.reduce((sum, stat) => sum + Number(stat[23]), 0);
  return process.memoryUsage.rss() / 1e6 + (pages * 4096) / 1e6;
}

async function statsOfChildren(): Promise<string[][]> {
  const entries = await readdir("/proc").catch(() => []);
  const texts = await Promise.all(
    entries.filter((name) => /^\d+$/.test(name)).map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")),
  );
  // the name in brackets may hold spaces
  const stats = texts.map((text) => ["", "", ...text.slice(text.lastIndexOf(")") + 2).split(" ")]);
  return stats.filter((stat) => stat[3] === String(process.pid));
}
