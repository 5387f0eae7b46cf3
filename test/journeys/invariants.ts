import type { Context } from "../../src/context.ts";
import { type Accident, LETTERS } from "../../src/domain/accident.ts";
import type { InsurerStandIn } from "../../src/simulator/insurer/stand-in.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { nameOf } from "./roadside.ts";

/** Counts checks of each invariant and the places where it did not hold. */
export class Invariants {
  readonly #rows = new Map<string, { looked: number; broken: string[] }>();

  /** Notes one look at an invariant; `where` names the place if it does not hold there. */
  look(invariant: string, holds: boolean, where: string): void {
    const row = this.#rows.get(invariant) ?? { looked: 0, broken: [] };
    row.looked++;
    if (!holds) row.broken.push(where);
    this.#rows.set(invariant, row);
  }

  /** every place at which something does not hold */
  broken(): string[] {
    return [...this.#rows].flatMap(([invariant, { broken }]) => broken.map((where) => `${invariant}: ${where}`));
  }

  /** one line for each invariant: how often looked at, how often broken */
  lines(): string[] {
    return [...this.#rows].map(([name, { looked, broken }]) => line(name, looked, broken.length));
  }
}

const line = (name: string, looked: number, broken: number): string =>
  `${name.padEnd(64)}${String(looked).padStart(7)} looked at ${String(broken).padStart(4)} broken`;

/** Looks at everything that must be true of a settlement of the pair of this name. */
export async function lookAtSettled(
  { ctx, insurers, seen }: { ctx: Context; insurers: InsurerStandIn; seen: Invariants },
  accident: Accident,
  pair: string,
): Promise<void> {
  const look = (invariant: string, holds: boolean, part = "") => seen.look(invariant, holds, `${pair} ${part}`.trim());
  const count = (type: string) => accident.events.filter((event) => event.type === type).length;
  look("the agreement is concluded, once", !!accident.concludedAt && count("agreement-concluded") === 1);
  look("the chain of events is whole", firstBrokenEvent(accident.id, accident.events) === null);
  look("five pictures are kept", accident.photos.length === 5);
  for (const { slot, sha256 } of storedPhotos(accident))
    look("each picture opens", await opens(ctx, accident, sha256), String(slot));
  for (const letter of LETTERS) {
    const party = accident.parties[letter];
    look("each driver's data are as acknowledged", party?.details?.name === nameOf(pair, letter), letter);
    look("each driver's statement is as acknowledged", party?.statement?.note === pair, letter);
    look("each driver has a claim, once", accident.claims.filter(({ party }) => party === letter).length === 1, letter);
  }
  look("the paper opens as PDF", await opens(ctx, accident, accident.documents?.pdfSha256, "%PDF-"));
  look("the paper is made once", count("documents-rendered") === 1);
  const delayed = accident.events.find(({ type }) => type === "documents-delayed");
  // Every attempt at a paper may meet a kill.
  const attempts = Number(delayed?.data["attempts"] ?? 3);
  look("no claim went without the paper before the third attempt", attempts >= 3, JSON.stringify(delayed?.data ?? {}));
  look("two claims are noted as sent", count("claim-submitted") === 2);
  look("two claims are noted as delivered, once each", count("claim-delivered") === 2);
  for (const { ref } of accident.claims) {
    const effects = insurers.inbox().filter((claim) => claim.ref === ref).length;
    look("each claim took effect at its insurer once", effects === 1, ref);
  }
}

async function opens(ctx: Context, accident: Accident, sha256: unknown, head = ""): Promise<boolean> {
  try {
    const bytes = await ctx.blobs.read(accident, String(sha256));
    return bytes.subarray(0, head.length).toString() === head;
  } catch {
    return false;
  }
}
