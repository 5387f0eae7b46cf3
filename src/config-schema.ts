import Joi from "joi";
import type { BucketConfig, Config, WechatConfig } from "./config.ts";

/** The platform's hosts in order of preference; the access token is shared by all of them. */
export const PLATFORM_HOSTS = [
  "https://api.weixin.qq.com",
  "https://api2.weixin.qq.com",
  "https://sh.api.weixin.qq.com",
  "https://sz.api.weixin.qq.com",
];
export const PLATFORM_PAGES = "https://open.weixin.qq.com";

/** Which variable sets which setting. A setting can stand in a file, too; the variable wins. */
export const VARIABLES: Record<string, string> = {
  PORT: "port",
  HOST: "host",
  PUBLIC_URL: "publicUrl",
  DATA_DIR: "dataDir",
  MONGODB_URI: "mongodbUri",
  EMBEDDED_PORT: "embeddedPort",
  LOG_LEVEL: "logLevel",
  SIMULATOR: "simulator",
  PHOTO_READER: "photos.reader",
  STORAGE: "storage",
  S3_ENDPOINT: "bucket.endpoint",
  S3_REGION: "bucket.region",
  S3_BUCKET: "bucket.name",
  S3_PREFIX: "bucket.prefix",
  S3_FORCE_PATH_STYLE: "bucket.forcePathStyle",
  AWS_ACCESS_KEY_ID: "bucket.accessKeyId",
  AWS_SECRET_ACCESS_KEY: "bucket.secretAccessKey",
  AWS_SESSION_TOKEN: "bucket.sessionToken",
  DATA_KEY: "keys.data",
  SESSION_KEY: "keys.session",
  WECHAT_APPID: "wechat.appid",
  WECHAT_SECRET: "wechat.secret",
  WECHAT_TOKEN: "wechat.token",
  WECHAT_AES_KEY: "wechat.aesKey",
  WECHAT_PREVIOUS_TOKEN: "wechat.previousToken",
  WECHAT_PREVIOUS_AES_KEY: "wechat.previousAesKey",
  WECHAT_MODE: "wechat.mode",
  WECHAT_API_URL: "wechat.apiUrls",
};

/**
 * Secrets. Each may be given as the path of a file in the variable of this name with `_FILE` appended; so may
 * each insurer's `secretEnv`.
 */
export const SECRETS: readonly string[] = [
  "MONGODB_URI",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "DATA_KEY",
  "SESSION_KEY",
  "WECHAT_SECRET",
  "WECHAT_TOKEN",
  "WECHAT_AES_KEY",
  "WECHAT_PREVIOUS_TOKEN",
  "WECHAT_PREVIOUS_AES_KEY",
];

/** A fault is named by its variable where there is one, else by its path in the file. */
export function nameOf(path: string): string {
  return Object.keys(VARIABLES).find((variable) => VARIABLES[variable] === path) ?? path;
}

/** 32 bytes, written as base64 or as 64 hexadecimal digits; null if they are not. */
export function keyBytes(text: string): Buffer | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex");
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, "base64") : null;
}

/** Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes. */
export function isWebhookSecret(text: string): boolean {
  const match = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(text);
  const bytes = match?.[1] ? Buffer.from(match[1], "base64").length : 0;
  return bytes >= 24 && bytes <= 64;
}

/** Never Joi's own sentence for a secret: it repeats the value. */
const secretText = (pattern: RegExp, sentence: string) =>
  Joi.string().pattern(pattern).messages({ "string.pattern.base": sentence, "string.base": sentence });

const key = Joi.string()
  .custom((text: string, helpers) => keyBytes(text) ?? helpers.error("key.bytes"))
  .messages({ "key.bytes": "must be 32 bytes as base64 or as 64 hexadecimal digits" });
const origin = Joi.string()
  .custom((text: string, helpers) => (isOrigin(text) ? text.replace(/\/$/, "") : helpers.error("url.origin")))
  .messages({ "url.origin": "must be http(s)://host[:port] without a path" });
const address = Joi.string()
  .uri({ scheme: ["http", "https"] })
  .replace(/\/+$/, "");
const addressList = Joi.array().items(address).min(1);

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
}

const bucketKey = secretText(/^\S{3,2048}$/, "must be 3 to 2048 characters without spaces");
const bucket = Joi.object({
  endpoint: origin,
  region: Joi.string()
    .pattern(/^[a-z0-9-]{1,64}$/)
    .default("us-east-1"),
  // the names that S3 and all who speak its protocol take
  name: Joi.string().pattern(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  prefix: Joi.string()
    .pattern(/^[\w-]+(\/[\w-]+)*\/$/)
    .max(200)
    .allow("")
    .default(""),
  forcePathStyle: Joi.boolean().default(false),
  accessKeyId: bucketKey,
  secretAccessKey: bucketKey,
  sessionToken: bucketKey,
})
  .and("accessKeyId", "secretAccessKey")
  .messages({ "object.and": "needs {#missing} beside {#present}" })
  .default();

const insurer = Joi.object({
  code: Joi.string()
    .pattern(/^[A-Z][A-Z0-9]{1,15}$/)
    .required(),
  name: Joi.alternatives(
    Joi.string().max(60),
    Joi.object({ zh: Joi.string().max(60).required(), en: Joi.string().max(60).required() }),
  ).required(),
  hotline: Joi.string()
    .pattern(/^[0-9+ -]{3,20}$/)
    .default(""),
  url: Joi.string().max(500),
  secretEnv: Joi.string().pattern(/^[A-Z][A-Z0-9_]*$/),
})
  .with("url", "secretEnv")
  .messages({ "object.with": "needs {#peer} beside {#main}" });

/** What the schema lets through: as written, before what follows from it is filled in. */
export interface Settings {
  port: number;
  host?: string;
  publicUrl?: string;
  dataDir: string;
  mongodbUri?: string;
  embeddedPort?: number;
  logLevel: string;
  simulator?: boolean;
  allowPrivateAddresses?: boolean;
  trustProxy: boolean;
  photos: Config["photos"];
  operatorPhone: string;
  city: Config["city"];
  storage: Config["storage"];
  bucket: Omit<BucketConfig, "name"> & { name?: string };
  scrub: Config["scrub"];
  keys: { data?: Buffer; session?: Buffer };
  wechat: Partial<WechatConfig> & Pick<WechatConfig, "mode" | "account" | "ocrPerDay">;
  insurers: {
    code: string;
    name: string | { zh: string; en: string };
    hotline: string;
    url?: string;
    secretEnv?: string;
  }[];
}

/** The shape of all settings; what only production demands is in `config-checks.ts`. */
export const settingsSchema = Joi.object({
  port: Joi.number().port().required(),
  host: Joi.string().max(255),
  publicUrl: origin,
  dataDir: Joi.string().required(),
  mongodbUri: secretText(/^mongodb(\+srv)?:\/\/\S+$/, "must begin with mongodb:// or mongodb+srv://"),
  embeddedPort: Joi.number().port(),
  logLevel: Joi.string().valid("fatal", "error", "warn", "info", "debug", "trace", "silent").required(),
  simulator: Joi.boolean(),
  allowPrivateAddresses: Joi.boolean(),
  trustProxy: Joi.boolean().required(),
  photos: Joi.object({ reader: Joi.boolean().required() }).required(),
  operatorPhone: Joi.string()
    .pattern(/^[0-9+ -]{3,20}$/)
    .required(),
  city: Joi.object({
    zh: Joi.string().required(),
    en: Joi.string().required(),
    adcode: Joi.string()
      .pattern(/^\d{6}$/)
      .required(),
  }).required(),
  storage: Joi.string().valid("gridfs", "s3").required(),
  bucket,
  scrub: Joi.object({
    perMinute: Joi.number().integer().min(0).max(600).required(),
    everyDays: Joi.number().integer().min(1).max(3_650).required(),
  }).required(),
  keys: Joi.object({ data: key, session: key }).default({}),
  wechat: Joi.object({
    appid: secretText(/^[A-Za-z0-9_-]{4,64}$/, "must be 4 to 64 letters and digits"),
    secret: secretText(/^[A-Za-z0-9_-]{8,128}$/, "must be 8 to 128 letters and digits"),
    token: secretText(/^[A-Za-z0-9]{3,32}$/, "must be 3 to 32 letters and digits"),
    previousToken: secretText(/^[A-Za-z0-9]{3,32}$/, "must be 3 to 32 letters and digits"),
    aesKey: secretText(/^[A-Za-z0-9]{43}$/, "must be 43 letters and digits"),
    previousAesKey: secretText(/^[A-Za-z0-9]{43}$/, "must be 43 letters and digits"),
    mode: Joi.string().valid("plain", "compatible", "safe").required(),
    apiUrls: addressList,
    openUrl: address,
    account: Joi.string().max(64).required(),
    noticeTemplateId: Joi.string().max(128).allow(""),
    subscriptionTemplateId: Joi.string().max(128),
    ocrPerDay: Joi.number().integer().min(0).max(1_000_000).required(),
  }).required(),
  insurers: Joi.array().items(insurer).unique("code").min(1).required(),
});

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
