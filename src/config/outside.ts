import { PLATFORM_HOSTS, PLATFORM_PAGES } from "./platform.ts";
import type { Settings } from "./settings.ts";

/** The official account, and where the platform is reached. */
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
  /** original id (gh_…) of the account that the simulator stands in for; a real push brings its own */
  account: string;
  /** template message id for news of a claim and of the case; null: templates are not used */
  noticeTemplateId: string | null;
  /** subscription notice (订阅通知) for people who agreed to one, followers or not; null: not used */
  subscriptionTemplateId: string | null;
  /** name of the file by which the platform checks a domain; its content stands in it */
  verifyFile: string | null;
  /**
   * licences that the platform may be asked to read in a day, where our own reader is unsure; 0: pictures of
   * papers never leave us
   */
  ocrPerDay: number;
}

/** A bucket that speaks the S3 protocol, for photographs, signatures and papers. */
export interface BucketConfig {
  /** none: AWS itself, by the region */
  endpoint?: string;
  region: string;
  name: string;
  /** in front of every name in it; empty, or with a slash at the end */
  prefix: string;
  /** the bucket stands in the path, not in the host: MinIO and most servers of one's own */
  forcePathStyle: boolean;
  /** none: the machine's own role */
  accessKeyId?: string;
  secretAccessKey?: string;
  sessionToken?: string;
}

/** The service that names the road at a position. */
export interface GeocoderConfig {
  url: string;
  key: string;
  secret: string | null;
}

export function bucketOf({ bucket }: Settings): BucketConfig | null {
  const { name, region } = bucket;
  return name && region ? { ...bucket, name, region } : null;
}

/** `standIn`: where the simulator names a road, while no key is given. */
export function geocoderOf({ geocoder }: Settings, standIn: string | null): GeocoderConfig | null {
  const { key, secret = null, url } = geocoder;
  if (key) return { url, key, secret };
  return standIn ? { url: standIn, key: "simulator", secret: "simulator" } : null;
}

/** `standIn`: where the simulator's platform serves the account that was made here. */
export function wechatOf({ wechat }: Settings, standIn: string | null): WechatConfig {
  const apiUrls = wechat.apiUrls ?? (standIn ? [standIn] : PLATFORM_HOSTS);
  const [first = ""] = apiUrls;
  return {
    appid: wechat.appid ?? "",
    secret: wechat.secret ?? "",
    token: wechat.token ?? "",
    previousToken: wechat.previousToken ?? null,
    aesKey: wechat.aesKey ?? "",
    previousAesKey: wechat.previousAesKey ?? null,
    mode: wechat.mode,
    apiUrls,
    // a stand-in for the platform serves both surfaces under one address
    openUrl: wechat.openUrl ?? (new URL(first).hostname.endsWith(".weixin.qq.com") ? PLATFORM_PAGES : first),
    account: wechat.account,
    // the stand-in takes any template, so that news arrives as it would on a phone
    noticeTemplateId: wechat.noticeTemplateId || (wechat.apiUrls || !standIn ? null : "simulator"),
    subscriptionTemplateId: wechat.subscriptionTemplateId ?? null,
    verifyFile: wechat.verifyFile ?? null,
    ocrPerDay: wechat.ocrPerDay,
  };
}
