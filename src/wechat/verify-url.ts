import { Invalid, NotSignedIn } from "../errors.ts";
import type { PushConfig } from "./push-config.ts";
import { isFresh, type PushQuery, singleValues } from "./push-query.ts";
import { signingToken } from "./signature.ts";

/**
 * Answers the platform's URL verification (GET) with the echostr, to be sent back as plain text. Throws
 * NotSignedIn, or Invalid (400) without an echostr.
 */
export function verifyUrl(config: PushConfig, query: PushQuery, nowMs: number): string {
  const { signature = "", timestamp = "", nonce = "", echostr = "" } = singleValues(query) ?? {};
  const token = signingToken(config.tokens, [timestamp, nonce], signature);
  if (token === undefined) throw new NotSignedIn("wechat-unauthentic", { reason: "token" });
  if (!isFresh(timestamp, nowMs)) throw new NotSignedIn("wechat-unauthentic", { reason: "clock" });
  // It is sent back as it came, so nothing that a browser could take for markup.
  if (!/^[\w+/=.-]{1,256}$/.test(echostr)) throw new Invalid("wechat-malformed", { reason: "echostr" }, 400);
  return echostr;
}
