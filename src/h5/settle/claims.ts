import type { Config, Insurer } from "../../config.ts";
import type { Accident, Claim, Degree, Language, Letter } from "../../domain/accident.ts";
import { adviceFor } from "../../domain/claim-advice.ts";
import type { View } from "../../domain/view.ts";
import { insurerName } from "./insurer-name.ts";
import { timeText } from "./times.ts";

/** How a claim stands for the driver whose it is. `state` is a key of the words: why nothing goes out, or that it does. */
export interface ClaimLine {
  state: "rendering" | "not-forwarded" | "no-insurer" | "no-interface" | "submitted";
  /** null: what was agreed is not covered by the rules of today */
  next: NextStep | null;
  insurer: Record<Language, string> | null;
  hotline: string | null;
  claim: (Claim & { time: string; delivery: Delivery; assessedYuan: string | null; paidYuan: string | null }) | null;
}

/** Whom this driver turns to, by liability. */
export interface NextStep {
  degree: Degree;
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

/** Whether the insurer's machine has it; from its first answer on, the status says more. */
type Delivery = "pending" | "delivered" | "undeliverable";

interface Reading {
  accident: Accident;
  config: Config;
  now: Date;
  language: Language;
}

export function claimLine(view: View, { accident, config, now, language }: Reading): ClaimLine {
  const mine = view.agreement?.parties[view.letter] ?? view.me.details;
  const known = config.insurers.find((insurer) => insurer.code === mine?.insurerCode);
  const claim = view.claims[0] ?? null;
  const state = stateOf(view, known, claim);
  const delivery = claim ? deliveryOf(accident, claim) : "pending";
  return {
    state,
    next: nextOf(view, accident, config),
    insurer: mine ? insurerName(config, mine) : null,
    hotline: known?.hotline ?? null,
    claim: claim && {
      ...claim,
      time: timeText(claim.statusAt, now, language),
      delivery,
      assessedYuan: yuan(claim.assessedFen),
      paidYuan: yuan(claim.paidFen),
    },
  };
}

function stateOf(view: View, known: Insurer | undefined, claim: Claim | null): ClaimLine["state"] {
  if (claim) return "submitted";
  if (view.me.signature?.forwarding !== true) return "not-forwarded";
  if (!known) return view.me.details?.insurerCode === "other" ? "no-interface" : "no-insurer";
  return view.hasPictures || view.isPaperDelayed ? "no-interface" : "rendering";
}

function nextOf(view: View, accident: Accident, config: Config): NextStep | null {
  if (!view.agreement) return null;
  const { degree, payer, isReported } = adviceFor(accident, view.agreement, view.letter);
  const claim = accident.claims.find(({ party }) => party === payer);
  const known = config.insurers.find(({ code }) => code === view.agreement?.parties[payer].insurerCode);
  const isStuck = claim?.status === "submitted" && deliveryOf(accident, claim) === "undeliverable";
  // until the paper is there the claims are not made, and what will be is what the driver allowed
  const isComing = !view.hasPictures && !view.isPaperDelayed && willGo(accident, payer, known);
  return {
    degree,
    isOthers: payer !== view.letter,
    isReported: (isReported && !isStuck) || isComing,
    insurer: insurerName(config, view.agreement.parties[payer]),
    hotline: known?.hotline || null,
    reportNo: claim?.insurerClaimNo ?? null,
    promise: known?.promise ?? null,
  };
}

const willGo = ({ parties }: Accident, letter: Letter, insurer: Insurer | undefined): boolean =>
  parties[letter]?.signature?.forwarding === true && Boolean(insurer?.url && insurer.secrets.length > 0);

function deliveryOf(accident: Accident, { ref }: Claim): Delivery {
  const has = (type: string) => accident.events.some((event) => event.type === type && event.data.ref === ref);
  if (has("claim-delivered")) return "delivered";
  return has("claim-undeliverable") || has("claim-delayed") ? "undeliverable" : "pending";
}

/** "3,000" or "3,000.50": whole yuan without their zeros. */
const yuan = (fen: number | null): string | null =>
  fen === null ? null : (fen / 100).toLocaleString("en-US", { minimumFractionDigits: fen % 100 === 0 ? 0 : 2 });
