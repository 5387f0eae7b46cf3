import type { Config, Insurer } from "../config.ts";
import type { Language } from "../domain/accident.ts";
import { type CarAdvice, carAdvice } from "../domain/car.ts";
import type { ClaimDegree } from "../domain/claim-message.ts";
import type { ViewedClaim } from "../domain/claim-view.ts";
import { forwards } from "../domain/forwarding.ts";
import type { View } from "../domain/view.ts";
import { insurerName } from "./insurer-name.ts";
import { timeText } from "./times.ts";

/** A claim's progress for its driver. `state` is a key of the words: submitted, or why it is not. */
export interface ClaimLine {
  state: "rendering" | "withdrawn" | "not-forwarded" | "no-insurer" | "no-interface" | "submitted";
  /** null: what was agreed is not covered by the rules of today */
  next: NextStep | null;
  insurer: Record<Language, string> | null;
  hotline: string | null;
  /** what to do about whose car it is and what it is used for */
  car: CarAdvice[];
  claim: (ViewedClaim & { time: string; assessedYuan: string | null; paidYuan: string | null }) | null;
}

/** Whom this driver turns to, by liability. */
export interface NextStep {
  degree: ClaimDegree;
  /** the insurer that deals with it is the other driver's */
  isOthers: boolean;
  /** that insurer gets the claim from us, and nothing stands against it */
  isReported: boolean;
  insurer: Record<Language, string> | null;
  hotline: string | null;
  /** under which that insurer has the claim, once it has said so */
  reportNo: string | null;
  /** what that insurer has agreed to have told */
  promise: Record<Language, string> | null;
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
    next: nextOf(view, config),
    insurer: mine ? insurerName(config, mine) : null,
    hotline: known?.hotline ?? null,
    car: carAdvice(view.me.details ?? {}),
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
  if (view.forwarding?.forwardingWithdrawnAt) return "withdrawn";
  if (!forwards(view.forwarding)) return "not-forwarded";
  if (view.dispute?.letter) return takesClaims(known) ? "rendering" : "not-forwarded";
  if (!known) return view.me.details?.insurerCode === "other" ? "no-interface" : "no-insurer";
  return view.hasPictures || view.isPaperDelayed ? "no-interface" : "rendering";
}

function nextOf({ advice, claimContent, ...view }: View, config: Config): NextStep | null {
  if (!advice || !claimContent) return null;
  const { degree, payer, isReported, isStuck, isAllowed, reportNo } = advice;
  const known = config.insurers.find(({ code }) => code === claimContent.parties[payer].insurerCode);
  // until the paper is there the claims are not made, and what will be is what the driver allowed
  const isComing = !view.hasPictures && !view.isPaperDelayed && isAllowed && takesClaims(known);
  return {
    degree,
    isOthers: payer !== view.letter,
    isReported: (isReported && !isStuck) || isComing,
    insurer: insurerName(config, claimContent.parties[payer]),
    hotline: known?.hotline || null,
    reportNo,
    promise: known?.promise ?? null,
  };
}

const takesClaims = (insurer: Insurer | undefined): boolean => Boolean(insurer?.url && insurer.secrets.length > 0);

/** "3,000" or "3,000.50": whole yuan without their zeros. */
const yuan = (fen: number | null): string | null =>
  fen === null ? null : (fen / 100).toLocaleString("en-US", { minimumFractionDigits: fen % 100 === 0 ? 0 : 2 });
