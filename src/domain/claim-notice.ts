import type { Accident, Claim, Letter, OutboxEntry } from "./accident.ts";
import { laterNotice, notice } from "./notice.ts";

/** The insurers that the operator has listed. */
interface Wiring {
  config: { insurers: readonly { code: string; zh: string; en: string; hotline: string }[] };
}

/** Makes the notice that asks a driver to call the insurer, which has not been told, or not yet. */
export function callInsurer(
  ctx: Wiring,
  accident: Accident,
  letter: Letter,
  code: "claim-call-insurer" | "claim-delayed" = "claim-call-insurer",
): OutboxEntry {
  return notice(accident, letter, code, insurerParams(ctx, accident, letter));
}

/** What may be said besides the new status; each comes with what separates it from the words before. */
export interface ClaimNews {
  reason?: string | undefined;
  amountFen?: number | undefined;
  surveyor?: string | undefined;
  phone?: string | undefined;
}

/** Makes the notice of what an insurer has reported, with each detail that there is. */
export function claimNews(ctx: Wiring, accident: Accident, claim: Claim, news: ClaimNews): OutboxEntry {
  const { reason, amountFen, surveyor, phone } = news;
  const { status } = claim;
  if (status === "submitted") throw new Error("no insurer has reported yet");
  return laterNotice(accident, claim.party, `claim-${status}`, {
    ...insurerParams(ctx, accident, claim.party),
    claimNo: spaced(claim.insurerClaimNo),
    reason: reason ? ` (${reason})` : "",
    amount: amountFen === undefined ? "" : ` ¥${(amountFen / 100).toFixed(2)}`,
    surveyor: spaced(surveyor),
    phone: spaced(phone),
  });
}

/** The insurer's name in the driver's language, else as the driver typed it, else where its number is to be found. */
function insurerParams({ config }: Wiring, accident: Accident, letter: Letter): { insurer: string; hotline: string } {
  const party = accident.parties[letter];
  const english = party?.language === "en";
  const insurer = config.insurers.find(({ code }) => code === party?.details?.insurerCode);
  if (insurer) return { insurer: english ? insurer.en : insurer.zh, hotline: spaced(insurer.hotline) };
  const unknown = english ? "the number is on your policy" : "电话见保险单或保险公司官网";
  return { insurer: party?.details?.insurerName ?? unknown, hotline: "" };
}

const spaced = (text: string | null | undefined): string => (text ? ` ${text}` : "");
