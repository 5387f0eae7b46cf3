import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Accident } from "../../src/domain/accident.ts";
import { agreementOf } from "../../src/domain/agreement.ts";
import type { ClaimSources } from "../../src/domain/claim.ts";
import type { Catalogue } from "../../src/domain/liability.ts";
import { type ConcludedOptions, concludedAccident } from "./concluded-accident.ts";

export const CLAIM_AT = new Date("2026-11-23T04:00:00Z");
export const catalogue = parse(
  readFileSync(new URL("../../../config/liability.yaml", import.meta.url), "utf8"),
) as Catalogue;

/** What a claim of a concluded accident is made from, with the links of a server that does not exist. */
export function claimSources(
  options: Partial<ConcludedOptions> = {},
  change: (accident: Accident) => Accident = (accident) => accident,
): ClaimSources {
  const draft = concludedAccident({ id: "acc-1", number: "KC20261123-000042", at: CLAIM_AT, ...options });
  const accident = change({ ...draft, version: 1, key: new Uint8Array(32), events: [] });
  const content = agreementOf(accident, catalogue);
  if (!content) throw new Error("no agreement");
  return {
    accident,
    content,
    catalogue,
    insurerNames: { PICC: "人保财险", PAIC: "平安产险" },
    jurisdiction: { adcode: "310000", district: "上海市" },
    linkOf: (sha256) =>
      `https://kuaichu.example/api/evidence/${"a".repeat(22)}/${sha256}?expires=1795000000&signature=${"s".repeat(43)}`,
    callbackOf: (code, ref) => `https://kuaichu.example/api/insurers/${code}/claims/${ref}/status`,
    now: CLAIM_AT,
  };
}
