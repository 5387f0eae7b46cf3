import ipaddr from "ipaddr.js";
import Joi from "joi";
import { setting } from "./setting.ts";
import { LIMITS } from "./settings-of-police-limits.ts";

const network = Joi.string().custom((text: string, helpers) =>
  ipaddr.isValidCIDR(text) ? text : helpers.message({ custom: "{#label} must be a network such as 10.1.0.0/16" }),
);

/** The officers' desk. */
export const POLICE = {
  police: {
    enabled: setting<boolean | undefined>({
      variable: "POLICE_DESK",
      schema: Joi.boolean(),
      otherwise: {
        en: "on with the simulator, else off: officers' desk under `/police`",
        zh: "随模拟服务开启，否则关闭：`/police` 下的执法工作台",
      },
      production: {
        en: "true once the authority takes part; the first account by `npm run officers -- invite`",
        zh: "公安机关接入后设为 true；首个账号用 `npm run officers -- invite` 建立",
      },
    }),
    allowFrom: setting<string[]>({
      schema: Joi.array().items(network).default([]),
      otherwise: {
        en: "none: the desk answers from everywhere; a list of networks narrows it, others get 404",
        zh: "无：不限来源；填写网段后，其他来源一律返回 404",
      },
      production: { en: "the authority's networks", zh: "填写公安机关网段" },
    }),
    limits: LIMITS,
  },
};
