import type { Readable } from "node:stream";
import axios from "axios";
import type { Context } from "koa";
import getRawBody from "raw-body";
import { CookieJar } from "./cookie-jar.ts";

/** One of the two phones on the page: a person, a cookie jar, and WeChat's browser in front of the app. */
export interface Phone {
  index: number;
  openid: string;
  /** Passes a request of the phone's browser on to the app, as WeChat does. */
  browse(http: Context, path: string): Promise<void>;
  /** a new person: new openid, no cookies */
  reset(openid: string): void;
}

const MAX_BODY = "200mb";
const PASSED_ON = ["content-type", "accept", "accept-language", "if-none-match", "range", "x-csrf-token", "x-sent-by"];
const PASSED_BACK = [
  ...["content-type", "content-disposition", "cache-control", "etag", "last-modified", "retry-after"],
  ...["content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy", "x-form-not-taken"],
];
const WECHAT =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50 Language/zh_CN";

interface PhoneOptions {
  index: number;
  openid: string;
  appUrl: () => string;
  publicUrl: string;
}

export function createPhone({ index, openid, appUrl, publicUrl }: PhoneOptions): Phone {
  const jar = new CookieJar();
  const prefix = `/simulator/phones/${index}/web`;
  jar.set("phone", openid);
  const phone: Phone = {
    index,
    openid,
    reset(fresh) {
      jar.clear();
      jar.set("phone", fresh);
      phone.openid = fresh;
    },
    async browse(http, path) {
      const isStream = http.get("accept") === "text/event-stream";
      const answer = await axios.request<Buffer | Readable>({
        url: `${appUrl()}${path}${http.search}`,
        method: http.method,
        headers: {
          ...pick(http.headers, PASSED_ON),
          cookie: jar.header(),
          origin: publicUrl,
          "user-agent": WECHAT,
          host: new URL(publicUrl).host,
        },
        data: http.method === "GET" ? undefined : await getRawBody(http.req, { limit: MAX_BODY }),
        responseType: isStream ? "stream" : "arraybuffer",
        maxRedirects: 0,
        validateStatus: () => true,
        proxy: false,
      });
      jar.take([answer.headers["set-cookie"] ?? []].flat());
      http.status = answer.status;
      http.set(pick(answer.headers as Record<string, string>, PASSED_BACK));
      const location = answer.headers.location as string | undefined;
      if (location) http.set("location", within(location, prefix, publicUrl));
      const isText = /^(text\/html|application\/json)/.test(String(answer.headers["content-type"]));
      const { data } = answer;
      http.body = isText && Buffer.isBuffer(data) ? rewritten(data.toString("utf8"), prefix) : data;
    },
  };
  return phone;
}

function pick(headers: Record<string, unknown>, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}

/** Rewrites an address of ours so that it stays inside this phone. */
function within(location: string, prefix: string, publicUrl: string): string {
  const path = location.startsWith(publicUrl) ? location.slice(publicUrl.length) : location;
  return path.startsWith("/") ? `${prefix}${path}` : path;
}

/**
 * Rewrites links, forms and pictures of the drivers' pages and of their scripts' answers, so that they stay
 * inside this phone; its own script adds camera roll and position.
 */
function rewritten(html: string, prefix: string): string {
  return html
    .replaceAll(/([=:]["'])\/(h5|simulator\/platform)(?=[/"'?#])/g, `$1${prefix}/$2`)
    .replaceAll(/(url=)\/h5/g, `$1${prefix}/h5`)
    .replace("<head>", `<head><script src="/simulator/assets/phone.js"></script>`);
}
