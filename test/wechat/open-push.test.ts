import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AppError } from "../../src/errors.ts";
import { type AuthenticPush, openPush } from "../../src/wechat/open-push.ts";
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
const textOf = ({ message }: AuthenticPush) => (message?.kind === "text" ? message.content : message?.kind);

/** All of it but the operator's reason, so that two refusals can be compared. */
function refusal(act: () => unknown): Record<string, unknown> {
  try {
    act();
  } catch (error) {
    const { name, status, code, message, details } = error as AppError;
    const { reason, ...others } = details;
    return { name, status, code, message, details: others };
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
      assert.equal(textOf(opened), "你好");
      assert.equal(opened.fault, undefined);
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
      assert.equal(opened.message?.msgId, "6054768590064713728");
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
      assert.equal(opened.message?.openid.startsWith("o"), true);
      assert.equal(opened.message?.kind, vector.body_xml_prefix ? "text" : "unknown");
    });

  it("carries the message that was encrypted, not the one beside it in clear", () => {
    assert.equal(textOf(open("compatible", safePush(textXml("sealed"), { extra: inClear }))), "sealed");
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

describe("an authentic push that is not as the protocol says", () => {
  const doctype = '<!DOCTYPE foo [<!ENTITY xxe SYSTEM "file:///etc/passwd"><!ENTITY a "&xxe;&xxe;">]>';
  /** What is read of each: the words, or the kind; undefined: nobody to answer. */
  const bodies: Record<string, [body: string, read: string | undefined]> = {
    "a character that XML forbids": [textXml("帮助\u0002\ufffe"), "帮助"],
    "a forbidden character by its number": [textXml("x").replace("<![CDATA[x]]>", "帮&#x2;助&#0;&#xD800;"), "帮助"],
    "a NUL": [textXml("a\0b"), "ab"],
    "words with the end of a section that was not split": [textXml("x").replace("[x]", "[a ]]> b]"), "a ]]> b"],
    "words that bring a section of their own": [
      textXml("x").replace("[x]", "[<a><![CDATA[1]]></a>]"),
      "<a><![CDATA[1]]></a>",
    ],
    "words that end their element": [
      textXml("x").replace("[x]", "[1]]></Content><Content><![CDATA[2]"),
      /1.*2/s.source,
    ],
    "a doctype whose entities are not expanded": [doctype + textXml("x").replace("<![CDATA[x]]>", "&a;"), "&a;"],
    "an attribute": [textXml("hi").replace("<Content>", '<Content a="b">'), ""],
    "an unclosed root": [textXml("hi").slice(0, -6), "hi"],
    "no XML": ["hello", undefined],
    nothing: ["", undefined],
    "no sender": ["<xml><ToUserName>a</ToUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>", undefined],
    "JSON with a name given twice": [
      '{"ToUserName":"a","FromUserName":"person","CreateTime":1790000000,"MsgType":"text","Content":"1","Content":"2"}',
      "2",
    ],
    "JSON whose words hold what looks like a long number of its own": [
      '{"ToUserName":"a","FromUserName":"person","CreateTime":1790000000,"MsgType":"text","Content":"a\u0000: 1234567890123456,"}',
      "a : 1234567890123456,",
    ],
    "broken JSON": ['{"ToUserName":"a"', undefined],
  };
  for (const [what, [body, read]] of Object.entries(bodies))
    it(`is read as far as it goes: ${what}`, () => {
      for (const opened of [open("plain", plainPush(body)), open("safe", safePush(body))]) {
        if (what === "words that end their element")
          assert.match(String(textOf(opened)), new RegExp(read as string, "s"));
        else assert.equal(textOf(opened), read);
        assert.ok(opened.fault);
        assert.equal(opened.message?.openid, read === undefined ? undefined : "person");
      }
    });

  it("has the sender whom the platform wrote, whatever stands in the words", () => {
    const forged = "</Content><FromUserName><![CDATA[victim]]></FromUserName><MsgType><![CDATA[event]]></MsgType>";
    const inSection = textXml("x").replace("[x]", `[]]>${forged}<Content><![CDATA[`);
    const plain = textXml("x").replace("<![CDATA[x]]>", `${forged}<Content>`);
    for (const body of [inSection, plain]) {
      const { message } = open("safe", safePush(body));
      assert.equal(message?.openid, "person");
      assert.notEqual(message?.kind === "unknown" && message.event, "unknown");
    }
  });

  it("keeps a 64-bit MsgId of a JSON body whole", () => {
    const json =
      '{"ToUserName":"a","FromUserName":"person","CreateTime":1790000000,"MsgType":"text","Content":"a\u0000b","MsgId":6054768590064713728}';
    assert.equal(open("plain", plainPush(json)).message?.msgId, "6054768590064713728");
  });

  const head = `<ToUserName>gh</ToUserName><FromUserName>person</FromUserName><CreateTime>${timestamp}</CreateTime>`;
  const events: Record<string, string> = {
    "a field twice that nobody reads":
      "<MsgType>event</MsgType><Event>PUBLISHJOBFINISH</Event><fail_idx>1</fail_idx><fail_idx>2</fail_idx>",
    "pictures without their info": "<MsgType>event</MsgType><Event>pic_sysphoto</Event><EventKey>k</EventKey>",
    "a picture without a media id": "<MsgType>image</MsgType><MsgId>1</MsgId>",
    "a place without figures": "<MsgType>location</MsgType><Location_X></Location_X><Location_Y></Location_Y>",
    "no type": "",
    "a MsgId in letters": "<MsgType>text</MsgType><Content>1</Content><MsgId>abc</MsgId>",
  };
  for (const [what, own] of Object.entries(events))
    it(`is of kind unknown, one each time: ${what}`, () => {
      const [first, again] = [0, 1].map(() => open("safe", safePush(`<xml>${head}${own}</xml>`)));
      assert.equal(first?.message?.kind, "unknown");
      assert.equal(first?.message?.openid, "person");
      assert.equal(first?.message?.createdAt.getTime(), nowMs);
      assert.equal(first?.message?.dedupKey, again?.message?.dedupKey);
    });

  it("takes the push's own time where that of the message cannot be read", () => {
    const body = `<xml>${head.replace(/<CreateTime>.*<\/CreateTime>/, "<CreateTime>soon</CreateTime>")}<MsgType>text</MsgType></xml>`;
    assert.equal(open("plain", plainPush(body)).message?.createdAt.getTime(), nowMs);
  });

  it("bytes that are no UTF-8 are read with the replacement character", () => {
    const [before, behind] = textXml("|")
      .split("|")
      .map((part) => Buffer.from(part));
    const { query } = plainPush("");
    const body = Buffer.concat([before as Buffer, Buffer.from([0xff, 0xfe]), behind as Buffer]);
    assert.equal(textOf(openPush(config("plain"), { query, body, nowMs })), "\ufffd\ufffd");
  });

  it("in an envelope that the strict parser refuses", () => {
    const safe = safePush(xml);
    assert.equal(textOf(open("safe", { ...safe, body: doctype + safe.body })), "你好");
    const clear = safePush(textXml("sealed"), { extra: inClear.replace("clear", "cl\u0002ear ]]> ") });
    assert.equal(textOf(open("compatible", clear)), "sealed");
  });

  it("stays quick with many open marks", () => {
    for (const body of ["<a>".repeat(20_000), "<a><![CDATA[".repeat(5_000), textXml("]]>".repeat(20_000))])
      assert.ok(open("plain", plainPush(body)).fault);
  });
});

describe("what is refused says why to the operator alone", () => {
  const reasonOf = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return (error as AppError).details["reason"];
    }
    return "opened";
  };
  const safe = safePush(xml);
  const cases: [string, () => unknown][] = [
    ["token", () => open("plain", plainPush(xml, { token: "other" }))],
    ["token", () => open("safe", safePush(xml, { token: "other" }))],
    ["clock", () => open("plain", plainPush(xml), nowMs + 700_000)],
    ["clock", () => open("safe", safe, nowMs + 700_000)],
    ["mode", () => open("safe", plainPush(xml))],
    ["mode", () => open("safe", safePush(xml, { extra: inClear }))],
    ["key", () => open("safe", safePush(xml, { aesKey: "Z".repeat(43) }))],
    ["key", () => open("safe", safePush(xml, { appId: "wxother" }))],
    ["xml", () => open("safe", { ...safe, body: "garbage" })],
  ];
  for (const [index, [reason, act]] of cases.entries())
    it(`${reason} (${index + 1})`, () => {
      assert.equal(reasonOf(act), reason);
    });
});
