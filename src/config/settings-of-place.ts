import Joi from "joi";
import type { Outline } from "../domain/service-area.ts";
import { othersNetwork, phone } from "./formats.ts";
import { both, type Setting, setting, type Words } from "./setting.ts";

/** An insurer as the list names it. */
export interface WrittenInsurer {
  code: string;
  name: string | { zh: string; en: string };
  legalName?: string;
  hotline: string;
  url?: string;
  secretEnv?: string;
  schemaVersion: 1 | 2;
  promise?: { zh: string; en: string };
  allow: string[];
  caFile?: string;
}

const insurer = Joi.object({
  code: Joi.string()
    .pattern(/^[A-Z][A-Z0-9]{1,15}$/)
    .required(),
  name: Joi.alternatives(
    Joi.string().max(60),
    Joi.object({ zh: Joi.string().max(60).required(), en: Joi.string().max(60).required() }),
  ).required(),
  legalName: Joi.string().trim().max(100),
  hotline: phone.default(""),
  url: Joi.string().max(500),
  secretEnv: Joi.string().pattern(/^[A-Z][A-Z0-9_]*$/),
  schemaVersion: Joi.number().valid(1, 2).default(1),
  promise: Joi.object({ zh: Joi.string().max(60).required(), en: Joi.string().max(120).required() }),
  allow: Joi.array().items(othersNetwork).default([]),
  caFile: Joi.string().max(500),
})
  .with("url", "secretEnv")
  .messages({ "object.with": "needs {#peer} beside {#main}" });

/** Numbers of the city and of emergency services: nobody there answers for the operator. */
export const PUBLIC_LINES: ReadonlySet<string> = new Set(["12345", "110", "112", "119", "120", "122"]);

const TRIAL: Words = { en: "none: the pages say that this is a trial", zh: "无：页面注明为试用" };

/** A fact about the operator that the privacy notice names (PIPL art. 17). */
const named = (variable: string, schema: Joi.StringSchema, production: Words): Setting<string | undefined> =>
  setting({ variable, schema, required: "in production", otherwise: TRIAL, production });
const degrees = (most: number) => Joi.number().min(-most).max(most).required();
/** latitude, longitude */
const point = Joi.array().ordered(degrees(90), degrees(180));

/** Settings that differ by place. config/default.yaml has their values for Shanghai. */
export const PLACE = {
  city: {
    zh: setting<string>({
      schema: Joi.string().required(),
      otherwise: both("上海市"),
      production: { en: "yours", zh: "填写所在城市" },
    }),
    en: setting<string>({
      schema: Joi.string().required(),
      otherwise: both("Shanghai"),
      production: { en: "yours", zh: "填写所在城市" },
    }),
    adcode: setting<string>({
      schema: Joi.string()
        .pattern(/^\d{6}$/)
        .required(),
      otherwise: both("`310000`"),
      production: { en: "yours", zh: "填写所在城市" },
    }),
    areas: setting<Record<string, Outline>>({
      schema: Joi.object()
        .pattern(/^\d{6}$/, Joi.array().items(point).min(3))
        .required(),
      otherwise: {
        en: "Shanghai's outline under `310000`: a phone's position in the sea or elsewhere is refused",
        zh: "`310000` 为上海市轮廓：位于海上或市外的手机定位不予接受",
      },
      production: {
        en: "your city's under its adcode: points (latitude, longitude); without one any position in China is taken",
        zh: "所在城市 adcode 对应的轮廓：各点（纬度、经度）；没有的，接受中国境内任何定位",
      },
    }),
  },
  operatorName: named("OPERATOR_NAME", Joi.string().trim().max(100), {
    en: "required: your full legal name",
    zh: "必填：运营方的法定全称",
  }),
  operatorAddress: named("OPERATOR_ADDRESS", Joi.string().trim().max(200), {
    en: "required: your postal address",
    zh: "必填：运营方的通信地址",
  }),
  operatorEmail: named("OPERATOR_EMAIL", Joi.string().trim().email({ tlds: false }).max(100), {
    en: "required: whom a person writes to about their data",
    zh: "必填：受理个人信息事务的邮箱",
  }),
  operatorPhone: setting<string>({
    variable: "OPERATOR_PHONE",
    schema: phone.required(),
    objection: (number) =>
      PUBLIC_LINES.has(number.replaceAll(/[ -]/g, "")) ? "must be your own number, not a public line" : null,
    otherwise: { en: "12345 (the city's public service line)", zh: "12345（市民服务热线）" },
    production: {
      en: "your own number, given to a driver who writes 人工; 12345 and emergency numbers are refused",
      zh: "填写运营方自己的电话，驾驶人回复“人工”时提供；不得填写 12345 或报警、急救电话",
    },
  }),
  rulesDir: setting<string | undefined>({
    variable: "RULES_DIR",
    schema: Joi.string(),
    otherwise: { en: "none: the rules in `config/`", zh: "无：使用 `config/` 中的规则" },
    production: {
      en: "a folder with your city's `eligibility.yaml`, `liability.yaml`, `districts.yaml`, `holidays.yaml` or `menu.yaml`; what is not in it is taken from `config/`",
      zh: "存放本市 `eligibility.yaml`、`liability.yaml`、`districts.yaml`、`holidays.yaml`、`menu.yaml` 的文件夹；其中没有的仍取自 `config/`",
    },
  }),
  insurers: setting<WrittenInsurer[]>({
    schema: Joi.array().items(insurer).unique("code").min(1).required(),
    otherwise: { en: "stand-ins in the simulator", zh: "模拟服务" },
    production: { en: "your list, https addresses", zh: "填写实际名单，https 地址" },
  }),
};
