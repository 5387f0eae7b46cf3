import Joi from "joi";
import type { Outcome } from "../domain/eligibility.ts";

const OUTCOMES: Record<Outcome, true> = {
  "call-now": true,
  "hold-scene": true,
  expressway: true,
  "move-then-call": true,
  "owner-absent": true,
};

const text = Joi.string().min(1).max(200).required();
/** 《法》第四十五条第二款: cited in Chinese numerals, as the law is. */
const articles = Joi.array().items(Joi.string().pattern(/^《.+》第[^0-9０-９]+$/));
const pairs = Joi.array().items(Joi.array().items(Joi.string()).length(2));

export const conditionsSchema = Joi.object({
  conditions: Joi.array()
    .items(
      Joi.object({
        id: Joi.string()
          .pattern(/^[a-z]+(-[a-z]+)*$/)
          // said by how many and what vehicles there are
          .invalid("more", "non-motor")
          .required(),
        zh: text,
        en: text,
        outcome: Joi.string()
          .valid(...Object.keys(OUTCOMES))
          .required(),
        legalBasis: articles.min(1).required(),
      }),
    )
    .unique("id")
    .min(1)
    .required(),
});

const CATEGORIES = "rear_end lane_change reversing rolling door signal give_way wrong_way other none".split(" ");

export const catalogueSchema = Joi.object({
  acts: Joi.array()
    .items(
      Joi.object({
        id: Joi.string()
          .pattern(/^(none|QS-\d{2})$/)
          .required(),
        zh: text,
        en: text,
        category: Joi.string()
          .valid(...CATEGORIES)
          .required(),
        legalBasis: articles.required(),
        settledHere: Joi.boolean().required(),
        photos: Joi.array()
          .items(Joi.valid("traffic-light", "lane-lines", "road-sign"))
          .unique()
          .default([]),
      }),
    )
    .unique("id")
    .min(2)
    .required(),
  contradictory: pairs.default([]),
  notEqual: pairs.required(),
  shares: Joi.object({
    primary: Joi.number().integer().min(51).max(99).required(),
    secondary: Joi.number()
      .integer()
      .valid(Joi.ref("primary", { adjust: (primary: number) => 100 - primary }))
      .required(),
  }),
});
