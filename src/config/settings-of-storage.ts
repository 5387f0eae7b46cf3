import Joi from "joi";
import { origin, secretText } from "./formats.ts";
import { both, NONE, type Setting, setting, type Words } from "./setting.ts";

const accessKey = (variable: string, otherwise: Words, production?: Words): Setting<string | undefined> =>
  setting({
    variable,
    schema: secretText(/^\S{3,2048}$/, "must be 3 to 2048 characters without spaces"),
    isSecret: true,
    otherwise,
    ...(production && { production }),
  });

/** Settings of storage: the place of photographs, signatures and papers, and how they are checked. */
export const STORAGE = {
  storage: setting<"gridfs" | "s3">({
    variable: "STORAGE",
    schema: Joi.string().valid("gridfs", "s3").default("gridfs"),
    otherwise: {
      en: "`{default}`: photos, signatures and papers in the database",
      zh: "`{default}`：照片、签名和文书存在数据库里",
    },
    production: {
      en: "`s3`: new ones go into a private bucket, the old ones are read where they are",
      zh: "`s3`：新文件存进私有存储桶，旧文件仍在原处读取",
    },
  }),
  bucket: {
    endpoint: setting<string | undefined>({ variable: "S3_ENDPOINT", schema: origin, otherwise: both("AWS") }),
    region: setting<string | undefined>({
      variable: "S3_REGION",
      schema: Joi.string().pattern(/^[a-z0-9-]{1,64}$/),
      otherwise: { en: "none: required with a bucket", zh: "无：使用存储桶时必填" },
      production: {
        en: "a region in mainland China, where the data must stay (PIPL arts. 38–40)",
        zh: "须选中国境内的地域，数据不得出境（《个人信息保护法》第三十八条至第四十条）",
      },
    }),
    // the names that S3 and compatible servers accept
    name: setting<string | undefined>({
      variable: "S3_BUCKET",
      schema: Joi.string().pattern(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
      isReal: Boolean,
      otherwise: NONE,
      production: {
        en: "keep it as long as the bucket holds anything",
        zh: "存储桶中还有文件时须保留",
      },
    }),
    prefix: setting<string>({
      variable: "S3_PREFIX",
      schema: Joi.string()
        .pattern(/^[\w-]+(\/[\w-]+)*\/$/)
        .max(200)
        .allow("")
        .default(""),
      otherwise: { en: "none (`a/b/`)", zh: "无（`a/b/`）" },
    }),
    forcePathStyle: setting<boolean>({
      variable: "S3_FORCE_PATH_STYLE",
      schema: Joi.boolean().default(false),
      otherwise: both("{default}"),
      production: { en: "true for MinIO", zh: "MinIO 设为 true" },
    }),
    accessKeyId: accessKey(
      "AWS_ACCESS_KEY_ID",
      { en: "the machine's own role", zh: "机器自身的角色" },
      { en: "may put, get and delete objects", zh: "要能写入、读取、删除对象" },
    ),
    secretAccessKey: accessKey("AWS_SECRET_ACCESS_KEY", {
      en: "the machine's own role",
      zh: "机器自身的角色",
    }),
    sessionToken: accessKey("AWS_SESSION_TOKEN", NONE),
  },
  scrub: {
    perMinute: setting<number>({
      schema: Joi.number().integer().min(0).max(600).default(20),
      otherwise: {
        en: "{default}: files that each process hashes again per minute (0: none)",
        zh: "{default}：每个进程每分钟重新校验的文件数（0 为不校验）",
      },
      production: { en: "enough for all of them within a month", zh: "以一个月内轮完一遍为宜" },
    }),
    everyDays: setting<number>({
      schema: Joi.number().integer().min(1).max(3_650).default(30),
      otherwise: {
        en: "{default}: after how many days each file's turn comes",
        zh: "{default}：每个文件间隔多少天校验一次",
      },
    }),
  },
};
