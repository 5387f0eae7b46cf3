import { readFile } from "node:fs/promises";
import { actOnDispute } from "../../src/actions/act-on-dispute.ts";
import { actOnLetter } from "../../src/actions/act-on-letter.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import {
  type Determination,
  type DeterminationContent,
  type DeterminationDraft,
  determinationOf,
} from "../../src/domain/determination.ts";
import type { Desk, DisputeAct } from "../../src/domain/dispute-act.ts";
import type { TestApp } from "../support/app.ts";
import { ACTS, type Driver, type Page, type Pair, type PairOptions, readyPair } from "./settle-driver.ts";

/** An officer of Huangpu, Shanghai. */
export const OFFICER: Desk = { officerId: "o1", role: "officer", district: "310101" };

/** Both have entered everything, and each says that it was the other. */
export async function disputingPair(app: TestApp, options: PairOptions = {}): Promise<Pair> {
  const pair = await readyPair(app, options);
  const statement = { ...ACTS.B, otherAct: "QS-02" };
  await giveStatement(app.ctx, { accidentId: pair.id, letter: "B", statement });
  return pair;
}

export async function act(app: TestApp, id: string, ...acts: DisputeAct[]): Promise<void> {
  for (const one of acts) await actOnDispute(app.ctx, id, one);
}

/** The joint application of both, with an officer or still in the queue. */
export async function appliedPair(
  app: TestApp,
  { isTaken = true, ...options }: PairOptions & { isTaken?: boolean } = {},
): Promise<Pair> {
  const pair = await disputingPair(app, options);
  await act(app, pair.id, { type: "propose", by: "A" }, { type: "agree", by: "B" });
  if (isTaken) await act(app, pair.id, { type: "take-application", by: OFFICER });
  return pair;
}

/** … who asks driver B for something within the hour. */
export async function askedPair(
  app: TestApp,
  { what = "sentence", ...options }: PairOptions & { what?: "sentence" | "picture" } = {},
): Promise<Pair> {
  const pair = await appliedPair(app, options);
  const until = new Date(app.clock.now().getTime() + 3_600_000);
  const text = what === "sentence" ? "您何时打的转向灯？" : "请补拍车门划痕。";
  await act(app, pair.id, { type: "ask-evidence", by: OFFICER, to: "B", what, text, until });
  return pair;
}

/** Sends a form with a picture. */
export async function sendForm(
  driver: Driver,
  path: string,
  { fields, photo }: { fields: Record<string, string>; photo?: Buffer },
): Promise<Pick<Page, "status" | "html" | "location">> {
  const { html } = await driver.get(path);
  const form = new FormData();
  form.set("_csrf", /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? "");
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (photo) form.set("photo", new Blob([new Uint8Array(photo)], { type: "image/jpeg" }), "photo.jpg");
  const headers = { cookie: `${driver.cookie.name}=${driver.cookie.value}` };
  const answer = await fetch(driver.urlOf(path), { method: "POST", headers, body: form, redirect: "manual" });
  const location = answer.headers.get("location")?.split("/").at(-1) ?? null;
  return { status: answer.status, location, html: await answer.text() };
}

/** Issues a letter as an officer does, with stand-ins for its files; the facts hold a script. */
export async function issueLetter(
  app: TestApp,
  id: string,
  replaces: string | null = null,
  degrees: DeterminationDraft["degrees"] = { A: "primary", B: "secondary" },
): Promise<Determination> {
  const { ctx } = app;
  const accident = await ctx.accidents.get(id);
  const number = `3101010000002026${String(++letters).padStart(6, "0")}`;
  const at = ctx.clock.now();
  const draft: DeterminationDraft = {
    facts: "甲车向右变更车道时与乙车相撞<b>。</b>",
    causes: "甲方变更车道时影响相关车道内行驶的机动车。",
    articles: ["《中华人民共和国道路交通安全法实施条例》第四十四条第二款"],
    evidence: [1, 2],
    degrees,
  };
  const content = determinationOf(accident, draft, {
    authority: { name: "示例市公安局交通警察支队", code: "310101000000" },
    letterNumber: number,
    officer: { name: "王芳", number: "031256" },
    issuedAt: at,
    reviewLastDay: at,
    replaces,
  });
  const page = await readFile("test/fixtures/signature.png");
  const none = { A: null, B: null };
  const determination: Determination = {
    ...{ number, content: content as DeterminationContent, by: OFFICER.officerId, issuedAt: at, replaces },
    pdfSha256: await ctx.blobs.save(accident, Buffer.from(`%PDF-${number}`), "agreement-pdf"),
    pngSha256: [await ctx.blobs.save(accident, page, "agreement-page")],
    ...{ withdrawn: null, served: none, receipts: none, reviews: [] },
  };
  if (!replaces) await act(app, id, { type: "determine", by: OFFICER, determination });
  else {
    const by = { ...OFFICER, role: "supervisor" as const };
    await actOnLetter(ctx, id, { type: "replace", by, reason: "责任认定有误", determination });
  }
  return determination;
}
let letters = 0;

/** An officer has decided. */
export async function determinedPair(app: TestApp, options: PairOptions = {}): Promise<Pair & { number: string }> {
  const pair = await appliedPair(app, options);
  return { ...pair, number: (await issueLetter(app, pair.id)).number };
}
