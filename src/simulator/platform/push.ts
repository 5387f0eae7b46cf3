import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type Limit, limited, SYSTEM_TIMER, type Timer } from "../../timer.ts";
import type { Account, Addresses } from "./account.ts";
import type { People, Person } from "./people.ts";
import { readReply } from "./reply.ts";
import { seal, sign } from "./sealing.ts";
import { toJson, toXml, type WireBody } from "./wire.ts";

export interface Delivery {
  /** `answered`: a reply was shown. `accepted`: `success` or nothing. `failed`: the apology was shown. */
  outcome: "answered" | "accepted" | "failed";
  tries: number;
  why?: string;
}

export interface PushRecord extends Delivery {
  at: number;
  openid: string;
  kind: string;
}

export interface PushOptions {
  account: Account;
  urls: Addresses;
  people: People;
  now: () => number;
  /** Time that the platform waits for an answer, and until it repeats: 5 s at the real one. */
  answerMs?: number;
  /** runs that time-out */
  timer?: Timer;
}

export interface Pusher {
  /** Sends a message or an event to the app, up to three times; `quiet`: the person sees no apology. */
  push(person: Person, body: WireBody, how?: { quiet: boolean }): Promise<Delivery>;
  records: PushRecord[];
}

const TRIES = 3;
const RECORDS = 300;
const ANSWER_MS = 5_000;
export const APOLOGY = "该公众号暂时无法提供服务，请稍后再试";

/** Sends pushes: signs, seals, waits, repeats, shows the reply. */
export function createPusher(options: PushOptions): Pusher {
  const { people, now, answerMs = ANSWER_MS, timer = SYSTEM_TIMER } = options;
  const records: PushRecord[] = [];

  async function push(person: Person, body: WireBody, { quiet } = { quiet: false }): Promise<Delivery> {
    const delivery = await deliver(options, { timer, ms: answerMs }, person.openid, body);
    const { line, ...rest } = delivery;
    if (line) people.write(person, line);
    if (rest.outcome === "failed" && !quiet) {
      people.write(person, { from: "platform", via: "notice", kind: "notice", text: APOLOGY });
    }
    const kind = String(body["Event"] ?? body["MsgType"] ?? "");
    records.push({ at: now(), openid: person.openid, kind, ...rest });
    if (records.length > RECORDS) records.shift();
    return rest;
  }

  return { push, records };
}

type Line = Parameters<People["write"]>[1];

async function deliver(
  { account, urls, now }: PushOptions,
  answer: Limit,
  openid: string,
  body: WireBody,
): Promise<Delivery & { line?: Line }> {
  let why = "";
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const startedAt = now();
    const answered = await post(urls.app(), postOf(account, openid, body, now()), answer);
    if (typeof answered === "string") {
      const reply = readReply(account, openid, answered);
      if (reply.kind === "none") return { outcome: "accepted", tries };
      if (reply.kind === "garbage") return { outcome: "failed", tries, why: reply.why };
      return { outcome: "answered", tries, line: { from: "account", via: "passive", ...reply.line } };
    }
    why = answered.why;
    // A quick failure is not repeated at once: attempts are a whole waiting time apart.
    if (tries < TRIES) await wait(Math.max(0, answer.ms - (now() - startedAt)));
  }
  return { outcome: "failed", tries: TRIES, why };
}

interface Post {
  query: Record<string, string>;
  type: string;
  body: string;
}

function postOf(account: Account, openid: string, body: WireBody, now: number): Post {
  const timestamp = String(Math.floor(now / 1000));
  const nonce = String(randomInt(1e8, 2e9));
  const query: Record<string, string> = { signature: sign(account.token, timestamp, nonce), timestamp, nonce, openid };
  const render = account.format === "json" ? toJson : toXml;
  const type = account.format === "json" ? "application/json" : "text/xml";
  if (account.mode === "plain") return { query, type, body: render(body) };
  const Encrypt = seal(account, render(body));
  query["encrypt_type"] = "aes";
  query["msg_signature"] = sign(account.token, timestamp, nonce, Encrypt);
  const outer: WireBody = account.mode === "safe" ? { ToUserName: account.account, Encrypt } : { ...body, Encrypt };
  return { query, type, body: render(outer) };
}

async function post(app: string, { query, type, body }: Post, limit: Limit): Promise<string | { why: string }> {
  try {
    return await limited(limit, async (signal) => {
      const response = await fetch(`${app}/wechat?${new URLSearchParams(query)}`, {
        method: "POST",
        headers: { "content-type": type, "user-agent": "Mozilla/4.0", pragma: "no-cache" },
        body,
        redirect: "manual",
        signal,
      });
      const text = await response.text();
      return response.status === 200 ? text : { why: `status ${response.status}` };
    });
  } catch (error) {
    return { why: error instanceof Error ? error.name : "unknown" };
  }
}

/** 64 bits, increasing, beyond what a double can hold. */
export function createMsgIds(now: () => number): () => bigint {
  let last = (BigInt(now()) << 22n) + BigInt(randomBytes(2).readUInt16BE());
  return () => {
    last += 1n;
    return last;
  };
}
