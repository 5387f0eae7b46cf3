import { setTimeout as sleep } from "node:timers/promises";
import type { Letter } from "../../src/domain/accident.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { createRender } from "../../src/render.ts";
import { DriverPhone, type Page, stepOf, visible } from "../support/driver-phone.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";

const AGREED = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };
const PAUSE_MS = 60;
/** after a broken connection: the server is starting again */
const BROKEN_PAUSE_MS = 250;

/** The order in which a driver passes them; nobody corrects anything, so nobody is ever led back. */
const WAY = [
  "start",
  "admission",
  "photos",
  "move",
  "place",
  "details",
  "statement",
  "invite",
  "wait-statement",
  "wait-details",
  "sign",
  "wait-signature",
  "done",
];

/** How far a driver is on the way; whoever is asked to let the other join is where the invitation is. */
export const placeOnWay = (step: string): number => WAY.indexOf(step === "admit" ? "invite" : step);

/** The page says so: the same again goes through later. */
class AskedToWait extends Error {}
const render = createRender();
const NO_ROOM = (["zh", "en"] as const).map((language) => render.words(language)("h5.errors.storage-full"));

/** Two drivers who follow the pages, whatever happens to the server: a broken connection is tried again. */
export class Pair {
  readonly name: string;
  /** where each stood at last, as an answer of the server had it */
  readonly stood: Record<Letter, string> = { A: "start", B: "start" };
  caseUrl = "";
  answers = 0;
  broken = 0;
  /** answers 503 that say that there is no room */
  refused = 0;
  /** told after each answer */
  onAnswer: () => void = () => {};
  /** told how many ms a step took from the press to the next page; "page": looking at one */
  onStep: (step: string, ms: number) => void = () => {};
  readonly #phone: { isPersistent?: boolean };
  readonly #pauseMs: number;
  #digits = "";
  #stopped = false;
  /** requests that the phones sent again by themselves */
  resent = 0;

  /** `phone`: how the drivers' phones behave; `pauseMs`: between two looks of a driver who waits. */
  constructor(name: string, { pauseMs = PAUSE_MS, ...phone }: { isPersistent?: boolean; pauseMs?: number } = {}) {
    this.name = name;
    this.#phone = phone;
    this.#pauseMs = pauseMs;
  }

  openidOf(letter: Letter): string {
    return `o_${this.name}_${letter}`;
  }

  /** Until both are done, or the server is gone for good. */
  async drive(appUrl: string): Promise<void> {
    await Promise.all([this.#way("A", appUrl), this.#way("B", appUrl)]);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #way(letter: Letter, appUrl: string): Promise<void> {
    const phone = new DriverPhone(appUrl, this.openidOf(letter), this.#phone);
    while (this.stood[letter] !== "done" && !this.#stopped) {
      try {
        const page = await this.#next(letter, phone);
        if (page) this.#note(letter, page);
        else await sleep(this.#pauseMs);
      } catch (error) {
        const { isAxiosError } = error as { isAxiosError?: boolean };
        if (!isAxiosError && !(error instanceof AskedToWait)) throw error;
        if (isAxiosError) this.broken++;
        await sleep(BROKEN_PAUSE_MS);
      }
    }
    this.resent += phone.resent;
  }

  /** Opens the driver's current page and does what it asks; null: the driver waits. */
  async #next(letter: Letter, phone: DriverPhone): Promise<Page | null> {
    const begun = letter === "A" || this.caseUrl !== "";
    if (!begun || (letter === "B" && !this.#digits)) return null;
    const path = this.stood[letter] === "start" ? this.#door(letter) : `${this.caseUrl}/done`;
    const page = await this.#timed("page", phone.open(path));
    this.#note(letter, page);
    const code = /kc-digits">(\d{3}) (\d{3})</.exec(page.html);
    if (code) this.#digits = `${code[1]}${code[2]}`;
    const step = stepOf(page);
    if (step === "photos") {
      const files = PHOTO_SLOTS.map((field) => ({ field, bytes: SLOT_PHOTOS[field], filename: `${field}.jpg` }));
      return this.#timed(step, phone.submit(page, {}, { files }));
    }
    const fields = this.#fields(letter, step);
    return fields ? this.#timed(WAY.includes(step) ? step : "join", phone.submit(page, fields)) : null;
  }

  async #timed(step: string, pressed: Promise<Page>): Promise<Page> {
    const started = performance.now();
    const page = await pressed;
    this.onStep(step, performance.now() - started);
    return page;
  }

  #door(letter: Letter): string {
    return letter === "A" ? "/h5" : `/h5/join/${this.#digits}`;
  }

  #fields(letter: Letter, step: string): Record<string, string> | null {
    const acts = letter === "A" ? { ownAct: "QS-01", otherAct: "none" } : { ownAct: "none", otherAct: "QS-01" };
    const forms: Record<string, Record<string, string>> = {
      start: AGREED,
      admit: { answer: "yes" },
      move: {},
      place: { address: `路口 ${this.name}`, when: "0", weather: "rain" },
      details: formOf(letter, this.name),
      statement: { ...acts, impact: "front", note: this.name },
      sign: { signature: SIGNATURE, electronic: "yes", forwarding: "yes" },
    };
    return (
      forms[step] ??
      (/^[\w.-]{20,}$/.test(step) && this.stood[letter] === "start"
        ? { ...AGREED, plate: DETAILS[letter].plate }
        : null)
    );
  }

  /** What was acknowledged stays: a driver is never at a step before an answered one. */
  #note(letter: Letter, page: Page): void {
    this.answers++;
    if (page.status === 503) {
      if (NO_ROOM.some((sentence) => page.html.includes(sentence))) this.refused++;
      throw new AskedToWait();
    }
    if (page.status !== 200)
      throw new Error(`${this.name} ${letter}: ${page.status} at ${page.url}: ${visible(page.html).slice(0, 300)}`);
    const step = stepOf(page);
    if (placeOnWay(step) >= 0) this.#standAt(letter, step, page);
    this.onAnswer();
  }

  #standAt(letter: Letter, step: string, page: Page): void {
    if (placeOnWay(step) < placeOnWay(this.stood[letter])) {
      throw new Error(`${this.name} ${letter}: was at ${this.stood[letter]}, is back at ${step}`);
    }
    this.stood[letter] = step;
    const own = /^(\/h5\/accidents\/[\w-]+)\//.exec(new URL(page.url).pathname)?.[1];
    if (own) this.caseUrl = own;
  }
}

export const nameOf = (pair: string, letter: Letter): string =>
  `${DETAILS[letter].name}·${[...pair].map((c) => String.fromCodePoint(0x4e00 + (c.codePointAt(0) ?? 0))).join("")}`;

function formOf(letter: Letter, pair: string): Record<string, string> {
  const { idKind, idNumber, phone, plate, insurerCode, policyNumber } = DETAILS[letter];
  return {
    name: nameOf(pair, letter),
    idKind,
    idNumber,
    phone,
    province: plate.slice(0, 1),
    serial: plate.slice(1),
    vehicleKind: "auto",
    insurerCode,
    insurerName: "",
    policyNumber: policyNumber ?? "",
  };
}
