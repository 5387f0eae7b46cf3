import Joi from "joi";
import { possibleActs } from "../domain/desk-acts.ts";
import { text } from "../http/fields.ts";
import { openCase } from "./case-page.ts";
import { doAct } from "./do-act.ts";
import type { DeskPage, DeskRequest, Shown } from "./page.ts";

/** Situations with a text to start from, in both languages (templates/police/words.yaml). */
const SITUATIONS = [
  "rear-end",
  "lane-change",
  "give-way",
  "reversing",
  "signal",
  "recording",
  "agree",
  "move",
  "apply",
] as const;

interface Body {
  how: "message" | "phone";
  text: string;
  textEn: string;
}

const MOST = 500;

const body = Joi.object<Body>({
  how: Joi.valid("message", "phone").required(),
  text: text(MOST).min(5).disallow("").required().messages({ "string.min": "police.errors.guidance-short" }),
  textEn: text(MOST).default(""),
});

/** Guidance (art. 20 II): a message to both drivers, or what was said by telephone. It decides nothing. */
export const guidePage: DeskPage<Body> = {
  path: "cases/:id/guide",
  right: "guide",
  template: "police/guide.njk",
  body,
  show: guideShown,
  submit: (request) => {
    const { how, text: words, textEn } = request.body;
    const english = how === "message" && textEn !== "" ? { textEn } : {};
    return doAct(request, "gave-guidance", (by) => ({ type: "give-guidance", by, how, text: words, ...english }));
  },
};

async function guideShown(request: DeskRequest): Promise<Shown> {
  const { ctx, officer, koa, log } = request;
  const accident = await openCase(request);
  await log({ act: "read-case", accidentId: accident.id });
  const situation = SITUATIONS.find((one) => one === koa.query["situation"]) ?? null;
  const [zh, en] = [ctx.render.words("zh"), ctx.render.words("en")];
  return {
    accident: { id: accident.id, number: accident.number },
    isPossible: possibleActs(accident, officer).includes("give-guidance"),
    situations: SITUATIONS,
    situation,
    start: situation
      ? { text: zh(`police.guidance.text.${situation}`), textEn: en(`police.guidance.text.${situation}`) }
      : { text: "", textEn: "" },
  };
}
