import Joi from "joi";
import type { WordKey } from "../render.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
export const DAY_MS = 24 * 3600_000;

/** When a day "2026-11-23" begins in China; null: there is no such day. */
export function dayStart(day: string): Date | null {
  if (!DAY.test(day)) return null;
  const noon = new Date(`${day}T12:00:00Z`);
  const isDay = !Number.isNaN(noon.getTime()) && noon.toISOString().startsWith(day);
  return isDay ? new Date(`${day}T00:00:00+08:00`) : null;
}

/** A field for a day, as browsers send it. */
export const dayField = Joi.string()
  .custom((text: string, helpers) => (dayStart(text) ? text : helpers.error("day.format")))
  .messages({ "day.format": "police.search.error.day" satisfies WordKey });
