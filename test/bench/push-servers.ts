import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import Router from "@koa/router";
import Koa from "koa";
import mongoose from "mongoose";
import { openAccident } from "../../src/actions/open-accident.ts";
import { pushRouter } from "../../src/chat/push-router.ts";
import { loadConfig } from "../../src/config.ts";
import { createContext } from "../../src/context.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { startEmbedded } from "../../src/embedded/embedded.ts";
import { createLog } from "../../src/log.ts";
import { createRefusals } from "../../src/refusals.ts";
import { startServer } from "../../src/server.ts";
import { SYSTEM_TIMER } from "../../src/timer.ts";
import { createPushConfig, type PushMode } from "../../src/wechat/push-config.ts";
import { createPushHandler } from "../../src/wechat/push-handler.ts";
import { freePort } from "../support/database.ts";
import { MemoryInbox } from "../support/memory-inbox.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { account, keepAccount, PEOPLE, personOf } from "./push-traffic.ts";

export interface Served {
  port: number;
  /** store operations since the last question */
  storeOps(): number;
  close(): Promise<void>;
}

const NO_OPS = () => 0;

async function serve(app: Koa): Promise<Served> {
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    storeOps: NO_OPS,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The floor: Koa and its router read the body and send it back. */
function bareKoa(): Promise<Served> {
  const router = new Router();
  router.post("/wechat", async (ctx) => {
    const chunks: Buffer[] = [];
    for await (const chunk of ctx.req) chunks.push(chunk);
    ctx.type = "application/xml";
    ctx.body = Buffer.concat(chunks).toString("utf8");
  });
  return serve(new Koa().use(router.routes() as Koa.Middleware));
}

type CoWechat = (config: object) => { middleware(handle: (message: { Content: string }) => Promise<string>): never };

/** The peer that Node projects take most: signature, XML, echo. */
function coWechat(): Promise<Served> {
  const wechat = createRequire(import.meta.url)("co-wechat") as CoWechat;
  const config = { token: account.token, appid: account.appId, encodingAESKey: account.aesKey };
  return serve(new Koa().use(wechat(config).middleware(async (message) => message.Content)));
}

/**
 * Ours without database and bot: signature, decryption, strict XML, de-duplication in memory, order,
 * deadline, answer.
 */
function protocolOnly(mode: PushMode): Promise<Served> {
  const config = createPushConfig({ ...account, mode });
  const handler = createPushHandler({
    config,
    inbox: new MemoryInbox(),
    log: createLog("silent"),
    nowMs: () => Date.now(),
    async handle(message, sink) {
      if (message.kind === "text") sink.offer({ type: "text", content: message.content });
    },
  });
  const log = createLog("silent");
  const refusals = createRefusals({ log, timer: SYSTEM_TIMER });
  return serve(new Koa().use(pushRouter({ log, timer: SYSTEM_TIMER, refusals }, { handler, verify: () => "" })));
}

/** The whole system in safe mode on the embedded default; every person has an accident in hand. */
async function everything({ counted }: { counted: boolean }): Promise<Served> {
  const dir = temporaryFolder("bench");
  const embedded = await startEmbedded({ dir: `${dir}/database` });
  await keepAccount(dir);
  const config = await loadConfig({
    PORT: String(await freePort()),
    DATA_DIR: dir,
    LOG_LEVEL: "info",
    WECHAT_MODE: "safe",
    SIMULATOR: "true",
  });
  const ctx = await createContext(config, { databaseUri: counted ? watched(embedded.uri) : embedded.uri });
  const running = await startServer(ctx);
  for (let index = 0; index < PEOPLE; index++) {
    const person = await ctx.people.see(personOf(index));
    await openAccident(ctx, { person, textVersion: NOTICE_VERSION, answer: { vehicles: "two", conditions: [] } });
  }
  return {
    port: config.port,
    storeOps: counted ? countOps() : NO_OPS,
    async close() {
      await running.stop();
      await embedded.close();
    },
  };
}

const watched = (uri: string) => `${uri}?monitorCommands=true`;

/**
 * Counts reads and writes that pushes cause; those of the jobs, which run once a second, are left out by
 * collection.
 */
function countOps(): () => number {
  let count = 0;
  const PUSH_COLLECTIONS = ["inbox", "people", "accidents"];
  for (const connection of mongoose.connections) {
    if (connection.readyState !== mongoose.ConnectionStates.connected) continue;
    connection.getClient().on("commandStarted", ({ commandName, command }) => {
      const isJobs = commandName === "find" && JSON.stringify(command.filter ?? {}).match(/outboxAt|status/);
      if (PUSH_COLLECTIONS.includes(String(command[commandName])) && !isJobs) count += 1;
    });
  }
  return () => {
    const counted = count;
    count = 0;
    return counted;
  };
}

export const SERVERS = {
  koa: bareKoa,
  coWechat,
  plain: () => protocolOnly("plain"),
  safe: () => protocolOnly("safe"),
  full: () => everything({ counted: false }),
  // Counting costs time of its own, so it has a server of its own.
  counted: () => everything({ counted: true }),
} as const;
export type ServerName = keyof typeof SERVERS;
