import type { Context } from "../context.ts";
import { isMac, macOf, sessionKeysOf } from "./cookies.ts";

export interface ExpiringLinks {
  /** the query to append to a path; `signed` is all that the link is bound to */
  query(signed: readonly string[]): string;
  /** Whether the query was made for this and has not run out; nothing tells which of the two is wrong. */
  isGood(signed: readonly string[], query: Record<string, unknown>): boolean;
}

/** Makes signatures for links that are good for `lifeS` seconds; one purpose's are void for another. */
export function expiringLinks(
  { config, clock }: Pick<Context, "config" | "clock">,
  { purpose, lifeS }: { purpose: string; lifeS: number },
): ExpiringLinks {
  const nowS = () => Math.floor(clock.now().getTime() / 1000);
  const keys = sessionKeysOf(config);
  const textOf = (signed: readonly string[], expires: string) => [...signed, expires].join("\n");
  return {
    query(signed) {
      const expires = String(nowS() + lifeS);
      return `?expires=${expires}&signature=${macOf(config.keys.session, purpose, textOf(signed, expires))}`;
    },
    isGood(signed, { expires, signature }) {
      if (typeof expires !== "string" || !/^\d{1,12}$/.test(expires)) return false;
      const isRight = typeof signature === "string" && isMac(keys, purpose, textOf(signed, expires), signature);
      const leftS = Number(expires) - nowS();
      return isRight && leftS >= 0 && leftS <= lifeS;
    },
  };
}
