import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeAesKey, decrypt, encrypt } from "../../src/wechat/aes.ts";
import { sealBody } from "../../src/wechat/answer-push.ts";
import { createPushConfig } from "../../src/wechat/push-config.ts";
import { sameSignature, sign, signingToken } from "../../src/wechat/signature.ts";
import { verifyUrl } from "../../src/wechat/verify-url.ts";
import { account, vectors, WechatCrypto } from "../support/wechat-push.ts";

describe("signatures", () => {
  for (const { id, token, timestamp, nonce, signature } of vectors.url_signature)
    it(`reproduces the address signature ${id}`, () => {
      assert.equal(sign([token, timestamp, nonce]), signature);
    });

  it("verifies the address with the echostr of the documentation, and only with its own token and time", () => {
    const { token, timestamp, nonce, signature, echostr, expect_body } = vectors.url_signature[0];
    const config = createPushConfig({ appId: "wx1", mode: "plain", token });
    const query = { signature, timestamp, nonce, echostr };
    const at = Number(timestamp) * 1000;
    assert.equal(verifyUrl(config, query, at), expect_body);
    const unauthentic = { name: "NotSignedIn", status: 401, code: "wechat-unauthentic" };
    assert.throws(() => verifyUrl(config, query, at + 601_000), unauthentic);
    assert.throws(() => verifyUrl(config, query, at - 601_000), unauthentic);
    assert.throws(() => verifyUrl({ ...config, tokens: ["other"] }, query, at), unauthentic);
    assert.throws(() => verifyUrl(config, { ...query, nonce: [nonce, nonce] }, at), unauthentic);
    assert.throws(() => verifyUrl(config, {}, at), unauthentic);
    assert.throws(() => verifyUrl(config, { ...query, echostr: "<script>" }, at), { status: 400 });
  });

  it("compares signatures of any length without an error", () => {
    const good = sign(["a"]);
    assert.equal(sameSignature(good, good), true);
    for (const bad of [
      "",
      "deadbeef",
      `${good}0`,
      good.slice(0, 38),
      "z".repeat(40),
      `${good.slice(0, 39)}é`,
      "文".repeat(40),
    ])
      assert.equal(sameSignature(bad, good), false, bad);
  });

  it("accepts the previous token and says which one signed", () => {
    assert.equal(signingToken(["new", "old"], ["1", "2"], sign(["1", "2", "old"])), "old");
    assert.equal(signingToken(["new", "old"], ["1", "2"], sign(["1", "2", "older"])), undefined);
  });
});

describe("encryption", () => {
  for (const vector of vectors.encrypt)
    it(`reproduces the ciphertext ${vector.id}`, () => {
      const key = decodeAesKey(vector.encodingAESKey);
      const random16 = Buffer.from(vector.random16, "latin1");
      assert.equal(encrypt(vector.msg, { key, appId: vector.appid, random16 }), vector.ciphertext);
      if (!vector.msg_signature) return;
      assert.equal(sign([vector.token, vector.timestamp, vector.nonce, vector.ciphertext]), vector.msg_signature);
      const sealed = sealBody(vector.msg, {
        seal: { token: vector.token, key, appId: vector.appid },
        format: "json",
        nowMs: Number(vector.timestamp) * 1000,
        nonce: vector.nonce,
        random16,
      });
      assert.deepEqual(JSON.parse(sealed), {
        Encrypt: vector.ciphertext,
        MsgSignature: vector.msg_signature,
        TimeStamp: Number(vector.timestamp),
        Nonce: vector.nonce,
      });
    });

  for (const vector of vectors.decrypt)
    it(`opens the ciphertext ${vector.id}`, () => {
      const { token, timestamp, nonce, ciphertext } = vector;
      assert.equal(sign([token, timestamp, nonce, ciphertext]), vector.msg_signature);
      const message = decrypt(ciphertext, decodeAesKey(vector.encodingAESKey), vector.appid);
      assert.equal(message?.toString(), vector.expect_msg ?? vector.decrypted.msg);
    });

  it("agrees with another implementation for every length of padding, both ways", () => {
    const peer = new WechatCrypto(account.token, account.aesKey, account.appId);
    const key = decodeAesKey(account.aesKey);
    for (let length = 0; length <= 70; length += 1) {
      const message = `快${"x".repeat(length)}`;
      assert.equal(decrypt(peer.encrypt(message), key, account.appId)?.toString(), message);
      assert.deepEqual(peer.decrypt(encrypt(message, { key, appId: account.appId })), { message, id: account.appId });
    }
  });

  it("opens nothing that is changed, cut, empty or meant for another account", () => {
    const key = decodeAesKey(account.aesKey);
    const good = Buffer.from(encrypt("hello", { key, appId: account.appId }), "base64");
    assert.equal(decrypt(good.toString("base64"), key, "wxother"), undefined);
    assert.equal(decrypt(good.toString("base64"), key, account.appId.slice(0, -1)), undefined);
    for (const { ciphertext } of vectors.errors.filter((one) => one.ciphertext))
      assert.equal(decrypt(ciphertext, key, account.appId), undefined);
    assert.equal(decrypt("", key, account.appId), undefined);
    assert.equal(decrypt(good.subarray(0, 32).toString("base64"), key, account.appId), undefined);
    for (let at = 0; at < good.length; at += 1) {
      const bent = Buffer.from(good);
      bent[at]! ^= 1;
      // Bits of the random head may change unseen: the signature over the ciphertext is what protects it.
      const opened = decrypt(bent.toString("base64"), key, account.appId)?.toString();
      assert.ok(opened === undefined || opened.length === 5);
    }
  });

  it("refuses a key that is not 43 letters and digits, and a safe account without one", () => {
    const settings = { appId: "wx1", mode: "safe", token: "t" } as const;
    const bad = vectors.errors.find((one) => one.id === "bad-aeskey-length").encodingAESKey;
    assert.throws(() => createPushConfig({ ...settings, aesKey: bad }), RangeError);
    assert.throws(() => createPushConfig(settings), RangeError);
    assert.throws(() => createPushConfig({ ...settings, mode: "plain", token: "" }), RangeError);
    assert.equal(createPushConfig({ ...settings, aesKey: account.aesKey, previousAesKey: null }).keys.length, 1);
  });
});
