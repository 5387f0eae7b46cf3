import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Koa from "koa";
import { createInsurerStandIn, type InsurerStandIn } from "../../src/simulator/insurer/stand-in.ts";
import { createPlatform, type Platform } from "../../src/simulator/platform/platform.ts";

/**
 * The platform and two insurers in a process of their own, which remembers what arrived when the server dies.
 */
export interface StandIns {
  platform: Platform;
  insurers: InsurerStandIn;
  /** what the server must be told to find them */
  env: Record<string, string>;
  /** the same as a settings file (CONFIG_FILE) */
  settings: object;
  close(): void;
}

const secret = () => `whsec_${randomBytes(32).toString("base64")}`;

export interface StandInPlace {
  port: number;
  appUrl: string;
  /** What the insurers judge the age of a signature by. */
  now?: () => Date;
  /** version of `claim.submitted` that PICC reads (1); CPIC reads 2 */
  piccReads?: 1 | 2;
}

export async function startStandIns({ port, appUrl, now, piccReads = 1 }: StandInPlace): Promise<StandIns> {
  const account = {
    appid: "wxdemo0000000000",
    secret: randomBytes(16).toString("hex"),
    token: randomBytes(12).toString("hex"),
    aesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    mode: "safe" as const,
    format: "xml" as const,
    account: "gh_kuaichu",
  };
  const url = `http://127.0.0.1:${port}`;
  const codes = ["PICC", "CPIC"];
  const list = codes.map((code) => ({ code, secrets: [secret()] }));
  const platform = createPlatform({ account, urls: { app: () => appUrl, platform: () => url, pages: () => appUrl } });
  const insurers = createInsurerStandIn({ insurers: list, appUrl: () => appUrl, ...(now && { now }) });
  const app = new Koa();
  app.use(insurers.router.routes());
  app.use(platform.middleware as never);
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    platform,
    insurers,
    env: {
      WECHAT_APPID: account.appid,
      WECHAT_SECRET: account.secret,
      WECHAT_TOKEN: account.token,
      WECHAT_AES_KEY: account.aesKey,
      WECHAT_MODE: account.mode,
      WECHAT_API_URL: url,
      ...Object.fromEntries(list.map(({ code, secrets }) => [`INSURER_${code}_SECRET`, secrets[0] ?? ""])),
    },
    settings: {
      simulator: false,
      wechat: { noticeTemplateId: "notice-of-the-case" },
      insurers: [
        {
          code: "PICC",
          name: { zh: "人保财险", en: "PICC" },
          hotline: "95518",
          url: `${url}/simulator/insurers/PICC`,
          secretEnv: "INSURER_PICC_SECRET",
          schemaVersion: piccReads,
        },
        {
          code: "CPIC",
          name: { zh: "太保产险", en: "CPIC" },
          hotline: "95500",
          url: `${url}/simulator/insurers/CPIC`,
          secretEnv: "INSURER_CPIC_SECRET",
          schemaVersion: 2,
        },
      ],
    },
    close() {
      insurers.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
