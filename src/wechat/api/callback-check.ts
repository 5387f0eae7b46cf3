import Joi from "joi";
import { Upstream } from "../../errors.ts";
import type { Caller } from "./caller.ts";

/** What the platform's machines see of the address that is entered in the console for pushes. */
export interface CallbackSeen {
  /** to which its name leads */
  addresses: string[];
  /** of these, how many do not answer a ping; many firewalls do not let any through */
  silent: number;
}

export interface CallbackCheck {
  /** Returns null when no address is entered in the console. */
  checkCallback(): Promise<CallbackSeen | null>;
}

const list = <T>(entry: Joi.PartialSchemaMap<T>) =>
  Joi.array().items(Joi.object<T>(entry).unknown()).allow(null).default([]);
const schema = Joi.object<{ dns: { ip: string }[] | null; ping: { package_loss: string }[] | null }>({
  dns: list({ ip: Joi.string().max(45).required() }),
  ping: list({ package_loss: Joi.string().max(16).required() }),
});

const NO_ADDRESS = 40201;

/** The platform's network check (网络检测): it resolves the name and pings each address. */
export function createCallbackCheck(caller: Caller): CallbackCheck {
  return {
    async checkCallback() {
      const json = { action: "all", check_operator: "DEFAULT" };
      const request = { method: "POST", path: "/cgi-bin/callback/check", json, onTimeout: "next-host" } as const;
      try {
        const { dns, ping } = await caller.json({ ...request, timeoutMs: 20_000 }, schema);
        return {
          addresses: (dns ?? []).map(({ ip }) => ip),
          silent: (ping ?? []).filter(({ package_loss }) => package_loss.startsWith("100")).length,
        };
      } catch (error) {
        if (error instanceof Upstream && error.details["errcode"] === NO_ADDRESS) return null;
        throw error;
      }
    },
  };
}
