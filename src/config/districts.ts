import Joi from "joi";
import type { District } from "../domain/district.ts";

/** As the file has them: GeoJSON, longitude first, rings closed. */
export interface WrittenDistricts {
  /** the city of which these are the districts */
  adcode: string;
  districts: (Omit<District, "polygons"> & { polygons: [lng: number, lat: number][][][] })[];
}

const adcode = Joi.string()
  .pattern(/^\d{6}$/)
  .required()
  .messages({ "string.pattern.base": "must be six digits, in quotes" });
const name = Joi.string().trim().min(1).max(60).required();

/** China's span; written the other way round, a point lies outside of it. */
const OUTSIDE = "{#label} must be a degree of China: a point is [longitude, latitude]";
const degree = (least: number, most: number) =>
  Joi.number().min(least).max(most).required().messages({ "number.min": OUTSIDE, "number.max": OUTSIDE });
const point = Joi.array().ordered(degree(73, 136), degree(3, 54));

const ring = Joi.array()
  .items(point)
  .min(4)
  .custom((points: [number, number][], helpers) => {
    const [first, last] = [points[0], points.at(-1)];
    return String(first) === String(last) ? points : helpers.error("ring.open");
  })
  .messages({
    "array.min": "{#label} needs at least four points, the last of which is the first",
    "ring.open": "{#label} is not closed: its last point must be its first",
  });

export const districtsSchema = Joi.object({
  adcode,
  districts: Joi.array()
    .items(
      Joi.object({
        code: adcode,
        zh: name,
        en: name,
        polygons: Joi.array().items(Joi.array().items(ring).min(1)).default([]),
      }),
    )
    .unique("code")
    .required(),
});

/** The districts as the rules read them: latitude first, as every outline. */
export const districtsOf = ({ districts }: WrittenDistricts): District[] =>
  districts.map(({ polygons, ...district }) => ({
    ...district,
    polygons: polygons.map((rings) => rings.map((points) => points.map(([lng, lat]) => [lat, lng] as const))),
  }));
