import { type Accident, type Claim, type Letter, type OutboxEntry, otherOf } from "./accident.ts";
import { adviceFor, type ClaimAdvice } from "./claim-advice.ts";
import { type ClaimContent, claimContentOf } from "./claim-content.ts";
import { isDetermined } from "./dispute.ts";
import type { Catalogue } from "./liability.ts";
import { laterNotice, type NoticeCode, notice } from "./notice.ts";

/** The insurers that the operator has listed, and the rules of liability. */
interface Wiring {
  config: {
    insurers: readonly { code: string; zh: string; en: string; hotline: string }[];
    rules: { catalogue: Catalogue };
  };
}

/** Makes the notice of what comes next for one driver, by liability and by what went to the insurers. */
export function conclusionNotice(ctx: Wiring, accident: Accident, content: ClaimContent, letter: Letter): OutboxEntry {
  const advice = adviceFor(accident, content, letter);
  const code = isDetermined(accident) ? determinedCode(advice) : conclusionCode(advice);
  return notice(accident, letter, code, insurerParams(ctx, accident, letter, advice.payer));
}

const determinedCode = ({ isReported }: ClaimAdvice): NoticeCode =>
  isReported ? "determined-reported" : "determined-call";

function conclusionCode({ degree, isReported }: ClaimAdvice): NoticeCode {
  if (degree === "none") return isReported ? "concluded-none" : "claim-call-other";
  if (!isReported) return "claim-call-insurer";
  return degree === "full" ? "concluded-full" : "concluded";
}

/**
 * Makes the notices that an insurer has not taken a claim: to its driver, and to one who bears nothing and
 * whose car that insurer pays for. None where the insurer was only to be informed: nobody's payment depends
 * on it.
 */
export function untakenNotices(
  ctx: Wiring,
  accident: Accident,
  { party }: Claim,
  code: "claim-call-insurer" | "claim-delayed",
): OutboxEntry[] {
  const content = claimContentOf(accident, ctx.config.rules.catalogue);
  const own = callInsurer(ctx, accident, party, code);
  if (!content) return [own];
  if (content.parties[party].degree === "none") return [];
  const other = otherOf(party);
  if (content.parties[other].degree !== "none") return [own];
  const call = isDetermined(accident) ? "determined-call" : "claim-call-other";
  return [own, notice(accident, other, call, insurerParams(ctx, accident, other, party))];
}

/** Makes the notice that asks a driver to call an insurer that was not told, not yet, or not of a change. */
export function callInsurer(
  ctx: Wiring,
  accident: Accident,
  letter: Letter,
  code: "claim-call-insurer" | "claim-delayed" | "claim-not-corrected" = "claim-call-insurer",
): OutboxEntry {
  const said = code === "claim-call-insurer" && isDetermined(accident) ? "determined-call" : code;
  return notice(accident, letter, said, insurerParams(ctx, accident, letter, letter));
}

/**
 * Makes the notice to a driver who bears nothing that the other's insurer has the claim under a number, when
 * a change brings the first one; else none.
 */
export function numberNotices(ctx: Wiring, accident: Accident, before: Claim, after: Claim): OutboxEntry[] {
  const { party, insurerClaimNo } = after;
  if (before.insurerClaimNo || !insurerClaimNo) return [];
  const waiting = otherOf(party);
  const content = claimContentOf(accident, ctx.config.rules.catalogue);
  if (content?.parties[waiting].degree !== "none") return [];
  const params = { ...insurerParams(ctx, accident, waiting, party), claimNo: insurerClaimNo };
  return [laterNotice(accident, waiting, "claim-number", params)];
}

/** Details that may accompany a new status; each begins with the punctuation that separates it. */
export interface ClaimNews {
  reason?: string | undefined;
  amountFen?: number | undefined;
  surveyor?: string | undefined;
  phone?: string | undefined;
}

/** Makes the notice of an insurer's report, with every detail it has. */
export function claimNews(ctx: Wiring, accident: Accident, claim: Claim, news: ClaimNews): OutboxEntry {
  const { reason, amountFen, surveyor, phone } = news;
  const { status } = claim;
  if (status === "submitted") throw new Error("no insurer has reported yet");
  return laterNotice(accident, claim.party, `claim-${status}`, {
    ...insurerParams(ctx, accident, claim.party, claim.party),
    claimNo: spaced(claim.insurerClaimNo),
    reason: reason ? ` (${reason})` : "",
    amount: amountFen === undefined ? "" : ` ¥${(amountFen / 100).toFixed(2)}`,
    surveyor: spaced(surveyor),
    phone: spaced(phone),
  });
}

/** Where a driver finds out about an insurer that nobody has named; codes of words. */
export type InsurerSource = "policy" | "other-driver";

type InsurerParams = { hotline: string } & ({ insurer: string } | { findInsurer: InsurerSource });

/**
 * The name of one driver's insurer in the reader's language, else as that driver typed it, else where it is
 * to be found.
 */
function insurerParams({ config }: Wiring, accident: Accident, reader: Letter, whose: Letter): InsurerParams {
  const english = accident.parties[reader]?.language === "en";
  const details = accident.parties[whose]?.details;
  const insurer = config.insurers.find(({ code }) => code === details?.insurerCode);
  if (insurer) return { insurer: english ? insurer.en : insurer.zh, hotline: spaced(insurer.hotline) };
  if (details?.insurerName) return { insurer: details.insurerName, hotline: "" };
  return { findInsurer: reader === whose ? "policy" : "other-driver", hotline: "" };
}

const spaced = (text: string | null | undefined): string => (text ? ` ${text}` : "");
