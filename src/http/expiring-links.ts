import type { Context } from "../context.ts";
import { NotAllowed } from "../errors.ts";
import { isMac, macOf, sessionKeysOf } from "./cookies.ts";

export interface ExpiringLinks {
  /** the query to append to a path; `signed` is all that the link is bound to */
  query(signed: readonly string[]): string;
  /** Throws NotAllowed with the code of these links; all refusals look alike. */
  check(signed: readonly string[], query: Record<string, unknown>): void;
}

/** Makes signatures for links that are good for `lifeS` seconds; one purpose's are void for another. */
export function expiringLinks(
  { config, clock }: Pick<Context, "config" | "clock">,
  { purpose, lifeS, code }: { purpose: string; lifeS: number; code: string },
): ExpiringLinks {
  const nowS = () => Math.floor(clock.now().getTime() / 1000);
  const keys = sessionKeysOf(config);
  const textOf = (signed: readonly string[], expires: string) => [...signed, expires].join("\n");
  return {
    query(signed) {
      const expires = String(nowS() + lifeS);
      return `?expires=${expires}&signature=${macOf(config.keys.session, purpose, textOf(signed, expires))}`;
    },
    check(signed, { expires, signature }) {
      if (typeof expires !== "string" || !/^\d{1,12}$/.test(expires)) throw new NotAllowed(code);
      const right = typeof signature === "string" && isMac(keys, purpose, textOf(signed, expires), signature);
      const leftS = Number(expires) - nowS();
      if (!right || leftS < 0 || leftS > lifeS) throw new NotAllowed(code);
    },
  };
}
