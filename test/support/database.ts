import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { type Embedded, startEmbedded } from "../../src/embedded/embedded.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let shared: Promise<Embedded> | undefined;
let sharedDir: string | undefined;

/**
 * One database server for each test process: MONGODB_URI, else an embedded one in a temporary folder. Every
 * app has a database of its own in it.
 */
export async function databaseUri(name = `test_${randomBytes(6).toString("hex")}`): Promise<string> {
  const given = process.env.MONGODB_URI;
  if (given) return new URL(`/${name}`, given).href;
  shared ??= (async () => {
    sharedDir = temporaryFolder("db");
    return startEmbedded({ dir: sharedDir });
  })();
  return new URL(`/${name}`, (await shared).uri).href;
}

/** Folder of the embedded database's files; undefined with MONGODB_URI. */
export const databaseDir = (): string | undefined => sharedDir;

/** For `after()` of a test file that used databaseUri or startApp. */
export async function closeDatabase(): Promise<void> {
  await (await shared)?.close();
  shared = undefined;
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
