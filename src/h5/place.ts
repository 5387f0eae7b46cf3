import Joi from "joi";
import { recordPlace } from "../actions/record-place.ts";
import { WEATHERS, type Weather } from "../domain/accident.ts";
import { districtAt } from "../domain/district.ts";
import { MINUTES_BEFORE, minutesBefore } from "../domain/occurrence.ts";
import { Invalid } from "../errors.ts";
import { line } from "../http/fields.ts";
import type { WordKey } from "../render.ts";
import type { PageRequest, StepPage } from "./page.ts";
import { positionTexts } from "./positions.ts";
import { refusing, requirePrintable } from "./refusals.ts";
import { inputTime, timeOfInput, timeText, yearTimeText } from "./times.ts";

/** A time of its own, typed; the other values of `when` are minutes before the case was opened. */
const OTHER_TIME = "other";

interface PlaceBody {
  address: string;
  when: string;
  at?: string;
  weather: Weather;
  weatherWord?: string;
  district?: string;
}

/** The road as the operator's service names it, while nothing else is known; it counts once it is sent. */
async function proposalOf({ ctx, view }: PageRequest): Promise<string | null> {
  const position = view.positions.mine;
  return view.scene.address || !position || position.label ? null : ctx.geocoder.addressOf(position);
}

/** Districts to choose from where nothing says in which one it was; empty: nothing is asked. */
function districtsToChoose({ ctx, view }: PageRequest) {
  const { districts } = ctx.config.rules;
  const { mine, theirs } = view.positions;
  const isKnown = districtAt(view.letter === "A" ? { A: mine, B: theirs } : { A: theirs, B: mine }, districts) !== null;
  return isKnown || view.isDistrictKept ? [] : districts;
}

const FAULT_WORDS = {
  "unknown-district": "h5.place.error.district" satisfies WordKey,
  "time-ahead": "h5.place.error.timeAhead" satisfies WordKey,
  "time-after-opening": "h5.place.error.timeAfterOpening" satisfies WordKey,
  "time-too-early": "h5.place.error.timeTooEarly" satisfies WordKey,
};

const body = Joi.object<PlaceBody>({
  address: line(120)
    .required()
    .messages({
      "string.empty": "h5.place.error.address" satisfies WordKey,
      "any.required": "h5.place.error.address" satisfies WordKey,
    }),
  when: Joi.valid(...MINUTES_BEFORE.map(String), OTHER_TIME)
    .required()
    .messages({ "*": "h5.place.error.when" satisfies WordKey }),
  at: Joi.string().allow("").max(40),
  weather: Joi.valid(...WEATHERS)
    .required()
    .messages({ "*": "h5.place.error.weather" satisfies WordKey }),
  weatherWord: line(20).allow(""),
  district: Joi.string().max(10).allow(""),
});

/** What was said of the time before, as the form would say it. */
function saidBefore({ view }: PageRequest): { when: string; at: string } {
  const { occurredAt } = view.scene;
  if (!occurredAt) return { when: "", at: "" };
  const minutes = MINUTES_BEFORE.find((one) => minutesBefore(view.openedAt, one).getTime() === occurredAt.getTime());
  return minutes === undefined ? { when: OTHER_TIME, at: inputTime(occurredAt) } : { when: String(minutes), at: "" };
}

/** The times that may be said by one touch, each with its clock time: what is shown is what is recorded. */
function timesOf({ ctx, view, person, t }: PageRequest) {
  const now = ctx.clock.now();
  const tiles = MINUTES_BEFORE.map((minutes) => ({
    value: String(minutes),
    label: minutes === 0 ? t("h5.place.justBefore") : t("h5.place.before", { n: minutes }),
    hint: timeText(minutesBefore(view.openedAt, minutes), now, person.language),
  }));
  return [...tiles, { value: OTHER_TIME, label: t("h5.place.otherTime") }];
}

function timeOf({ view, body: { when, at = "" } }: { view: PageRequest["view"]; body: PlaceBody }): Date {
  if (when !== OTHER_TIME) return minutesBefore(view.openedAt, Number(when));
  const time = timeOfInput(at);
  if (!time) throw new Invalid("h5.place.error.at" satisfies WordKey, { field: "when" });
  return time;
}

/** Page 4: where, when and in which weather; nothing of it is chosen beforehand. */
export const placePage: StepPage<PlaceBody> = {
  template: "h5/place.njk",
  body,
  show: async (request) => ({
    proposal: await proposalOf(request),
    times: timesOf(request),
    said: saidBefore(request),
    opened: yearTimeText(request.view.openedAt, request.person.language),
    latest: inputTime(request.view.openedAt),
    label: request.view.positions.mine?.label ?? "",
    positions: positionTexts(request),
    districts: districtsToChoose(request),
  }),
  submit: async (request) => {
    const { ctx, party, body: given } = request;
    const { address, weather, weatherWord = "", district } = given;
    const occurredAt = timeOf(request);
    if (weather === "other" && weatherWord === "")
      throw new Invalid("h5.place.error.weatherWord" satisfies WordKey, { field: "weather" });
    await requirePrintable(ctx, { field: "address", text: address });
    await requirePrintable(ctx, { field: "weather", text: weatherWord });
    const place = { ...party, address, occurredAt, weather, weatherWord, district: district || null };
    await refusing(FAULT_WORDS, () => recordPlace(ctx, place));
  },
};
