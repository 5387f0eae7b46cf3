import Joi from "joi";
import type { Metrics } from "../../metrics.ts";
import { createCaller } from "./caller.ts";
import { createKeptToken, type KeptToken, type KeptTokenOptions } from "./kept-token.ts";
import type { Transport } from "./transport.ts";

type Common = Pick<KeptTokenOptions, "store" | "now" | "log" | "sleep">;

const answerSchema = Joi.object<{ access_token: string; expires_in: number }>({
  access_token: Joi.string().max(4096).required(),
  expires_in: Joi.number().integer().positive().required(),
});

/**
 * Our limits on force_refresh, far below the platform's (20 a day, 30 s apart), so that a fault cannot use
 * them up.
 */
export const FORCE_GAP_MS = 90 * 60_000;
export const FORCES_PER_DAY = 16;
const DAY_MS = 24 * 60 * 60_000;
const FORCED_KIND = "access_token_forced";
// 42001 means only expired: a normal call returns the next token.
const FORCING_ERRCODES = new Set([40001, 40014]);

/** Creates the account's access token, by stable_token, so that processes never invalidate each other's. */
export function createAccessToken(
  options: Common & {
    appid: string;
    secret: string;
    transport: Transport;
    metrics?: Pick<Metrics, "wechatRefusal" | "wechatToken"> | undefined;
  },
): KeptToken {
  const { appid, secret, store, now } = options;
  const caller = createCaller(options);

  async function fetch(force: boolean) {
    const json = { grant_type: "client_credential", appid, secret, force_refresh: force };
    const answer = await caller.json(
      { method: "POST", path: "/cgi-bin/stable_token", json, onTimeout: "next-host" },
      answerSchema,
    );
    return { value: answer.access_token, expiresInS: answer.expires_in };
  }

  // Runs under the token's lease, so the count needs no lease of its own. The count is stored before the
  // call, so that a crash cannot lose it.
  async function mayForce(errcode: number): Promise<boolean> {
    if (!FORCING_ERRCODES.has(errcode)) return false;
    const at = now();
    const kept = await store.get(FORCED_KIND);
    const times = (kept?.value.split(",").map(Number) ?? []).filter((time) => at - time < DAY_MS);
    const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (at - last < FORCE_GAP_MS || times.length >= FORCES_PER_DAY) return false;
    await store.save(FORCED_KIND, { value: [...times, at].join(","), fetchedAt: at, expiresAt: at + DAY_MS });
    return true;
  }

  return createKeptToken({ ...options, kind: "access_token", fetch, mayForce });
}
