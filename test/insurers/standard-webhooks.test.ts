import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { Webhook } from "standardwebhooks";
import { NotSignedIn } from "../../src/errors.ts";
import { isSecret, sign, verify } from "../../src/insurers/standard-webhooks.ts";

const key1 = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const key2 = "whsec_51TKyHBy5KFY1Ab98GQ8V60BkWnejkWy";
const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const timestamp = 1614265330;
const utf8 = '{"type":"claim.submitted","data":{"plate":"沪A·D12345","name":"张三"}}';
const vectors = [
  {
    name: "the specification's",
    body: '{"test": 2432232314}',
    secrets: [key1],
    signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  },
  { name: "Chinese text", body: utf8, secrets: [key1], signature: "v1,+nHK+hx8xMWUtOhNlqk9RKO99qpGrp/Iqbel9dfrWIE=" },
  {
    name: "two live secrets",
    body: utf8,
    secrets: [key1, key2],
    signature: "v1,+nHK+hx8xMWUtOhNlqk9RKO99qpGrp/Iqbel9dfrWIE= v1,Kb13KliSoTo180PW7IYmIvvGCqoU2zACiLlGzAp8/Yc=",
  },
  { name: "an empty body", body: "", secrets: [key1], signature: "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A=" },
];
const signed = sign({ id, timestamp, body: utf8, secrets: [key1] });
const right = signed["webhook-signature"];
const at = (offsetS = 0) => new Date((timestamp + offsetS) * 1000);

/** The message of vector 6, changed as told. */
function check(
  change: {
    headers?: Record<string, string | string[] | undefined>;
    body?: string;
    secrets?: string[];
    now?: Date;
  } = {},
) {
  const { headers, ...rest } = change;
  return verify({ headers: { ...signed, ...headers }, body: utf8, secrets: [key1], now: at(), ...rest });
}

describe("signing by Standard Webhooks", () => {
  for (const { name, body, secrets, signature } of vectors) {
    it(`gives the published signature for ${name}, and accepts it`, () => {
      const headers = sign({ id, timestamp, body, secrets });
      assert.deepEqual(headers, {
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signature,
      });
      assert.deepEqual(verify({ headers, body, secrets, now: at() }), { id, timestamp });
    });
  }

  it("agrees with the reference library both ways", () => {
    const now = new Date();
    const reference = new Webhook(key1);
    for (const body of ["", "{}", utf8, randomBytes(300).toString("hex")]) {
      const theirs = reference.sign(id, now, body);
      const ours = sign({ id, timestamp: Math.floor(now.getTime() / 1000), body, secrets: [key1] });
      assert.equal(ours["webhook-signature"], theirs);
      if (body.startsWith("{")) assert.deepEqual(reference.verify(body, ours), JSON.parse(body));
    }
  });

  it("signs bytes as it signs their text", () => {
    assert.deepEqual(sign({ id, timestamp, body: Buffer.from(utf8), secrets: [key1] }), signed);
  });

  it("refuses to sign without a secret or under an id that would blur what is signed", () => {
    assert.throws(() => sign({ id, timestamp, body: "", secrets: [] }));
    assert.throws(() => sign({ id: "a.b", timestamp, body: "", secrets: [key1] }));
  });
});

describe("verifying by Standard Webhooks", () => {
  it("accepts five minutes either way and not a second more", () => {
    for (const offset of [-300, 0, 300]) assert.equal(check({ now: at(offset) }).id, id);
    for (const offset of [-301, 301]) assert.throws(() => check({ now: at(offset) }), NotSignedIn);
  });

  it("accepts a right signature among wrong ones, and either secret while both live", () => {
    check({ headers: { "webhook-signature": `v1,${"A".repeat(43)}= ${right} v1a,xyz` } });
    check({ secrets: [key2, key1] });
    check({ secrets: [key1.slice(6)] });
  });

  const refused: [string, Parameters<typeof check>[0]][] = [
    ["no id", { headers: { "webhook-id": undefined } }],
    ["no timestamp", { headers: { "webhook-timestamp": undefined } }],
    ["no signature", { headers: { "webhook-signature": undefined } }],
    ["several headers of one name", { headers: { "webhook-id": [id, id] } }],
    ["a timestamp that is no number", { headers: { "webhook-timestamp": "now" } }],
    ["a timestamp with junk behind it", { headers: { "webhook-timestamp": `${timestamp}junk` } }],
    ["an endless timestamp", { headers: { "webhook-timestamp": "Infinity" } }],
    ["a timestamp of thirteen digits", { headers: { "webhook-timestamp": `${timestamp}000` } }],
    ["a negative timestamp", { headers: { "webhook-timestamp": `-${timestamp}` } }],
    ["another timestamp", { headers: { "webhook-timestamp": String(timestamp + 1) } }],
    ["another id", { headers: { "webhook-id": `${id}x` } }],
    ["an id with a dot", { headers: { "webhook-id": "msg.1" } }],
    ["an id of 65 characters", { headers: { "webhook-id": "a".repeat(65) } }],
    ["an empty signature", { headers: { "webhook-signature": "" } }],
    ["a version without a signature", { headers: { "webhook-signature": "v1," } }],
    ["a signature cut short", { headers: { "webhook-signature": right.slice(0, 11) } }],
    ["a signature with more behind it", { headers: { "webhook-signature": `${right}AAAA` } }],
    ["a right digest under another version", { headers: { "webhook-signature": right.replace("v1,", "v2,") } }],
    ["a right digest without version", { headers: { "webhook-signature": right.slice(3) } }],
    [
      "a digest in hexadecimal",
      { headers: { "webhook-signature": `v1,${Buffer.from(right.slice(3), "base64").toString("hex")}` } },
    ],
    ["a right signature behind twenty others", { headers: { "webhook-signature": `${"v1,x ".repeat(20)}${right}` } }],
    ["another body", { body: utf8.replace("张三", "李四") }],
    ["another secret", { secrets: [key2] }],
    ["no secret", { secrets: [] }],
    ["an empty secret", { secrets: [""] }],
    ["a secret of three bytes", { secrets: ["whsec_AAAA"] }],
  ];
  for (const [name, change] of refused) {
    it(`refuses ${name}`, () => assert.throws(() => check(change), NotSignedIn));
  }

  it("takes secrets of 24 to 64 bytes only", () => {
    const lengths = [23, 24, 64, 65].map((length) => isSecret(`whsec_${randomBytes(length).toString("base64")}`));
    assert.deepEqual(lengths, [false, true, true, false]);
  });
});
