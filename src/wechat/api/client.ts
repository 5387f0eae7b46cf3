import { setTimeout as wait } from "node:timers/promises";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics.ts";
import type { Timer } from "../../timer.ts";
import { createAccessToken } from "./access-token.ts";
import { type CallbackCheck, createCallbackCheck } from "./callback-check.ts";
import { createCaller } from "./caller.ts";
import { createJsSdk, type JsSdk } from "./js-sdk.ts";
import { createMedia, type Media } from "./media.ts";
import { createMenuCalls, type MenuCalls } from "./menu.ts";
import { createMessages, type Messages } from "./messages.ts";
import { createOauth, type Oauth } from "./oauth.ts";
import { createOcr, type Ocr } from "./ocr.ts";
import type { QuotaStore, TokenStore } from "./ports.ts";
import { createQrCalls, type Qr } from "./qr.ts";
import { createTemplateCalls, type Templates } from "./templates.ts";
import { createTransport } from "./transport.ts";
import { createUsers, type Users } from "./users.ts";

export interface WechatApiOptions {
  /**
   * Hosts of the API in order of preference, each with an optional path. The platform's:
   * https://api.weixin.qq.com, https://api2.weixin.qq.com.
   */
  baseUrls: readonly string[];
  /**
   * Hosts of the OAuth page and of QR pictures; by default the first base URL where that is not the
   * platform's.
   */
  openUrl?: string;
  mpUrl?: string;
  appid: string;
  secret: string;
  /** Our own origin: JS-SDK pages are signed for no other. */
  publicUrl: string;
  tokens: TokenStore;
  quotas: QuotaStore;
  clock: { now(): Date };
  log: Log;
  timeoutMs?: number;
  /** runs the time-outs */
  timer?: Timer;
  ocrPerDay?: number;
  metrics?: Pick<Metrics, "wechatRefusal" | "wechatToken" | "ocr"> | undefined;
  sleep?: (ms: number) => Promise<void>;
}

export interface WechatApi extends Messages, Qr, Media, MenuCalls, Users, Oauth, JsSdk, Ocr, Templates, CallbackCheck {
  /** Throws Upstream when the platform gives no token: a wrong secret, an address that is not on the list. */
  check(): Promise<void>;
  /** Closes idle connections. */
  close(): void;
}

const TIMEOUT_MS = 5_000;
const OCR_PER_DAY = 100;

/**
 * Creates the client of the platform's API. It throws Upstream with the errcode's rule in `details`; tokens
 * and secrets are sent to the platform only.
 */
export function createWechatApi(options: WechatApiOptions): WechatApi {
  const { timeoutMs = TIMEOUT_MS, sleep = (ms: number) => wait(ms), ocrPerDay: perDay = OCR_PER_DAY } = options;
  const now = () => options.clock.now().getTime();
  const transport = createTransport({ ...options, now, timeoutMs });
  const common = { ...options, now, transport, sleep };
  const token = createAccessToken({ ...common, store: options.tokens });
  const caller = createCaller({ ...common, token });
  const { openUrl, mpUrl } = siteUrls(options);
  return {
    ...createMessages(caller),
    ...createQrCalls(caller, { mpUrl, now }),
    ...createMedia(caller, { store: options.tokens, now }),
    ...createMenuCalls(caller),
    ...createUsers(caller),
    ...createTemplateCalls(caller),
    ...createCallbackCheck(caller),
    ...createOauth(createCaller({ ...common, token: undefined }), { ...options, openUrl }),
    ...createJsSdk(caller, { ...common, store: options.tokens }),
    ...createOcr(caller, { ...options, now, perDay }),
    async check() {
      await token.get();
    },
    close: () => transport.close(),
  };
}

// The platform uses three hosts; a stand-in serves everything from one.
function siteUrls({ baseUrls, openUrl, mpUrl }: WechatApiOptions): { openUrl: string; mpUrl: string } {
  const base = (baseUrls[0] ?? "").replace(/\/$/, "");
  const isPlatform = new URL(base).hostname.endsWith("weixin.qq.com");
  return {
    openUrl: openUrl ?? (isPlatform ? "https://open.weixin.qq.com" : base),
    mpUrl: mpUrl ?? (isPlatform ? "https://mp.weixin.qq.com" : base),
  };
}
