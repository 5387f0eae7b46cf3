import type { Config, Insurer } from "../config.ts";
import type { Language } from "../domain/accident.ts";
import type { View, ViewedClaim } from "../domain/view.ts";
import { insurerName } from "./insurer-name.ts";
import { timeText } from "./times.ts";

/** How a claim stands for the driver whose it is. `state` is a key of the words: why nothing goes out, or that it does. */
export interface ClaimLine {
  state: "rendering" | "not-forwarded" | "no-insurer" | "no-interface" | "submitted";
  /** who speaks next: the insurer calls, the driver reports, or nobody because it is under way */
  next: "call" | "report" | "under-way";
  insurer: Record<Language, string> | null;
  hotline: string | null;
  claim: (ViewedClaim & { time: string; assessedYuan: string | null; paidYuan: string | null }) | null;
}

interface Reading {
  config: Config;
  now: Date;
  language: Language;
}

export function claimLine(view: View, { config, now, language }: Reading): ClaimLine {
  const mine = view.agreement?.parties[view.letter] ?? view.me.details;
  const known = config.insurers.find((insurer) => insurer.code === mine?.insurerCode);
  const claim = view.claims[0] ?? null;
  const state = stateOf(view, known, claim);
  return {
    state,
    next: nextOf(state, claim),
    insurer: mine ? insurerName(config, mine) : null,
    hotline: known?.hotline ?? null,
    claim: claim && {
      ...claim,
      time: timeText(claim.statusAt, now, language),
      assessedYuan: yuan(claim.assessedFen),
      paidYuan: yuan(claim.paidFen),
    },
  };
}

function stateOf(view: View, known: Insurer | undefined, claim: ViewedClaim | null): ClaimLine["state"] {
  if (claim) return "submitted";
  if (view.me.signature?.forwarding !== true) return "not-forwarded";
  if (!known) return view.me.details?.insurerCode === "other" ? "no-interface" : "no-insurer";
  return view.hasPictures || view.isPaperDelayed ? "no-interface" : "rendering";
}

function nextOf(state: ClaimLine["state"], claim: ViewedClaim | null): ClaimLine["next"] {
  if (state === "rendering") return "call";
  if (!claim || (claim.status === "submitted" && claim.delivery === "undeliverable")) return "report";
  return claim.status === "submitted" || claim.status === "received" ? "call" : "under-way";
}

/** "3,000" or "3,000.50": whole yuan without their zeros. */
const yuan = (fen: number | null): string | null =>
  fen === null ? null : (fen / 100).toLocaleString("en-US", { minimumFractionDigits: fen % 100 === 0 ? 0 : 2 });
