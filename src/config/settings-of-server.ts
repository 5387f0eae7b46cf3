import Joi from "joi";
import { address, isLoopback, key, origin, secretText } from "./formats.ts";
import { both, NONE, REFUSED, REQUIRED, setting, UNUSED } from "./setting.ts";

const keySetting = (variable: string) =>
  setting<Buffer | undefined>({
    variable,
    schema: key,
    isSecret: true,
    required: "in production",
    drawn: (bytes) => bytes,
    otherwise: { en: "made once, kept in `DATA_DIR`", zh: "自动生成一次，存在 `DATA_DIR`" },
    production: { en: "required: 32 bytes, base64 or hex", zh: "必填：32 字节，base64 或十六进制" },
  });

const otherKeySetting = (variable: string, of: string) =>
  setting<Buffer | undefined>({
    variable,
    schema: key,
    isSecret: true,
    drawn: (bytes) => bytes,
    otherwise: NONE,
    production: {
      en: `while \`${of}\` is changed: the other value, accepted beside it`,
      zh: `更换 \`${of}\` 期间填写：与其同时有效的另一个值`,
    },
  });

/**
 * What one process may serve: drivers, the platform and the insurers (`web`), the background jobs (`jobs`),
 * the officers' desk (`desk`).
 */
export const PROCESS_ROLES = ["web", "jobs", "desk"] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];

/** Settings of the server: address, data, access. */
export const SERVER = {
  roles: setting<ProcessRole[]>({
    variable: "ROLES",
    schema: Joi.array()
      .items(Joi.valid(...PROCESS_ROLES))
      .min(1)
      .unique()
      .default([...PROCESS_ROLES]),
    otherwise: {
      en: "`{default}`: what this process serves. `web`: drivers, WeChat, insurers; `jobs`: everything in the background; `desk`: `/police`, where it is on",
      zh: "`{default}`：本进程承担的部分。`web`：驾驶人页面、微信、保险公司接口；`jobs`：全部后台任务；`desk`：`/police`（启用时）",
    },
    production: {
      en: "several processes may share the parts; each of them must run somewhere",
      zh: "可由多个进程分担，各部分至少须有一个进程承担",
    },
  }),
  port: setting<number>({ variable: "PORT", schema: Joi.number().port().default(8080), otherwise: both("{default}") }),
  host: setting<string | undefined>({
    variable: "HOST",
    schema: Joi.string().max(255),
    otherwise: { en: "127.0.0.1; in production 0.0.0.0", zh: "127.0.0.1；生产为 0.0.0.0" },
  }),
  publicUrl: setting<string | undefined>({
    variable: "PUBLIC_URL",
    schema: origin,
    required: "in production",
    objection: (url) => (url.startsWith("http:") ? "must be https in production" : null),
    isReal: (url) => !isLoopback(url),
    otherwise: { en: "`http://localhost:PORT`", zh: "`http://localhost:端口`" },
    production: { en: "required, https, no path", zh: "必填，https，不带路径" },
  }),
  dataDir: setting<string>({
    variable: "DATA_DIR",
    schema: Joi.string().default("data"),
    otherwise: {
      en: "`{default}`: embedded database and development keys",
      zh: "`{default}`：内嵌数据库和开发用密钥",
    },
    production: UNUSED,
  }),
  mongodbUri: setting<string | undefined>({
    variable: "MONGODB_URI",
    schema: secretText(/^mongodb(\+srv)?:\/\/\S+$/, "must begin with mongodb:// or mongodb+srv://"),
    isSecret: true,
    required: "in production",
    isReal: Boolean,
    otherwise: { en: "none: the embedded database starts", zh: "无：启动内嵌数据库" },
    production: REQUIRED,
  }),
  embeddedPort: setting<number | undefined>({
    variable: "EMBEDDED_PORT",
    schema: Joi.number().port(),
    otherwise: {
      en: "none: the embedded database has a socket in its folder (0700), for this user alone. A port opens it on loopback to every user of the machine, without a password (on Windows always)",
      zh: "无：内嵌数据库只在自己的目录（0700）里有一个套接字，仅限本用户。填了端口，就在本机回环地址上对所有用户开放，不设密码（Windows 上总是如此）",
    },
    production: UNUSED,
  }),
  shutdownDelayS: setting<number | undefined>({
    variable: "SHUTDOWN_DELAY",
    schema: Joi.number().min(0).max(120),
    otherwise: {
      en: "0; in production 5: seconds for which the doors stay open after `SIGTERM`, while `/readyz` is 503 already",
      zh: "0；生产为 5：收到 `SIGTERM` 后 `/readyz` 立即返回 503，并继续接收请求的秒数",
    },
    production: {
      en: "longer than the proxy takes to see it: its interval of checks times the failures it waits for",
      zh: "须长于代理发现所需的时间：检查间隔乘以判定失败的次数",
    },
  }),
  metrics: {
    port: setting<number | undefined>({
      variable: "METRICS_PORT",
      schema: Joi.number().port(),
      otherwise: {
        en: "none: numbers for Prometheus are not served. A port serves them at `/metrics`",
        zh: "无：不提供 Prometheus 指标。填写端口后在 `/metrics` 提供",
      },
    }),
    host: setting<string>({
      variable: "METRICS_HOST",
      schema: Joi.string().max(255).default("127.0.0.1"),
      otherwise: {
        en: "`{default}`; in a container `0.0.0.0`, on a network that the public does not reach",
        zh: "`{default}`；容器中填 `0.0.0.0`，该网络不得对公网开放",
      },
    }),
  },
  keys: {
    data: keySetting("DATA_KEY"),
    session: keySetting("SESSION_KEY"),
    otherData: otherKeySetting("OTHER_DATA_KEY", "DATA_KEY"),
    otherSession: otherKeySetting("OTHER_SESSION_KEY", "SESSION_KEY"),
  },
  logLevel: setting<string>({
    variable: "LOG_LEVEL",
    schema: Joi.string().valid("fatal", "error", "warn", "info", "debug", "trace", "silent").default("info"),
    otherwise: both("`{default}`"),
  }),
  simulator: setting<boolean | undefined>({
    variable: "SIMULATOR",
    schema: Joi.boolean(),
    objection: (isAsked) => (isAsked ? "refused in production" : null),
    otherwise: {
      en: "on while nothing real is given: no database, public address, account, platform's address, bucket, insurer's address or secret. With any of these it is off unless set to true, and what it stood in for must be given. Its stand-ins never get a configured secret",
      zh: "未给出任何真实设置（数据库、公网地址、公众号、微信接口地址、存储桶、保险公司的地址或密钥）时开启；给出其中任何一项后，须明确设为 true 才开启，否则关闭，原由模拟服务代替的各项须自行给出。模拟服务不使用已配置的密钥",
    },
    production: REFUSED,
  }),
  trustProxy: setting<boolean>({
    schema: Joi.boolean().default(false),
    otherwise: {
      en: "{default}: the limit on sign-ins (300 requests a minute from one address) goes by the connection's address",
      zh: "{default}：登录限速（每个地址每分钟 300 个请求）按连接的地址算",
    },
    production: {
      en: "true behind a proxy that adds the caller's address to `X-Forwarded-For`, else all drivers share one limit",
      zh: "前置代理会将来访地址写入 `X-Forwarded-For` 时设为 true，否则所有驾驶人共用一个限速",
    },
  }),
  allowPrivateAddresses: setting<boolean | undefined>({
    schema: Joi.boolean(),
    objection: (isAllowed) => (isAllowed ? "refused in production" : null),
    otherwise: {
      en: "true: claims may be posted to loopback and private networks",
      zh: "true：允许向本机和内网地址报案",
    },
    production: REFUSED,
  }),
};

/** The operator's service that names the road at a position. */
export const GEOCODER = {
  geocoder: {
    key: setting<string | undefined>({
      variable: "TENCENT_MAP_KEY",
      schema: secretText(
        /^[A-Za-z0-9-]{16,64}$/,
        "must be the key of Tencent's web service, 16 to 64 letters, digits and hyphens",
      ),
      isSecret: true,
      isReal: Boolean,
      otherwise: {
        en: "none: the road is typed by hand, no position leaves this machine (in the simulator a stand-in names one)",
        zh: "无：地点手动填写，位置不离开本机（模拟器由模拟服务给出）",
      },
      production: {
        en: "key of Tencent's location service (WebServiceAPI): it gets the position of the first phone and proposes the address; the privacy notice then says so",
        zh: "腾讯位置服务 WebServiceAPI 的 key：将事故位置发给该服务，得到的地址供驾驶人核对；隐私告知会相应写明",
      },
    }),
    secret: setting<string | undefined>({
      variable: "TENCENT_MAP_SECRET",
      schema: secretText(/^[A-Za-z0-9]{16,64}$/, "must be the key's secret (SK), 16 to 64 letters and digits"),
      isSecret: true,
      isReal: Boolean,
      otherwise: NONE,
      production: {
        en: "the key's SK, where its signature check is on",
        zh: "该 key 开启签名校验时的 SK",
      },
    }),
    url: setting<string>({
      schema: address.default("https://apis.map.qq.com"),
      objection: (url) => (url.startsWith("https:") ? null : "must be https in production"),
      otherwise: both("`{default}`"),
    }),
  },
};

/** Photographs: how they are read. */
export const PHOTOS = {
  photos: {
    reader: setting<boolean>({
      variable: "PHOTO_READER",
      schema: Joi.boolean().default(true),
      otherwise: {
        en: "{default}: plates and licences are read on this machine, by a process of up to 400 MB, if the optional packages are installed",
        zh: "{default}：已安装可选包时，由一个不超过 400 MB 的进程在本机识别车牌和证件",
      },
      production: { en: "false: all is typed by hand", zh: "false：全部手动填写" },
    }),
  },
};
