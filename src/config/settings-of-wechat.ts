import Joi from "joi";
import { address, secretText } from "./formats.ts";
import { NONE, REQUIRED, type Setting, setting, UNUSED, type Words } from "./setting.ts";

const IN_THE_SIMULATOR: Words = { en: "made once, in the simulator only", zh: "仅在模拟器中自动生成一次" };
const DURING_A_CHANGE: Words = {
  en: "during a change: the old value, accepted beside the new",
  zh: "更换期间填旧值，新旧都认",
};
const REAL = { isReal: Boolean };

/** One of the four values of the account. */
const ofAccount = (
  row: Pick<Setting<string | undefined>, "variable" | "schema" | "isSecret" | "drawn" | "production">,
) => setting<string | undefined>({ ...row, ...REAL, required: "without the simulator", otherwise: IN_THE_SIMULATOR });

const token = secretText(/^[A-Za-z0-9]{3,32}$/, "must be 3 to 32 letters and digits");
const aesKey = secretText(/^[A-Za-z0-9]{43}$/, "must be 43 letters and digits");

/** The official account and the platform behind it. */
export const WECHAT = {
  appid: ofAccount({
    variable: "WECHAT_APPID",
    schema: secretText(/^[A-Za-z0-9_-]{4,64}$/, "must be 4 to 64 letters and digits"),
    production: REQUIRED,
  }),
  secret: ofAccount({
    variable: "WECHAT_SECRET",
    schema: secretText(/^[A-Za-z0-9_-]{8,128}$/, "must be 8 to 128 letters and digits"),
    isSecret: true,
    production: REQUIRED,
  }),
  token: ofAccount({
    variable: "WECHAT_TOKEN",
    schema: token,
    isSecret: true,
    production: { en: "required: 3–32 letters and digits", zh: "必填：3–32 位字母数字" },
  }),
  aesKey: ofAccount({
    variable: "WECHAT_AES_KEY",
    schema: aesKey,
    isSecret: true,
    drawn: (text) => Buffer.from(text, "base64"),
    production: { en: "required: 43 letters and digits", zh: "必填：43 位字母数字" },
  }),
  previousToken: setting<string | undefined>({
    variable: "WECHAT_PREVIOUS_TOKEN",
    schema: token,
    isSecret: true,
    ...REAL,
    otherwise: NONE,
    production: DURING_A_CHANGE,
  }),
  previousAesKey: setting<string | undefined>({
    variable: "WECHAT_PREVIOUS_AES_KEY",
    schema: aesKey,
    isSecret: true,
    ...REAL,
    otherwise: NONE,
    production: DURING_A_CHANGE,
  }),
  mode: setting<"plain" | "compatible" | "safe">({
    variable: "WECHAT_MODE",
    schema: Joi.string().valid("plain", "compatible", "safe").default("safe"),
    objection: (mode) => (mode === "safe" ? null : "must be safe in production"),
    otherwise: { en: "`{default}` (or `plain`, `compatible`)", zh: "`{default}`（或 `plain`、`compatible`）" },
    production: { en: "`safe`", zh: "`safe`" },
  }),
  apiUrls: setting<string[] | undefined>({
    variable: "WECHAT_API_URL",
    schema: Joi.array().items(address).min(1),
    objection: (urls) => (urls.every((url) => url.startsWith("https:")) ? null : "must be https in production"),
    ...REAL,
    otherwise: {
      en: "the simulator; in production the platform's hosts, several in order",
      zh: "模拟器；生产为微信的接口域名，可按顺序填多个",
    },
    production: { en: "https", zh: "https" },
  }),
  openUrl: setting<string | undefined>({
    schema: address,
    ...REAL,
    otherwise: {
      en: "where the sign-in page lives, follows from the above",
      zh: "登录页地址，随上一项而定",
    },
  }),
  account: setting<string>({
    schema: Joi.string().max(64).default("gh_kuaichu"),
    otherwise: {
      en: "`{default}`: original id of the account that the simulator stands in for",
      zh: "`{default}`：模拟公众号的原始 ID",
    },
    production: UNUSED,
  }),
  noticeTemplateId: setting<string | undefined>({
    schema: Joi.string().max(128).allow(""),
    ...REAL,
    otherwise: {
      en: "none: no template messages. Its fields: `character_string1` `thing2` `time3`",
      zh: "无：不发模板消息。字段：`character_string1` `thing2` `time3`",
    },
    production: { en: "recommended", zh: "建议配置" },
  }),
  subscriptionTemplateId: setting<string | undefined>({
    schema: Joi.string().max(128),
    ...REAL,
    otherwise: { en: "none: no subscription notices. Same fields", zh: "无：不发订阅通知。字段同上" },
  }),
  verifyFile: setting<string | undefined>({
    variable: "WECHAT_VERIFY_FILE",
    schema: Joi.string()
      .pattern(/^MP_verify_[A-Za-z0-9]{8,64}\.txt$/)
      .messages({ "string.pattern.base": "must be the name of the platform's file: MP_verify_CODE.txt" }),
    otherwise: NONE,
    production: {
      en: "name of the platform's file (`MP_verify_CODE.txt`) for the domains of sign-in and JS interface; it is then served at the root, with CODE as its content",
      zh: "微信校验网页授权域名、JS 接口安全域名的文件名（`MP_verify_CODE.txt`）；填写后在网站根目录提供，内容为 CODE",
    },
  }),
  ocrPerDay: setting<number>({
    schema: Joi.number().integer().min(0).max(1_000_000).default(0),
    otherwise: {
      en: "{default}: pictures of licences never leave this machine",
      zh: "{default}：证件照片不离开本机",
    },
    production: {
      en: "how many a day WeChat's text recognition may read where ours is unsure (100 are free); the privacy notice then says so",
      zh: "本机识别不确定时，每天最多交由微信文字识别的张数（免费 100 张）；隐私告知会相应写明",
    },
  }),
};
