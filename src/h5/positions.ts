import Joi from "joi";
import { dropPosition } from "../actions/drop-position.ts";
import { takePosition } from "../actions/take-position.ts";
import type { Position } from "../domain/accident.ts";
import { decimal } from "../http/fields.ts";
import type { Translate, WordKey } from "../render.ts";
import { type PageRequest, type PartyPage, pageUrl } from "./page.ts";
import { refusing } from "./refusals.ts";

const A_KM = 1_000;

/** A distance in words: to ten metres, from a kilometre on to a tenth of one. */
export const distanceText = (t: Translate, metres: number): string =>
  metres < A_KM
    ? t("h5.position.metres", { m: Math.max(10, Math.round(metres / 10) * 10) })
    : t("h5.position.kilometres", { km: (metres / A_KM).toFixed(1) });

/** A position in words: the map's line where it has one, coordinates, how exactly they are known. */
export function positionText(t: Translate, { lat, lng, accuracyM, label }: Position): string {
  const exact = t("h5.position.point", { lat: lat.toFixed(5), lng: lng.toFixed(5) });
  const within = accuracyM === null ? "" : t("h5.position.within", { m: accuracyM });
  return `${label ? `${label} ` : ""}${exact}${within}`;
}

/** Both phones' positions for a page. */
export function positionTexts({ view, t }: PageRequest) {
  const { mine, theirs, metresApart, areApart, mayTake } = view.positions;
  const distance = metresApart === null ? null : distanceText(t, metresApart);
  return {
    mine: mine && positionText(t, mine),
    theirs: theirs && positionText(t, theirs),
    distance,
    areApart,
    mayTake,
    url: pageUrl(view.id, "position"),
  };
}

interface PositionBody {
  lat?: number;
  lng?: number;
  accuracy?: number;
  drop?: "yes";
}

/**
 * This driver's phone, sent by the pages' scripts (WGS-84, W3C Geolocation): silently with the first picture,
 * or anew; `drop` takes a wrong one out.
 */
export const positionPage: PartyPage<PositionBody> = {
  path: "position",
  body: Joi.object<PositionBody>({
    lat: decimal(-90, 90),
    lng: decimal(-180, 180),
    accuracy: decimal(0, 1_000_000),
    drop: Joi.valid("yes"),
  })
    .xor("lat", "drop")
    .and("lat", "lng"),
  async submit({ ctx, party, body: { lat, lng, accuracy, drop } }) {
    if (drop || lat === undefined || lng === undefined) {
      await dropPosition(ctx, party);
      return pageUrl(party.accidentId, "place");
    }
    const accuracyM = accuracy === undefined ? null : Math.round(accuracy);
    const position: Position = { label: null, lat, lng, crs: "WGS-84", accuracyM };
    await refusing({ "position-outside": "h5.position.outside" satisfies WordKey }, () =>
      takePosition(ctx, { ...party, position }),
    );
    return null;
  },
};
