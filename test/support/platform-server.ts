import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import type { Account } from "../../src/simulator/platform/account.ts";
import { createPlatform, type Platform, type PlatformOptions } from "../../src/simulator/platform/platform.ts";

export interface RunningServer {
  url: string;
  close(): Promise<void>;
}

export async function listen(listener: RequestListener): Promise<RunningServer> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An address at which nothing listens. */
export async function closedUrl(): Promise<string> {
  const server = await listen(() => {});
  await server.close();
  return server.url;
}

export const testAccount: Account = {
  appid: "wxba5fad812f8e6fb9",
  secret: "a-secret-that-must-never-be-logged",
  token: "push-token",
  aesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
  mode: "plain",
  format: "xml",
  account: "gh_0123456789ab",
};

export interface RunningPlatform extends RunningServer {
  platform: Platform;
  /** Paths of the calls that arrived, in order, without their queries. */
  calls: string[];
}

/**
 * The stand-in as a server of its own. Without `appUrl` it pushes to a `/wechat` beside it that accepts
 * everything in silence.
 */
export async function startPlatform(
  options: Partial<Omit<PlatformOptions, "urls" | "account">> & { appUrl?: string; account?: Partial<Account> } = {},
): Promise<RunningPlatform> {
  const { appUrl, account, ...rest } = options;
  const calls: string[] = [];
  let url = "";
  const platform = createPlatform({
    account: { ...testAccount, ...account },
    urls: { app: () => appUrl ?? url, platform: () => url },
    ...rest,
  });
  const app = new Koa();
  app.silent = true;
  app.use((ctx, next) => {
    calls.push(ctx.path);
    return next();
  });
  app.use(platform.middleware);
  app.use((ctx) => {
    if (ctx.path === "/wechat") ctx.body = "success";
  });
  const server = await listen(app.callback());
  url = server.url;
  return { ...server, platform, calls };
}
