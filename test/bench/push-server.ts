import { readFileSync } from "node:fs";
import { SERVERS, type ServerName } from "./push-servers.ts";

/** A server in a process of its own, asked over the IPC channel for what it has used. */
export interface Usage {
  /** CPU of the whole process, microseconds: the embedded database's thread counts */
  cpuUs: number;
  /** of its main thread alone, where the system tells it (Linux), in steps of 10 ms */
  mainUs: number | null;
  storeOps: number;
}

async function main(): Promise<void> {
  const served = await SERVERS[process.argv[2] as ServerName]();
  process.on("message", (question) => {
    if (question === "stop") void served.close().then(() => process.exit(0));
    if (question !== "usage") return;
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuUs: user + system, mainUs: mainThreadUs(), storeOps: served.storeOps() } satisfies Usage);
  });
  // Nobody is left to ask.
  process.on("disconnect", () => process.exit(0));
  process.send?.({ port: served.port });
}

function mainThreadUs(): number | null {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return null;
  }
}

await main();
