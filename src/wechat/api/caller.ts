import type { ObjectSchema } from "joi";
import { Invalid, Upstream } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics.ts";
import { type Refusal, readJson, refusalIn, requireJson } from "./answer.ts";
import { errcodeRule, isRetryable, refusesAccount, retryAt } from "./errcodes.ts";
import type { KeptToken } from "./kept-token.ts";
import type { Transport } from "./transport.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";

/** Makes calls with the account's token, or without a token. */
export interface Caller {
  bytes(request: WireRequest): Promise<WireAnswer>;
  json<T>(request: WireRequest, schema: ObjectSchema<T>): Promise<T>;
  /** For calls that answer nothing but an errcode. */
  done(request: WireRequest): Promise<void>;
}

export interface CallerOptions {
  transport: Transport;
  now: () => number;
  log: Log;
  sleep: (ms: number) => Promise<void>;
  token?: KeptToken;
  metrics?: Pick<Metrics, "wechatRefusal"> | undefined;
}

/** Waits before each repetition of a call that was answered with -1 (busy). */
export const BUSY_WAITS_MS: readonly number[] = [300, 900, 2700];

/**
 * Creates the caller, which follows the errcode table: a busy platform is asked again, a token that is not
 * accepted is renewed once, everything else is thrown.
 */
export function createCaller({ transport, now, log, sleep, token, metrics }: CallerOptions): Caller {
  async function bytes(request: WireRequest): Promise<WireAnswer> {
    let value = token && (await token.get());
    let renewed = false;
    let busy = 0;
    for (;;) {
      const answer = await transport.send(withToken(request, value));
      const refusal = refusalIn(answer);
      if (!refusal) return answer;
      const { action } = errcodeRule(refusal.errcode);
      metrics?.wechatRefusal(refusal.errcode, action);
      const said = { path: request.path, errcode: refusal.errcode, rid: refusal.rid, action };
      // whoever has left the account hears nothing more: that is no fault
      if (action === "forget-person") log.info(said, "wechat.person-gone");
      else log.warn(said, "wechat.refused");
      const wait = BUSY_WAITS_MS[busy];
      if (action === "retry" && wait !== undefined) {
        busy += 1;
        await sleep(wait);
        continue;
      }
      if (action !== "refresh" || !token || value === undefined || renewed) throw failure(request, refusal, now());
      renewed = true;
      const next = await token.renew(value, refusal.errcode);
      if (next === value) throw failure(request, refusal, now());
      value = next;
    }
  }

  return {
    bytes,
    json: async (request, schema) => readJson(await bytes(request), schema, request.path),
    async done(request) {
      requireJson(await bytes(request));
    },
  };
}

function withToken(request: WireRequest, value: string | undefined): WireRequest {
  return value === undefined ? request : { ...request, query: { access_token: value, ...request.query } };
}

function failure({ path }: WireRequest, refusal: Refusal, now: number): Upstream | Invalid {
  const { action, code } = errcodeRule(refusal.errcode);
  // The code was used already: the browser is sent through the authorisation again.
  if (action === "restart-oauth") return new Invalid(code, { errcode: refusal.errcode });
  const at = retryAt(action, now);
  const more = { ...(at && { retryAt: at }), ...(refusesAccount(action) && { refusesAccount: true }) };
  return new Upstream(code, { path, action, ...refusal, ...more }, isRetryable(action));
}
