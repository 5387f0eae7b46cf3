import { addPhoto } from "../../src/actions/add-photo.ts";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { takePosition } from "../../src/actions/take-position.ts";
import type { Context } from "../../src/context.ts";
import { LETTERS, type Letter, type Position } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { PHOTO_SLOTS, type PhotoSlot, type StoredPhoto, UNEXAMINED } from "../../src/domain/photo.ts";
import { signValue } from "../../src/http/cookies.ts";
import type { Person } from "../../src/http/session.ts";
import { admitted } from "../support/admitted.ts";
import type { TestApp } from "../support/app.ts";
import { DETAILS } from "../support/drivers.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { placeOf } from "../support/place-of.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";

/**
 * A driver with a phone: a session cookie, pages read as text, forms posted with the token that they contain.
 */
export interface Driver {
  person: Person;
  /** of the session, to sign a browser in */
  cookie: { name: string; value: string; url: string };
  urlOf(path: string): string;
  get(path: string): Promise<Page>;
  post(path: string, fields: Record<string, string>): Promise<Page>;
}

export interface Page {
  status: number;
  /** of a 303, below /h5/accidents/:id/ */
  location: string | null;
  html: string;
  bytes: Buffer;
  type: string;
}

export interface Pair {
  id: string;
  A: Driver;
  B: Driver;
}

export interface PairOptions {
  language?: Partial<Record<Letter, "zh" | "en">>;
  /** driver A, if known from an earlier case */
  known?: Person;
  /** real pictures, where they are to be printed; decoding five of them takes its time */
  real?: boolean;
  /** where the phones were before the cars moved; then B joins before that */
  positions?: Partial<Record<Letter, Position>>;
}

const CLEAR = { vehicles: "two" as const, conditions: [] };

/** Two drivers who have joined; A has photographed, moved and named the place: both stand at their data. */
export async function openPair(
  app: TestApp,
  { language = {}, known, real = false, positions }: PairOptions = {},
): Promise<Pair> {
  const { ctx } = app;
  const [a, b] = [known ?? (await newPerson(ctx, language.A ?? "zh")), await newPerson(ctx, language.B ?? "zh")];
  const { id } = await openCase(ctx, a);
  await takePhotos(ctx, id, real);
  const join = async () => {
    const invited = await makeInvitation(ctx, { accidentId: id, letter: "A" });
    const code = invited.invitation?.code ?? "";
    await joinByCode(ctx, { person: b, code, textVersion: NOTICE_VERSION, answer: CLEAR });
  };
  if (positions) await join();
  for (const letter of LETTERS) {
    const position = positions?.[letter];
    if (position) await takePosition(ctx, { accidentId: id, letter, position });
  }
  await confirmMoved(ctx, { accidentId: id, letter: "A" });
  await recordPlace(ctx, { accidentId: id, letter: "A", ...placeOf(ctx) });
  if (!positions) await join();
  return { id, A: driverOf(app, id, a), B: driverOf(app, id, b) };
}

/** A case that this person has just opened. */
export const openCase = (ctx: Context, person: Person) =>
  openAccident(ctx, { person, textVersion: NOTICE_VERSION, answer: CLEAR });

export const ACTS: Record<Letter, { ownAct: string; otherAct: string; impact: "front" | "rear"; note: string }> = {
  A: { ownAct: "QS-01", otherAct: "none", impact: "front", note: "" },
  B: { ownAct: "none", otherAct: "QS-01", impact: "rear", note: "" },
};

/** … and both have entered their data and said the same. */
export async function readyPair(app: TestApp, options: PairOptions = {}): Promise<Pair> {
  const pair = await openPair(app, options);
  for (const letter of ["A", "B"] as const) {
    await giveDetails(app.ctx, { accidentId: pair.id, letter, details: DETAILS[letter] });
    await giveStatement(app.ctx, { accidentId: pair.id, letter, statement: ACTS[letter] });
  }
  return pair;
}

export async function takePhotos(ctx: Context, accidentId: string, real: boolean): Promise<void> {
  if (real) {
    for (const slot of PHOTO_SLOTS)
      await addPhoto(ctx, { accidentId, letter: "A", slot, bytes: SLOT_PHOTOS[slot], source: "form" });
    return;
  }
  const at = ctx.clock.now();
  const photos = PHOTO_SLOTS.map((slot) => photoRecord(slot, at));
  await ctx.accidents.change(accidentId, (accident) => ({
    accident: { ...accident, photos },
    events: PHOTO_SLOTS.map((slot) => ({ type: "photo-stored", by: "A", data: { slot } })),
  }));
}

const photoRecord = (slot: PhotoSlot, receivedAt: Date): StoredPhoto => ({
  id: `photo-${slot}`,
  slot,
  by: "A",
  source: "form",
  state: "stored",
  mediaId: null,
  ...UNEXAMINED,
  sha256: "0".repeat(64),
  mime: "image/jpeg",
  bytes: 1,
  width: 1,
  height: 1,
  copySha256: "0".repeat(64),
  thumbSha256: "0".repeat(64),
  receivedAt,
});

export async function newPerson(ctx: Context, language: "zh" | "en"): Promise<Person> {
  return admitted(ctx.people, `openid-${ctx.randomId()}`, language);
}

export function driverOf(app: TestApp, id: string, person: Person): Driver {
  const session = {
    id: app.ctx.randomId(16),
    personId: person.id,
    kind: "wechat",
    expiresAt: app.clock.now().getTime() + 12 * 3_600_000,
  };
  const value = signValue(app.config.keys.session, "session", session);
  const cookie = `kc=${value}`;
  const base = `/h5/accidents/${id}`;
  const urlOf = (path: string) => `${app.url}${base}${path === "" ? "" : `/${path}`}`;
  const get = async (path: string) => read(await fetch(urlOf(path), { headers: { cookie }, redirect: "manual" }), base);
  return {
    person,
    cookie: { name: "kc", value, url: app.url },
    urlOf,
    get,
    async post(path, fields) {
      const token = fieldValue((await get(path)).html, "_csrf") || fieldValue((await get("")).html, "_csrf");
      const body = new URLSearchParams({ _csrf: token, ...fields });
      return read(await fetch(urlOf(path), { method: "POST", headers: { cookie }, body, redirect: "manual" }), base);
    },
  };
}

async function read(response: Response, base: string): Promise<Page> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const location = response.headers.get("location");
  return {
    status: response.status,
    location: location?.startsWith(base) ? location.slice(base.length + 1) : location,
    html: bytes.toString("utf8"),
    bytes,
    type: response.headers.get("content-type") ?? "",
  };
}

/** The value of an input, textarea or chosen option by its name. */
export function fieldValue(html: string, name: string): string {
  const input = html.match(new RegExp(`<input[^>]*name="${name}"[^>]*>`))?.[0];
  return input?.match(/value="([^"]*)"/)?.[1] ?? "";
}

export const isChecked = (html: string, name: string, value: string): boolean =>
  new RegExp(`<input[^>]*name="${name}"[^>]*value="${value}" checked`).test(html);

export const isSelected = (html: string, value: string): boolean => html.includes(`<option value="${value}" selected>`);

/** The sentence at a field. */
export const errorAt = (html: string, field: string): string =>
  html.match(new RegExp(`id="error-${field}">([^<]*)<`))?.[1] ?? "";
