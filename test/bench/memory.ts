import { pathToFileURL } from "node:url";
import { holdsNoMore, PROMISED } from "../support/puppet-memory.ts";

/**
 * A million messages of 100,000 people through one bot; fails when it holds more afterwards than the bound.
 */
export async function benchMemory(): Promise<{
  memoryMessages: number;
  memoryGrowthBytes: number;
  memorySeconds: number;
}> {
  const start = performance.now();
  const memoryGrowthBytes = await holdsNoMore(PROMISED);
  const memorySeconds = Math.round((performance.now() - start) / 1000);
  return { memoryMessages: PROMISED.messages, memoryGrowthBytes, memorySeconds };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(`${JSON.stringify(await benchMemory())}\n`);
