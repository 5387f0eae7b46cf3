import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { type Node, parseJson, parseXml, textOf, toXml } from "../../src/simulator/platform/wire.ts";
import { listen, type RunningServer, testAccount } from "./platform-server.ts";

/** The cipher of a package that is neither ours nor the stand-in's. */
interface Cryptor {
  decrypt(sealed: string): { message: string; id: string };
  encrypt(message: string): string;
  getSignature(timestamp: string, nonce: string, sealed: string): string;
}
const WechatCrypto = createRequire(import.meta.url)("wechat-crypto") as new (
  token: string,
  aesKey: string,
  appid: string,
) => Cryptor;
export const cryptor = new WechatCrypto(testAccount.token, testAccount.aesKey, testAccount.appid);

export interface Arrived {
  query: URLSearchParams;
  raw: string;
}

type Answer = string | { status: number } | "silence";

/** An app that writes down what is pushed and answers as told. */
export class FakeApp {
  arrived: Arrived[] = [];
  answers: Array<Answer | ((pushed: Arrived) => string)> = [];
  /** told when a push is left without an answer */
  onSilence: () => void = () => {};
  server: RunningServer | null = null;

  async start(): Promise<string> {
    this.server = await listen(async (req, res) => {
      const pushed = { query: new URL(req.url ?? "/", "http://app").searchParams, raw: await bodyOf(req) };
      this.arrived.push(pushed);
      const next = this.answers.shift() ?? "success";
      const answer = typeof next === "function" ? next(pushed) : next;
      if (answer === "silence") return this.onSilence();
      if (typeof answer === "string") res.end(answer);
      else res.writeHead(answer.status).end();
    });
    return this.server.url;
  }

  get last(): Arrived {
    const pushed = this.arrived.at(-1);
    assert.ok(pushed);
    return pushed;
  }

  fields(pushed = this.last): Node {
    const sealed = textOf(outerOf(pushed.raw), "Encrypt");
    const node = outerOf(sealed ? cryptor.decrypt(sealed).message : pushed.raw);
    assert.ok(node);
    return node;
  }
}

export function outerOf(raw: string): Node | undefined {
  return (raw.startsWith("{") ? parseJson(raw) : parseXml(raw)) ?? undefined;
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

export const textReply = (openid: string, text: string, more: Record<string, string> = {}) =>
  toXml({
    ToUserName: openid,
    FromUserName: testAccount.account,
    CreateTime: 1,
    MsgType: "text",
    Content: text,
    ...more,
  });

export function sealedReply(message: string, signedNonce = "n"): string {
  const Encrypt = cryptor.encrypt(message);
  const MsgSignature = cryptor.getSignature("1714112445", signedNonce, Encrypt);
  return toXml({ Encrypt, MsgSignature, TimeStamp: 1714112445, Nonce: "n" });
}
