import Joi from "joi";
import { Invalid } from "../../errors.ts";
import type { Caller } from "./caller.ts";

export interface OauthPerson {
  openid: string;
  /** Present only when the account is bound to an Open Platform account. */
  unionid: string | null;
}

export interface Oauth {
  /**
   * Returns the address to which the browser is sent. `state` is the caller's nonce (letters and digits);
   * `redirectUri` must be on the registered host.
   */
  authorizeUrl(order: { redirectUri: string; state: string; scope?: "snsapi_base" | "snsapi_userinfo" }): string;
  /**
   * Exchanges the code of a returning browser. A code lives five minutes and works once: on
   * Invalid("oauth-code") the authorisation is started again.
   */
  exchangeCode(code: string): Promise<OauthPerson>;
}

const schema = Joi.object<{ openid: string; unionid?: string }>({
  openid: Joi.string().max(128).required(),
  unionid: Joi.string().max(128),
});

/** `caller` must be one without the account's token: this call is signed with the secret. */
export function createOauth(
  caller: Caller,
  { openUrl, appid, secret }: { openUrl: string; appid: string; secret: string },
): Oauth {
  return {
    authorizeUrl({ redirectUri, state, scope = "snsapi_base" }) {
      if (!/^[a-zA-Z0-9]{1,128}$/.test(state)) throw new Invalid("oauth-state");
      // The platform requires this order of parameters and the fragment.
      const query = [
        `appid=${appid}`,
        `redirect_uri=${encodeURIComponent(redirectUri)}`,
        "response_type=code",
        `scope=${scope}`,
        `state=${state}`,
      ];
      return `${openUrl}/connect/oauth2/authorize?${query.join("&")}#wechat_redirect`;
    },
    async exchangeCode(code) {
      if (!/^[\w-]{1,512}$/.test(code)) throw new Invalid("oauth-code");
      const query = { appid, secret, code, grant_type: "authorization_code" };
      const person = await caller.json({ method: "GET", path: "/sns/oauth2/access_token", query }, schema);
      return { openid: person.openid, unionid: person.unionid ?? null };
    },
  };
}
