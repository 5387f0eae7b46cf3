import Joi from "joi";
import type { Caller } from "./caller.ts";

export interface UserInfo {
  openid: string;
  /**
   * False: this person does not follow the account, and nothing else is known. The platform no longer gives
   * names and pictures.
   */
  subscribed: boolean;
  unionid: string | null;
  subscribedAt: Date | null;
  language: string | null;
}

export interface Users {
  userInfo(openid: string): Promise<UserInfo>;
}

interface Wire {
  openid: string;
  subscribe: 0 | 1;
  unionid?: string;
  subscribe_time?: number;
  language?: string;
}

const schema = Joi.object<Wire>({
  openid: Joi.string().max(128).required(),
  subscribe: Joi.valid(0, 1).required(),
  unionid: Joi.string().max(128),
  subscribe_time: Joi.number().integer(),
  language: Joi.string().allow("").max(16),
});

export function createUsers(caller: Caller): Users {
  return {
    async userInfo(openid) {
      const query = { openid, lang: "zh_CN" };
      const wire = await caller.json(
        { method: "GET", path: "/cgi-bin/user/info", query, onTimeout: "next-host" },
        schema,
      );
      return {
        openid: wire.openid,
        subscribed: wire.subscribe === 1,
        unionid: wire.unionid ?? null,
        subscribedAt: wire.subscribe_time === undefined ? null : new Date(wire.subscribe_time * 1000),
        language: wire.language || null,
      };
    },
  };
}
