import { randomBytes } from "node:crypto";
import { startApp, type TestApp } from "./app.ts";
import { closeDatabase } from "./database.ts";

export interface TwoProcesses {
  app: TestApp;
  /** another process of the same service: same keys, database and clock */
  other: TestApp;
  /** starts a further one, which its test stops */
  start(): Promise<TestApp>;
  stop(): Promise<void>;
}

export async function startTwo(): Promise<TwoProcesses> {
  const key = () => randomBytes(32).toString("base64");
  const env = { DATA_KEY: key(), SESSION_KEY: key() };
  const app = await startApp({ env });
  const start = () => startApp({ env, databaseUri: app.databaseUri, clock: app.clock });
  const other = await start();
  return {
    app,
    other,
    start,
    async stop() {
      await other.stop();
      await app.stop();
      await closeDatabase();
    },
  };
}
