import { actOnDispute } from "../../src/actions/act-on-dispute.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
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
