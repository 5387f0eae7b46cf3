import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AppError } from "../../src/errors.ts";
import { openPush } from "../../src/wechat/open-push.ts";
import { createPushConfig, type PushMode } from "../../src/wechat/push-config.ts";
import {
  account,
  nowMs,
  plainPush,
  type SentPush,
  safePush,
  textXml,
  timestamp,
  vectors,
} from "../support/wechat-push.ts";

const config = (mode: PushMode, more: object = {}) => createPushConfig({ ...account, mode, ...more });
const open = (mode: PushMode, push: SentPush, at = nowMs) => openPush(config(mode), { ...push, nowMs: at });

/** All of it, so that two refusals can be compared. */
function refusal(act: () => unknown): Record<string, unknown> {
  try {
    act();
  } catch (error) {
    const { name, status, code, message, details } = error as AppError;
    return { name, status, code, message, details };
  }
  return { name: "opened" };
}

const UNAUTHENTIC = {
  name: "NotSignedIn",
  status: 401,
  code: "wechat-unauthentic",
  message: "wechat-unauthentic",
  details: {},
};
const xml = textXml("你好");
const with_ = (push: SentPush, change: Partial<SentPush["query"]>): SentPush => ({
  ...push,
  query: { ...push.query, ...change } as SentPush["query"],
});
const at = (seconds: number) => String(Number(timestamp) + seconds);
const inClear =
  "<FromUserName>person</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>clear</Content>";
const cipherOf = (push: SentPush) => /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(push.body)![1]!;

describe("an authentic push", () => {
  const ways: [string, PushMode, SentPush, boolean][] = [
    ["plain mode", "plain", plainPush(xml), false],
    ["plain mode, said to be raw", "plain", with_(plainPush(xml), { encrypt_type: "raw" }), false],
    ["compatible mode", "compatible", safePush(xml, { extra: inClear }), true],
    ["safe mode", "safe", safePush(xml), true],
    ["safe mode while we are still compatible", "compatible", safePush(xml), true],
    ["safe mode while we are still plain", "plain", safePush(xml), true],
    ["ten minutes ago", "safe", safePush(xml, { at: at(-600) }), true],
    ["by a clock ten minutes ahead", "plain", plainPush(xml, { at: at(600) }), false],
  ];
  for (const [how, mode, push, sealed] of ways)
    it(`is opened: ${how}`, () => {
      const opened = open(mode, push);
      assert.equal(opened.message.kind === "text" && opened.message.content, "你好");
      assert.equal(opened.format, "xml");
      assert.equal(opened.seal !== undefined, sealed);
    });

  it("is opened as bytes and as JSON", () => {
    const json = `{"ToUserName":"gh_account","FromUserName":"person","CreateTime":${timestamp},"MsgType":"text","Content":"你好","MsgId":6054768590064713728}`;
    for (const [mode, push] of [
      ["plain", plainPush(json)],
      ["safe", safePush(json, { json: true })],
    ] as const) {
      const opened = openPush(config(mode), { query: push.query, body: Buffer.from(push.body), nowMs });
      assert.equal(opened.format, "json");
      assert.equal(opened.message.msgId, "6054768590064713728");
    }
  });

  it("is opened with the previous token and key during a rotation, and is answered with them", () => {
    const fresh = { token: "new-token", aesKey: "Z".repeat(43) };
    const rotating = createPushConfig({
      appId: account.appId,
      mode: "safe",
      ...fresh,
      previousToken: account.token,
      previousAesKey: account.aesKey,
    });
    for (const [token, aesKey] of [
      [account.token, account.aesKey],
      [account.token, fresh.aesKey],
      [fresh.token, account.aesKey],
      [fresh.token, fresh.aesKey],
    ] as const) {
      const { seal } = openPush(rotating, { ...safePush(xml, { token, aesKey }), nowMs });
      assert.equal(seal?.token, token);
      assert.deepEqual(seal?.key, Buffer.from(`${aesKey}=`, "base64"));
    }
  });

  for (const id of ["official-doc-aes-push-json", "official-python-sample-compatible-mode"])
    it(`is opened as published: ${id}`, () => {
      const vector = vectors.decrypt.find((one) => one.id === id);
      const { token, encodingAESKey: aesKey, appid: appId, timestamp: then, nonce, msg_signature, ciphertext } = vector;
      const body = vector.body_xml_prefix
        ? vector.body_xml_prefix + ciphertext + vector.body_xml_suffix
        : JSON.stringify({ ToUserName: "gh_97417a04a28d", Encrypt: ciphertext });
      const query = { timestamp: then, nonce, msg_signature, encrypt_type: "aes" };
      const settings = createPushConfig({ appId, mode: "compatible", token, aesKey });
      const opened = openPush(settings, { query, body, nowMs: Number(then) * 1000 });
      assert.equal(opened.message.openid.startsWith("o"), true);
      assert.equal(opened.message.kind, vector.body_xml_prefix ? "text" : "unknown");
    });

  it("carries the message that was encrypted, not the one beside it in clear", () => {
    const { message } = open("compatible", safePush(textXml("sealed"), { extra: inClear }));
    assert.equal(message.kind === "text" && message.content, "sealed");
  });
});

describe("an unauthentic push is refused, always in the same way", () => {
  const safe = safePush(xml);
  const other = safePush(textXml("other"));
  const yearsAgo = "1409735669";
  const cases: [string, PushMode, SentPush][] = [
    ["no parameters", "plain", { query: {}, body: xml }],
    ["no parameters in safe mode", "safe", { query: { encrypt_type: "aes" }, body: safe.body }],
    ["a wrong signature", "plain", with_(plainPush(xml), { signature: "0".repeat(40) })],
    ["a wrong signature and no XML", "plain", { ...with_(plainPush(xml), { signature: "0".repeat(40) }), body: "<<<" }],
    ["a signature cut short", "plain", with_(plainPush(xml), { signature: "deadbeef" })],
    ["another token", "plain", plainPush(xml, { token: "other" })],
    ["another time than the signed one", "plain", with_(plainPush(xml), { timestamp: at(1) })],
    ["a replay of years ago", "plain", plainPush(xml, { at: yearsAgo })],
    ["a replay of years ago in safe mode", "safe", safePush(xml, { at: yearsAgo })],
    ["a push of eleven minutes ago", "safe", safePush(xml, { at: at(-660) })],
    ["a push of a clock far ahead", "safe", safePush(xml, { at: at(660) })],
    ["a time that is no number", "plain", plainPush(xml, { at: "now" })],
    ["a plain body to a safe account", "safe", plainPush(xml)],
    ["a plain body to a compatible account", "compatible", plainPush(xml)],
    ["a plain body that says it is encrypted", "safe", with_(plainPush(xml), { encrypt_type: "aes" })],
    ["a compatible body to a safe account", "safe", safePush(xml, { extra: inClear })],
    ["another encryption", "plain", with_(plainPush(xml), { encrypt_type: "des" })],
    ["a body swapped under a valid signature", "safe", { query: safe.query, body: other.body }],
    ["a wrong msg_signature", "safe", with_(safe, { msg_signature: "deadbeef" })],
    [
      "a msg_signature where only the plain one is right",
      "safe",
      with_(safe, { msg_signature: safe.query["signature"]! }),
    ],
    ["a parameter given twice", "plain", with_(plainPush(xml), { nonce: ["20351", "20351"] })],
    ["a signature given twice", "safe", with_(safe, { msg_signature: [safe.query["msg_signature"] as string, "x"] })],
    ["another account's message", "safe", safePush(xml, { appId: "wxother" })],
    ["another account's key", "safe", safePush(xml, { aesKey: "Z".repeat(43) })],
    [
      "an envelope that is no XML and no valid signature",
      "safe",
      { query: { ...safe.query, signature: "x" }, body: "<<<" },
    ],
  ];
  for (const [what, mode, push] of cases)
    it(what, () => {
      assert.deepEqual(
        refusal(() => open(mode, push)),
        UNAUTHENTIC,
      );
    });

  for (const { id, ciphertext } of vectors.errors.filter((one) => one.ciphertext))
    it(`a signed ciphertext that does not open: ${id}`, async () => {
      const { sign } = await import("../../src/wechat/signature.ts");
      const msg_signature = sign([account.token, timestamp, "1", ciphertext]);
      const query = { timestamp, nonce: "1", msg_signature, encrypt_type: "aes" };
      const body = `<xml><Encrypt>${ciphertext}</Encrypt></xml>`;
      assert.deepEqual(
        refusal(() => open("safe", { query, body })),
        UNAUTHENTIC,
      );
    });

  it("every single changed character of the ciphertext", () => {
    const cipher = cipherOf(safe);
    for (let index = 0; index < cipher.length; index += 7) {
      const bent = cipher.slice(0, index) + (cipher[index] === "A" ? "B" : "A") + cipher.slice(index + 1);
      assert.equal(refusal(() => open("safe", { ...safe, body: safe.body.replace(cipher, bent) }))["status"], 401);
    }
  });

  it("a safe push to a plain account that has no key", () => {
    const { aesKey, ...settings } = account;
    const plain = createPushConfig({ ...settings, mode: "plain" });
    assert.equal(refusal(() => openPush(plain, { ...safePush(xml, { aesKey }), nowMs }))["status"], 401);
  });
});

describe("an authentic but malformed push is refused with 400", () => {
  const doctype = '<!DOCTYPE foo [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>';
  const bodies: Record<string, string> = {
    "a doctype": `${doctype}${xml}`,
    "duplicate elements": xml.replace("<CreateTime>", "<FromUserName>other</FromUserName><CreateTime>"),
    "an unclosed element": xml.slice(0, -6),
    "no XML": "hello",
    nothing: "",
    "a NUL": textXml("a\0b"),
    "no sender": "<xml><ToUserName>a</ToUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
    "broken JSON": '{"ToUserName":"a"',
  };
  for (const [what, body] of Object.entries(bodies))
    it(what, () => {
      assert.equal(refusal(() => open("plain", plainPush(body)))["status"], 400);
      assert.equal(refusal(() => open("safe", safePush(body)))["status"], 400);
    });

  it("bytes that are no UTF-8", () => {
    const query = plainPush("").query;
    assert.equal(
      refusal(() => openPush(config("plain"), { query, body: Buffer.from([0x3c, 0xff, 0xfe]), nowMs }))["status"],
      400,
    );
  });

  it("a malformed envelope of a sender who knows the token", () => {
    const safe = safePush(xml);
    assert.equal(refusal(() => open("safe", { ...safe, body: doctype + safe.body }))["status"], 400);
    assert.equal(
      refusal(() => open("safe", { ...safe, body: safe.body.replace("<Encrypt>", "<Encrypt>x</Encrypt><Encrypt>") }))[
        "status"
      ],
      400,
    );
    assert.equal(refusal(() => open("safe", { ...safe, body: doctype + safe.body }, nowMs + 700_000))["status"], 401);
  });
});
