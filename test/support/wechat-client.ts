import { pino } from "pino";
import { createWechatApi, type WechatApi, type WechatApiOptions } from "../../src/wechat/api/client.ts";
import { type ManualClock, NOON, standingClock } from "./clocks.ts";
import { createMemoryQuotaStore } from "./memory-quota-store.ts";
import { createMemoryTokenStore } from "./memory-token-store.ts";
import { testAccount } from "./platform-server.ts";

export interface TestClient {
  api: WechatApi;
  logged: string[];
  slept: number[];
}

/** The real client with everything it needs in memory; its waits are written down instead of waited. */
export function createTestClient(
  baseUrls: string[],
  options: Partial<Omit<WechatApiOptions, "clock">> & { clock?: ManualClock } = {},
): TestClient {
  const logged: string[] = [];
  const slept: number[] = [];
  const clock = options.clock ?? standingClock(NOON);
  const api = createWechatApi({
    baseUrls,
    appid: testAccount.appid,
    secret: testAccount.secret,
    publicUrl: "https://kuaichu.example",
    tokens: createMemoryTokenStore(clock),
    quotas: createMemoryQuotaStore(),
    log: pino({ level: "trace" }, { write: (line: string) => logged.push(line) }),
    timer: clock,
    sleep: async (ms) => {
      slept.push(ms);
      await new Promise(setImmediate);
    },
    ...options,
    clock,
  });
  return { api, logged, slept };
}
