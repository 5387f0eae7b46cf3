import type { Condition } from "./domain/eligibility.ts";
import type { Catalogue } from "./domain/liability.ts";

/** An insurer as configured: who gets the claims and how he is reached. */
export interface Insurer {
  /** our own code, e.g. PICC */
  code: string;
  zh: string;
  en: string;
  hotline: string;
  /** where claims are posted; null: no interface, the driver calls the hotline */
  url: string | null;
  /** name of the variable that holds the secret (whsec_…), and the live secrets: the first signs, all verify */
  secretEnv: string | null;
  secrets: string[];
}

export interface WechatConfig {
  appid: string;
  secret: string;
  token: string;
  previousToken: string | null;
  aesKey: string;
  previousAesKey: string | null;
  mode: "plain" | "compatible" | "safe";
  /** API hosts in order of preference */
  apiUrls: string[];
  /** where the OAuth page lives (https://open.weixin.qq.com) */
  openUrl: string;
  /** original id of the account (gh_…) */
  account: string;
  /** template message id for news of a claim and of the case; null: templates are not used */
  noticeTemplateId: string | null;
}

export interface Config {
  production: boolean;
  port: number;
  host: string;
  /** as drivers and insurers see us, without a slash at the end */
  publicUrl: string;
  dataDir: string;
  /** null: the embedded default */
  mongodbUri: string | null;
  logLevel: string;
  /** stand-ins for the platform and the insurers are served (never in production) */
  simulator: boolean;
  wechat: WechatConfig;
  keys: { data: Buffer; session: Buffer };
  insurers: Insurer[];
  /** claims may be posted to loopback or private addresses (never in production) */
  allowPrivateAddresses: boolean;
  operatorPhone: string;
  city: { zh: string; en: string; adcode: string };
  rules: { catalogue: Catalogue; conditions: Condition[] };
}
