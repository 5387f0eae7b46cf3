import Joi from "joi";
import { recordPlace } from "../actions/record-place.ts";
import { WEATHERS, type Weather } from "../domain/accident.ts";
import { line } from "../http/fields.ts";
import type { WordKey } from "../render.ts";
import type { StepPage } from "./page.ts";
import { requirePrintable } from "./refusals.ts";

interface PlaceBody {
  address: string;
  weather: Weather;
}

/** Page 4: where and in which weather. */
export const placePage: StepPage<PlaceBody> = {
  template: "h5/place.njk",
  body: Joi.object<PlaceBody>({
    address: line(120)
      .required()
      .messages({
        "string.empty": "h5.place.error.address" satisfies WordKey,
        "any.required": "h5.place.error.address" satisfies WordKey,
      }),
    weather: Joi.valid(...WEATHERS)
      .required()
      .messages({ "*": "h5.place.error.weather" satisfies WordKey }),
  }),
  show: ({ view }) => ({ weathers: WEATHERS, position: view.scene.position }),
  submit: async ({ ctx, party, body }) => {
    await requirePrintable(ctx, { field: "address", text: body.address });
    await recordPlace(ctx, { ...party, ...body });
  },
};
