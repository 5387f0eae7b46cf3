import { createHash } from "node:crypto";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios from "axios";
import Joi from "joi";
import type { Position } from "../domain/position.ts";
import type { Log } from "../log.ts";
import { limited, type Timer } from "../timer.ts";
import type { Geocoder } from "./geocoder.ts";

export interface TencentOptions {
  /** https://apis.map.qq.com, or a stand-in's address */
  url: string;
  key: string;
  /** secret of the key's signature check; null: the key is bound to addresses of ours instead */
  secret: string | null;
  now(): Date;
  timer: Timer;
  log: Log;
}

const PATH = "/ws/geocoder/v1/";
/** A page waits for the answer: the driver types the road sooner than that. */
const LIMIT_MS = 1_500;
/** After so many failures in a row nobody waits for it for a while. */
const FAILURES = 3;
const REST_MS = 60_000;
const MOST_KNOWN = 1_000;
const ANSWER_BYTES = 64 * 1024;

interface Answer {
  status: number;
  result?: { address?: string; formatted_addresses?: { recommend?: string; rough?: string } };
}

const answer = Joi.object<Answer>({
  status: Joi.number().required(),
  result: Joi.object({
    address: Joi.string().allow(""),
    formatted_addresses: Joi.object({ recommend: Joi.string().allow(""), rough: Joi.string().allow("") }).unknown(),
  }).unknown(),
}).unknown();

/**
 * Tencent's web service for reverse geocoding (https://lbs.qq.com/service/webService/webServiceGuide). It
 * takes GCJ-02 and, with coord_type 1, WGS-84.
 */
export function createTencentGeocoder({ url, key, secret, now, timer, log }: TencentOptions): Geocoder {
  const agents = { httpAgent: new HttpAgent({ keepAlive: true }), httpsAgent: new HttpsAgent({ keepAlive: true }) };
  const http = axios.create({ ...agents, proxy: false, maxRedirects: 0, maxContentLength: ANSWER_BYTES });
  let [failures, restsUntil] = [0, 0];
  // A page is opened more than once: the same place is not asked about again.
  const known = new Map<string, string | null>();

  async function ask(position: Pick<Position, "lat" | "lng" | "crs">): Promise<string | null> {
    const query = signed({ key, ...questionOf(position) }, secret);
    const limit = { timer, ms: LIMIT_MS };
    const { data } = await limited(limit, (signal) => http.get<unknown>(`${url}${PATH}?${query}`, { signal }));
    const { error, value } = answer.validate(data);
    if (error || value.status !== 0) throw new Error(`status-${error ? "unreadable" : value.status}`);
    return lineOf(value);
  }

  return {
    async addressOf(position) {
      const { location } = questionOf(position);
      const before = known.get(location);
      if (before !== undefined) return before;
      if (now().getTime() < restsUntil) return null;
      try {
        const address = await ask(position);
        failures = 0;
        known.set(location, address);
        const [oldest] = known.keys();
        if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
        return address;
      } catch (error) {
        failures++;
        if (failures >= FAILURES) restsUntil = now().getTime() + REST_MS;
        const { code, name, message } = error as { code?: string; name: string; message: string };
        log.warn({ code: code ?? (message.startsWith("status-") ? message : name), failures }, "geocoder.failed");
        return null;
      }
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

const questionOf = ({ lat, lng, crs }: Pick<Position, "lat" | "lng" | "crs">) => ({
  location: `${lat.toFixed(6)},${lng.toFixed(6)}`,
  // 1: GPS; 5: the national grid, in which the service answers
  coord_type: crs === "WGS-84" ? "1" : "5",
  get_poi: "0",
});

/**
 * Adds `sig`, the MD5 of the path with the sorted, unescaped parameters and the secret
 * (https://lbs.qq.com/faq/serverFaq/webServiceKey), and returns the query.
 */
function signed(params: Record<string, string>, secret: string | null): string {
  const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  const query = new URLSearchParams(sorted);
  if (secret) {
    const raw = sorted.map(([name, value]) => `${name}=${value}`).join("&");
    query.set("sig", createHash("md5").update(`${PATH}?${raw}${secret}`).digest("hex"));
  }
  return query.toString();
}

/** The nearest thing that people call by name, else the postal address; one printable line. */
function lineOf({ result }: Answer): string | null {
  const { recommend, rough } = result?.formatted_addresses ?? {};
  const line = recommend || rough || result?.address || "";
  return (
    line
      .replaceAll(/[\p{Cc}\p{Cf}]/gu, "")
      .trim()
      .slice(0, 120) || null
  );
}
