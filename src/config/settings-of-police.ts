import Joi from "joi";
import { network } from "./formats.ts";
import { setting } from "./setting.ts";
import { LIMITS } from "./settings-of-police-limits.ts";

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
    authority: {
      name: setting<string | undefined>({
        schema: Joi.string().trim().min(2).max(60),
        otherwise: { en: "an example's: it heads every determination letter", zh: "示例名称：印在每份事故认定书上" },
        production: { en: "required with the desk: the authority's full name", zh: "启用工作台时必填：公安机关全称" },
      }),
      code: setting<string | undefined>({
        schema: Joi.string()
          .pattern(/^\d{6,12}$/)
          .messages({ "string.pattern.base": "must be 6 to 12 digits, in quotes" }),
        otherwise: { en: "`000000`: begins the numbers of letters", zh: "`000000`：认定书编号的前缀" },
        production: { en: "required with the desk: the authority's code", zh: "启用工作台时必填：公安机关代码" },
      }),
      reviewer: setting<string | undefined>({
        schema: Joi.string().trim().min(2).max(60),
        otherwise: {
          en: "none: the letter says that a review is asked of the authority of the next higher level",
          zh: "无：认定书写明向上一级公安机关交通管理部门申请复核",
        },
        production: { en: "that authority's name", zh: "填写受理复核的机关名称" },
      }),
      seal: setting<string | undefined>({
        schema: Joi.string().max(500),
        otherwise: {
          en: "none: the letter has a line for the seal, and the log warns (`police.no-seal`); else the path of a PNG of at most 1 MB with a transparent ground, below `RULES_DIR` where that is set",
          zh: "无：认定书留出盖章处，日志提示 `police.no-seal`；否则为透明背景 PNG 的路径（不超过 1 MB；设置了 `RULES_DIR` 的，相对于该文件夹）",
        },
        production: { en: "the authority's seal", zh: "填写公安机关印章图片" },
      }),
    },
  },
};
