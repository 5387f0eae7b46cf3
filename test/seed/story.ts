import type { Config } from "../../src/config.ts";
import {
  type Accident,
  type Change,
  LETTERS,
  type Letter,
  type NewEvent,
  NO_SCENE,
} from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { claimsToSubmit } from "../../src/domain/claim-submission.ts";
import { BEFORE_THE_FIRST_DATUM, consentEvents, NOTICE_VERSION } from "../../src/domain/consent.ts";
import { districtAfter } from "../../src/domain/district.ts";
import { declarationEvent } from "../../src/domain/eligibility.ts";
import type { Claim } from "../../src/domain/insurance-claim.ts";
import { type Issue, type LetterSheet, letterSheet } from "../../src/domain/letter-sheet.ts";
import { NO_ACT } from "../../src/domain/liability.ts";
import { newParty, withParty } from "../../src/domain/party.ts";
import { PHOTO_SLOTS, type PlateReading, type StoredPhoto, UNEXAMINED } from "../../src/domain/photo.ts";
import { storedEvent } from "../../src/domain/photo-intake.ts";
import { doubtEvents } from "../../src/domain/photo-plates.ts";
import { chain } from "../../src/store/event-chain.ts";
import type { Vault } from "../../src/store/vault.ts";
import { aDriver, aPlace } from "./city.ts";
import type { PictureNames } from "./pictures.ts";
import type { Random } from "./random.ts";

export const MINUTE_MS = 60_000;
const CLEAR = { vehicles: "two" as const, conditions: [] };
const WEATHERS = ["sunny", "sunny", "overcast", "rain"] as const;
const IMPACTS = { A: "front", B: "rear" } as const;

/** What the pictures of a case show besides. */
interface Looks {
  findings: StoredPhoto["findings"];
  /** driver A's car has another plate in its picture than the one that is typed */
  isOtherPlate: boolean;
}

/** A plate that no seeded car has. */
const OTHER_PLATE: PlateReading = {
  best: { plate: "沪Q00000", sure: true, gap: 900, box: { x: 400, y: 600, width: 200, height: 60 }, runnersUp: [] },
  others: [],
};

/** What stories of one run have in common. */
export interface Wiring {
  config: Config;
  vault: Vault;
  insurers: { evidence: { url(accidentId: string, sha256: string): string } };
}

/** One case as it goes on, event by event, each at its time. */
export class Story {
  readonly #ctx: Wiring;
  readonly random: Random;
  accident: Accident;
  at: Date;

  constructor(ctx: Wiring, random: Random, { id, number, openedAt }: { id: string; number: string; openedAt: Date }) {
    this.#ctx = ctx;
    this.random = random;
    this.at = openedAt;
    const person = { id: ctx.vault.personId(`${id}/A`), openid: "", language: "zh" as const };
    const { key } = ctx.vault.newKey(id);
    this.accident = {
      ...{ id, number, version: 0, key, openedAt, scene: NO_SCENE, district: null },
      parties: { A: newParty(person, NOTICE_VERSION, openedAt), B: null },
      ...{ photos: [], photoTries: {}, invitation: null, movedAt: null, concludedAt: null },
      ...{ documents: null, claims: [], ended: null, dispute: null, recused: [], events: [] },
    };
    this.record({}, [
      { type: "accident-opened", by: "A", data: { vehicles: CLEAR.vehicles } },
      ...consentEvents("A", BEFORE_THE_FIRST_DATUM, NOTICE_VERSION),
      declarationEvent("A", null, CLEAR),
    ]);
  }

  get catalogue() {
    return this.#ctx.config.rules.catalogue;
  }

  get limits() {
    return this.#ctx.config.police.limits;
  }

  get authority(): string {
    return this.#ctx.config.police.authority.code;
  }

  /** A letter on this case as it is now; every seeded case that comes so far has what it needs. */
  sheet(issue: Issue): LetterSheet {
    return letterSheet(this.#ctx, this.accident, issue)!;
  }

  digest = (text: string): string => this.#ctx.vault.digest(this.accident.key, text);

  /** Time passes. */
  later(minutes: number): this {
    this.at = new Date(this.at.getTime() + minutes * MINUTE_MS);
    return this;
  }

  /** Writes down a change, as the store would. */
  record(changes: Partial<Accident>, events: NewEvent[]): void {
    const { accident } = this;
    const chained = chain(accident.id, accident.events, events, this.at);
    const version = accident.version + 1;
    this.accident = { ...accident, ...changes, version, events: [...accident.events, ...chained] };
  }

  take(change: Change | null): void {
    if (change) this.record(change.accident, change.events);
  }

  /** Position, five photographs, the cars moved: what driver A does at the roadside. */
  photograph(names: PictureNames, { findings, isOtherPlate }: Looks): void {
    const place = aPlace(this.random, this.#ctx.config.rules.districts);
    const positions = { A: place.position, B: null };
    const district = districtAfter(this.accident, positions, this.#ctx.config.rules.districts);
    const scene = { ...this.accident.scene, positions };
    this.later(1).record({ scene, district }, [
      {
        ...{ type: "position-taken", by: "A" },
        data: { digest: this.digest(JSON.stringify(place.position)), ...(district !== null && { district }) },
      },
    ]);
    for (const [at, slot] of PHOTO_SLOTS.entries()) {
      const receivedAt = this.later(0.4).at;
      const of = names[slot];
      const photo: StoredPhoto = {
        ...{ id: `p${at + 1}`, slot, by: "A", source: "form", state: "stored", mediaId: null },
        ...{ ...UNEXAMINED, ...of, receivedAt, findings: at === 0 ? findings : [] },
        ...(isOtherPlate && slot === "own-plate" && { plates: OTHER_PLATE }),
      };
      const photos = [...this.accident.photos, photo];
      const event = storedEvent({ ...this.accident, photos }, photo, this.digest(of.sha256));
      this.record({ photos }, [event]);
    }
    this.later(1).record({ movedAt: this.at }, [{ type: "vehicles-moved", by: "A", data: {} }]);
    this.#place(place.address);
  }

  #place(address: string): void {
    const occurredAt = new Date(Math.floor((this.accident.openedAt.getTime() - 4 * MINUTE_MS) / MINUTE_MS) * MINUTE_MS);
    const scene = { ...this.accident.scene, address, weather: this.random.pick(WEATHERS), occurredAt };
    const data = {
      ...{ digest: this.digest(JSON.stringify([address, null])), weather: scene.weather },
      occurredAt: occurredAt.toISOString(),
    };
    this.later(1).record({ scene }, [{ type: "place-recorded", by: "A", data }]);
  }

  /** Driver B joins, both give their data and statements: alike, or each blames the other. */
  state({ alike }: { alike: boolean }): void {
    const insurers = this.#ctx.config.insurers.map(({ code }) => code);
    const person = { id: this.#ctx.vault.personId(`${this.accident.id}/B`), openid: "", language: "zh" as const };
    const joined = this.later(1).at;
    this.record({ parties: { ...this.accident.parties, B: newParty(person, NOTICE_VERSION, joined) } }, [
      { type: "party-joined", by: "B", data: { by: "scan" } },
      ...consentEvents("B", BEFORE_THE_FIRST_DATUM, NOTICE_VERSION),
      declarationEvent("B", null, CLEAR),
    ]);
    const act = this.random.pick(this.catalogue.acts.filter(({ id, settledHere }) => settledHere && id !== NO_ACT)).id;
    const isGuilty = this.random.chance(0.8) ? "A" : "B";
    for (const letter of LETTERS) {
      const details = aDriver(this.random, insurers);
      const { insurerCode, vehicleKind } = details;
      const digest = this.digest(JSON.stringify(details));
      const given = withParty(this.accident, letter, { details });
      this.later(1).record(given, [
        { type: "details-given", by: letter, data: { digest, insurer: insurerCode, vehicleKind } },
        ...doubtEvents(this.accident, { ...this.accident, ...given }),
      ]);
      const isOwn = alike ? letter === isGuilty : false;
      const [ownAct, otherAct] = isOwn ? [act, NO_ACT] : [NO_ACT, act];
      this.#say(letter, { ownAct, otherAct });
    }
  }

  #say(letter: Letter, acts: { ownAct: string; otherAct: string }): void {
    const statement = { ...acts, impact: IMPACTS[letter], note: "", statedAt: this.later(1).at };
    const digest = this.digest(JSON.stringify(statement));
    this.record(withParty(this.accident, letter, { statement }), [
      { type: "statement-given", by: letter, data: { ...acts, impact: statement.impact, digest } },
    ]);
  }

  /** Both sign, and the claims go out. */
  sign(imageSha256: string): void {
    for (const letter of LETTERS) {
      const content = contentDigest(this.#ctx, this.accident);
      const signedAt = this.later(1).at;
      const forwarding = this.random.chance(0.95);
      const signature = { contentDigest: content, imageSha256, electronic: NOTICE_VERSION, forwarding, signedAt };
      this.record(withParty(this.accident, letter, { signature }), [
        ...consentEvents(letter, forwarding ? ["electronic", "forwarding"] : ["electronic"], NOTICE_VERSION),
        { type: "agreement-signed", by: letter, data: { content, image: this.digest(imageSha256), forwarding } },
      ]);
    }
    const { number } = this.accident;
    const content = contentDigest(this.#ctx, this.accident);
    this.record({ concludedAt: this.at }, [{ type: "agreement-concluded", by: "system", data: { number, content } }]);
    const { claims, events } = claimsToSubmit({ ...this.#ctx, clock: { now: () => this.at } }, this.accident);
    this.later(1).record({ claims }, events);
  }

  /** An insurer says how far a claim is. */
  claim(ref: string, changes: Partial<Claim> & Pick<Claim, "status">): void {
    const before = this.accident.claims.find((claim) => claim.ref === ref);
    if (!before) return;
    const after = { ...before, ...changes, statusAt: this.at, sequence: before.sequence + 1 };
    const claims = this.accident.claims.map((claim) => (claim === before ? after : claim));
    const { assessedFen, paidFen } = changes;
    const data = { ref, message: `seed-${ref}-${after.sequence}`, status: after.status, sequence: after.sequence };
    const amounts = { ...(assessedFen && { assessedFen }), ...(paidFen && { paidFen }) };
    const event: NewEvent = {
      type: "claim-status-changed",
      by: `insurer:${before.insurerCode}`,
      data: { ...data, ...amounts },
    };
    this.record({ claims }, [event]);
  }

  end(code: "withdrawn" | "timed-out" | "other-left" | "dispute" | "call-now", by: Letter | "system"): void {
    const ended = { code, reasons: [], by: by === "system" ? null : by, at: this.at };
    this.record({ ended }, [{ type: "ended", by, data: { code, reasons: [] } }]);
  }
}
