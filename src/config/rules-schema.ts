import Joi from "joi";

const text = Joi.string().min(1).max(200).required();
const articles = Joi.array().items(Joi.string().pattern(/^《.+》第.+/));

export const conditionsSchema = Joi.object({
  conditions: Joi.array()
    .items(
      Joi.object({
        id: Joi.string()
          .pattern(/^[a-z]+(-[a-z]+)*$/)
          .required(),
        zh: text,
        en: text,
        outcome: Joi.string().valid("hold-scene", "move-then-call", "call-now").required(),
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
  notEqual: Joi.array().items(Joi.array().items(Joi.string()).length(2)).required(),
});
