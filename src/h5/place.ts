import Joi from "joi";
import { recordPlace } from "../actions/record-place.ts";
import { WEATHERS, type Weather } from "../domain/accident.ts";
import { line } from "../http/fields.ts";
import type { WordKey } from "../render.ts";
import type { PageRequest, StepPage } from "./page.ts";
import { requirePrintable } from "./refusals.ts";

interface PlaceBody {
  address: string;
  weather: Weather;
}

/** The road as the operator's service names it, while nothing else is known; it counts once it is sent. */
async function proposalOf({ ctx, view }: PageRequest): Promise<string | null> {
  const { address, position } = view.scene;
  return address || !position || position.label ? null : ctx.geocoder.addressOf(position);
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
  show: async (request) => ({
    weathers: WEATHERS,
    position: request.view.scene.position,
    proposal: await proposalOf(request),
  }),
  submit: async ({ ctx, party, body }) => {
    await requirePrintable(ctx, { field: "address", text: body.address });
    await recordPlace(ctx, { ...party, ...body });
  },
};
