import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { openSteps, STEPS, type Step, stepOf } from "../../src/domain/journey.ts";
import { PARTY_FILES, PARTY_PAGES } from "../../src/h5/router.ts";
import { STEP_PAGES } from "../../src/h5/step-pages.ts";
import { seal, sign } from "../../src/simulator/platform/sealing.ts";
import { alerts, Phone } from "../h5/phone.ts";
import { errorAt, openPair, readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { putAt, STAGES } from "./stages.ts";
import { openCase, settle } from "./walk.ts";

const photo = readFileSync(new URL("../../../test/fixtures/photo-1.jpg", import.meta.url));
const NE = JSON.stringify({ $ne: null });

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

describe("a push", () => {
  const now = () => String(Math.floor(app.clock.now().getTime() / 1000));
  const account = () => ({ ...app.config.wechat, format: "xml" as const });
  const text = (content = "帮助", extra = "") =>
    `<xml><ToUserName>gh_kuaichu</ToUserName><FromUserName>o_bad_input</FromUserName><CreateTime>${now()}</CreateTime>` +
    `<MsgType>text</MsgType><Content>${content}</Content>${extra}<MsgId>${BigInt(`0x${randomBytes(7).toString("hex")}`)}</MsgId></xml>`;

  /** As the platform sends it in safe mode; what the case wants is then bent. */
  function sealed(message: string, { at = now(), token = account().token } = {}) {
    const encrypted = seal(account(), message);
    const nonce = "20351";
    const query = { timestamp: at, nonce, encrypt_type: "aes", signature: sign(token, at, nonce) };
    return {
      query: { ...query, msg_signature: sign(token, at, nonce, encrypted) } as Record<string, string>,
      body: `<xml><ToUserName>gh_kuaichu</ToUserName><Encrypt>${encrypted}</Encrypt></xml>`,
    };
  }

  async function post(query: Record<string, string> | string, body: string | Buffer) {
    const search = typeof query === "string" ? query : new URLSearchParams(query);
    const answer = await fetch(`${app.url}/wechat?${search}`, {
      method: "POST",
      body: new Uint8Array(Buffer.from(body)),
    });
    const headers = [...answer.headers].filter(([name]) => name !== "date" && name !== "x-request-id");
    return { status: answer.status, body: await answer.text(), headers };
  }

  it("that is good is answered", async () => {
    const { query, body } = sealed(text());
    const answer = await post(query, body);
    assert.equal(answer.status, 200);
    assert.match(answer.body, /Encrypt/);
  });

  it("that is not proven to be the platform's is refused with 401, all alike", async () => {
    const good = sealed(text());
    const { query, body } = good;
    const without = (name: string) => Object.fromEntries(Object.entries(query).filter(([key]) => key !== name));
    const old = String(Number(now()) - 660);
    const plain = { timestamp: now(), nonce: "1", signature: sign(account().token, now(), "1") };
    const foreign = { ...account(), appid: "wx_another_account" };
    const foreignCiphertext = seal(foreign, text());
    const cases: Record<string, [Record<string, string> | string, string]> = {
      "bad signature": [{ ...query, msg_signature: "0".repeat(40) }, body],
      "short signature": [{ ...query, msg_signature: "0" }, body],
      "missing signature": [without("msg_signature"), body],
      "missing timestamp": [without("timestamp"), body],
      "nothing at all": ["", body],
      "another token": Object.values(sealed(text(), { token: "another" })) as [Record<string, string>, string],
      stale: Object.values(sealed(text(), { at: old })) as [Record<string, string>, string],
      future: Object.values(sealed(text(), { at: String(Number(now()) + 660) })) as [Record<string, string>, string],
      "no number": Object.values(sealed(text(), { at: "1e9" })) as [Record<string, string>, string],
      undecryptable: [
        { ...query, msg_signature: sign(account().token, query.timestamp!, query.nonce!, "AAAA") },
        "<xml><Encrypt>AAAA</Encrypt></xml>",
      ],
      "another account's": [
        { ...query, msg_signature: sign(account().token, query.timestamp!, query.nonce!, foreignCiphertext) },
        `<xml><Encrypt>${foreignCiphertext}</Encrypt></xml>`,
      ],
      "repeated parameter": [`${new URLSearchParams(query)}&timestamp=${query.timestamp}`, body],
      "repeated signature": [`${new URLSearchParams(query)}&msg_signature=${"0".repeat(40)}`, body],
      "an operator as a parameter": [`${new URLSearchParams(without("msg_signature"))}&msg_signature[$ne]=`, body],
      "plain to an account in safe mode": [plain, text()],
      "overlong parameter": [{ ...query, nonce: "9".repeat(600) }, body],
      "not XML, nor signed": [{ ...query, signature: "0" }, "garbage"],
    };
    const answers = await Promise.all(Object.values(cases).map(([search, sent]) => post(search, sent)));
    for (const [index, name] of Object.keys(cases).entries()) {
      assert.equal(answers[index]?.status, 401, name);
      assert.deepEqual(answers[index], answers[0], name);
    }
  });

  it("that is authentic is answered with 200, whatever is in it", async () => {
    const inside: Record<string, string> = {
      doctype: text().replace("<xml>", '<!DOCTYPE xml [<!ENTITY a "b">]><xml>'),
      "duplicate tags": text("a", "<MsgType>event</MsgType>"),
      unclosed: text().replace("</xml>", ""),
      "not XML": "Content=帮助",
      "a NUL": text("a\0b"),
      "no message": "<xml><a>b</a></xml>",
      attributes: text().replace("<Content>", '<Content a="b">'),
      "deep nesting": text(`${"<a>".repeat(2_000)}${"</a>".repeat(2_000)}`),
      "many entities": text("&lol;"),
    };
    for (const [name, message] of Object.entries(inside)) {
      const { query, body } = sealed(message);
      assert.equal((await post(query, body)).status, 200, name);
    }
    // What carries no signed ciphertext is not proven to be the platform's.
    const twice = "<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>";
    for (const body of ["garbage", twice, "<!DOCTYPE a><xml/>", "<xml>"])
      assert.equal((await post(sealed(text()).query, body)).status, 400, body);
  });

  it("that is too large is refused with 413", async () => {
    const { query } = sealed(text());
    assert.equal((await post(query, Buffer.alloc(70_000, "x"))).status, 413);
  });
});

describe("what is too large", () => {
  it("is refused with 413: a form, a drawn name, a call-back", async () => {
    const { A, id } = await readyPair(app);
    const phone = phoneOf(A);
    const big = "x".repeat(100_000);
    for (const [path, field] of [
      ["place", "address"],
      ["details", "name"],
      ["statement", "note"],
    ] as const) {
      const { status, html } = await phone.post(`/h5/accidents/${id}/${path}`, { [field]: big });
      assert.equal(status, 413, path);
      assert.match(html, /过大/);
    }
    const signed = await phone.post(`/h5/accidents/${id}/sign`, { signature: "x".repeat(700_000) });
    assert.equal(signed.status, 413);
    const url = `${app.url}/api/insurers/PICC/claims/x/status`;
    assert.equal((await fetch(url, { method: "POST", body: "x".repeat(100_000) })).status, 413);
  });

  for (const [language, words] of [
    ["zh", { image: /不是 JPEG、HEIC、AVIF、PNG 或 WebP/, bytes: /超过 12 MB/, pixels: /像素过大/, damaged: /损坏/ }],
    [
      "en",
      {
        image: /Not a JPEG, HEIC, AVIF, PNG or WebP/,
        bytes: /larger than 12 MB/,
        pixels: /too many pixels/,
        damaged: /damaged/,
      },
    ],
  ] as const) {
    it(`or no picture is said at its place (${language})`, async () => {
      const { A, id } = await openPair(app, { language: { A: language } });
      const ready = await app.ctx.accidents.get(id);
      const version = await putAt(app.ctx, { ...ready, photos: [] }, "photos");
      const phone = phoneOf(A);
      const path = `/h5/accidents/${id}/photos`;
      const token = /name="_csrf" value="([^"]*)"/.exec((await phone.get(path)).html)?.[1] ?? "";
      const pixels = await sharp({ create: { width: 7_200, height: 7_000, channels: 3, background: "white" } })
        .png({ compressionLevel: 1 })
        .toBuffer();
      const cases: [string, Buffer, number, RegExp][] = [
        ["own-plate", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), 415, words.image],
        ["scene", Buffer.from("MZ\x90\0"), 415, words.image],
        ["other-plate", Buffer.from("GIF89a......"), 415, words.image],
        ["own-damage", Buffer.concat([photo, Buffer.alloc(12 * 1024 * 1024)]), 413, words.bytes],
        ["other-damage", pixels, 413, words.pixels],
        ["scene", photo.subarray(0, photo.length / 2), 422, words.damaged],
      ];
      for (const [slot, bytes, status, sentence] of cases) {
        const answer = await phone.upload(path, token, [[slot, bytes]]);
        assert.equal(answer.status, status, slot);
        assert.match(errorAt(answer.html, slot), sentence, slot);
      }
      assert.equal((await app.ctx.accidents.get(id)).version, version);
    });
  }
});

/** Every address of the drivers' way that belongs to one case, and a step at which it is open. */
const routes = (id: string): { path: string; posts: boolean; at: Step | undefined }[] => {
  const base = `/h5/accidents/${id}`;
  const filled = (path: string) =>
    path.replace(":photo", "photo-scene").replace(":size", "thumb").replace(":page", "1").replace(":", "");
  return [
    ...PARTY_PAGES.map(({ path, submit, openWith }) => ({
      path: path ? `${base}/${path}` : base,
      posts: Boolean(submit),
      at: openWith?.[0],
    })),
    ...STEPS.flatMap((step) => {
      const page = STEP_PAGES[step];
      return page ? [{ path: `${base}/${step}`, posts: Boolean(page.submit), at: step }] : [];
    }),
    ...PARTY_FILES.map(({ path }) => ({ path: `${base}/${filled(path)}`, posts: false, at: undefined })),
  ];
};

describe("a stranger", () => {
  it("finds nothing behind any address of another's case, and cannot tell it from one that is not there", async () => {
    const { id } = await readyPair(app);
    const { version } = await app.ctx.accidents.get(id);
    const phone = phoneOf((await openPair(app)).A);
    const all = routes(id);
    assert.ok(all.length > 20);
    for (const { path, posts } of all) {
      for (const method of posts ? ["GET", "POST"] : ["GET"]) {
        const ask = (to: string) =>
          phone.send(method, to, { body: method === "POST" ? new URLSearchParams({ a: "b" }) : undefined });
        const [theirs, nobodys] = [await ask(path), await ask(path.replace(id, "A".repeat(22)))];
        assert.equal(theirs.status, 404, `${method} ${path}`);
        assert.equal(theirs.html.replaceAll(id, ""), nobodys.html.replaceAll("A".repeat(22), ""), path);
        assert.equal(nobodys.status, 404);
      }
    }
    assert.equal((await app.ctx.accidents.get(id)).version, version);
  });

  it("who is nobody is led to the sign-in, and a script hears 401", async () => {
    const { id } = await readyPair(app);
    for (const { path, posts } of routes(id)) {
      const page = await new Phone(app).get(path);
      assert.equal(page.status, 303, path);
      assert.match(page.location, /^\/h5\/signin\?to=/, path);
      assert.equal((await new Phone(app).get(path, { accept: "application/json" })).status, 401, path);
      if (posts) assert.match((await new Phone(app).post(path, {})).location, /^\/h5\/signin\?to=/, path);
    }
  });
});

const BODIES: Partial<Record<Step, Record<string, string>>> = {
  photos: {},
  move: {},
  place: { address: "别处", when: "20", weather: "snow" },
  details: { ...details(), name: "别人" },
  statement: { ownAct: "QS-02", otherAct: "none", impact: "left", note: "改" },
  difference: { act: "stop" },
  evidence: { request: "1", text: "过路口前" },
  decision: { act: "withdraw-application" },
  letter: { act: "refuse", number: "31010120260001" },
  sign: { contentDigest: "d".repeat(64), signature: SIGNATURE, electronic: "yes", forwarding: "yes" },
};

describe("a step out of order", () => {
  it("leads to the right page and changes nothing, every step at every stage", async () => {
    const { A, id } = await readyPair(app);
    const ready = await app.ctx.accidents.get(id);
    const phone = phoneOf(A);
    const token = await tokenOf(phone, id);
    let strays = 0;
    for (const stage of Object.keys(STAGES) as Step[]) {
      const version = await putAt(app.ctx, ready, stage);
      const staged = await app.ctx.accidents.get(id);
      assert.equal(stepOf(staged, "A", app.config.rules.catalogue), stage);
      const open = openSteps(staged, "A", app.config.rules.catalogue);
      for (const step of STEPS) {
        const page = STEP_PAGES[step];
        if (!page || open.includes(step)) continue;
        const path = `/h5/accidents/${id}/${step}`;
        const answers = [await phone.get(path)];
        if (page.submit) answers.push(await phone.post(path, { _csrf: token, ...BODIES[step] }));
        for (const { status, location } of answers) {
          assert.equal(status, 303, `${step} at ${stage}`);
          assert.equal(location, `/h5/accidents/${id}/${stage}`, `${step} at ${stage}`);
        }
        strays++;
      }
      assert.equal((await app.ctx.accidents.get(id)).version, version, stage);
    }
    assert.ok(strays > 100, String(strays));
  });

  it("also for the acts that belong to no step, when the case is over", async () => {
    const { A, B, id } = await readyPair(app);
    const ready = await app.ctx.accidents.get(id);
    for (const stage of ["done", "ended", "wait-signature"] as const) {
      const version = await putAt(app.ctx, ready, stage);
      const acts: [string, Record<string, string>][] = [
        ["remove-other", {}],
        ["invitation", {}],
        ["photos/swap", { photo: "photo-scene", slot: "own-damage" }],
      ];
      if (stage === "done") acts.push(["way-out", { choice: "withdraw" }]);
      for (const [path, body] of acts) {
        const phone = phoneOf(A);
        const answer = await phone.post(`/h5/accidents/${id}/${path}`, { _csrf: await tokenOf(phone, id), ...body });
        assert.equal(answer.status, 303, `${path} at ${stage}`);
        assert.equal(answer.location, `/h5/accidents/${id}/${stage}`, `${path} at ${stage}`);
      }
      assert.equal((await app.ctx.accidents.get(id)).version, version, stage);
    }
    const version = await putAt(app.ctx, ready, "sign");
    const phone = phoneOf(B);
    const token = await tokenOf(phone, id);
    for (const path of ["remove-other", "invitation"]) {
      const answer = await phone.post(`/h5/accidents/${id}/${path}`, { _csrf: token });
      assert.ok([303, 422].includes(answer.status), `${path}: ${answer.status}`);
    }
    assert.equal((await app.ctx.accidents.get(id)).version, version, "B cannot do what is A's");
  });

  it("a second signature leads on and changes nothing", async () => {
    const { A, B, id } = await readyPair(app);
    const signed = await signedBy(id, "A");
    const again = await A.post("sign", BODIES.sign!);
    assert.equal(again.status, 303);
    assert.equal(again.location, "wait-signature");
    assert.equal((await app.ctx.accidents.get(id)).version, signed.version);
    const concluded = await signedBy(id, "B");
    for (const driver of [A, B]) assert.equal((await driver.post("sign", BODIES.sign!)).location, "done");
    assert.equal((await app.ctx.accidents.get(id)).version, concluded.version);
  });
});

/** field → what it may not be; where the sentence stands, if not at a field of that name */
const WRONG: [Step, string, string[], string?][] = [
  ["place", "address", ["", "x".repeat(121), "路\u202e口", "路\u0007口", "路口🚗"]],
  ["place", "weather", ["hail", ""]],
  ["place", "when", ["", "7", "-5", "tomorrow"]],
  [
    "details",
    "name",
    ["", "x".repeat(51), "<script>", "a\u202eb", "王\u0007明", "王\u2066明\u2069", "𠮷田", "김철수", "···"],
  ],
  ["details", "idKind", ["card", ""]],
  [
    "details",
    "idNumber",
    ["", "310101199003077414", "31010119900230741X", "3".repeat(45), "310012345678", "310101202103074134"],
  ],
  ["details", "phone", ["", "12345", "23800138000", "1".repeat(100), "+852 1234", "+999 12345678"]],
  ["details", "province", ["X", ""], "serial"],
  ["details", "serial", ["", "!!", "A1234", "I0000000000"], "serial"],
  ["details", "vehicleKind", ["98", ""]],
  ["details", "insurerCode", ["NOPE", "", NE]],
  ["details", "policyNumber", ["abc", "x".repeat(41), "保单号码", "a$ne=1"]],
  ["statement", "ownAct", ["QS-00", "", "none; drop"]],
  ["statement", "otherAct", ["QS-00", "", "QS-01"]],
  ["statement", "impact", ["roof", ""]],
  ["statement", "note", ["字".repeat(201), "a\u0000b", "a\u202eb", "撞🚗了"]],
  ["sign", "forwarding", ["no"]],
  ["sign", "signature", ["", "data:image/png;base64,AAAA", "data:image/svg+xml;base64,AAAA"]],
];

const GOOD: Partial<Record<Step, Record<string, string>>> = {
  place: { address: "人民大道", when: "0", weather: "rain" },
  details: details(),
  statement: { ownAct: "QS-01", otherAct: "none", impact: "front", note: "雨天" },
  sign: { contentDigest: "d".repeat(64), signature: SIGNATURE, electronic: "yes", forwarding: "yes" },
};

function details(): Record<string, string> {
  const car = { province: "沪", serial: "A12345", vehicleKind: "auto", insurerCode: "PICC", insurerName: "" };
  return {
    name: "王小明",
    idKind: "licence",
    idNumber: "310101199003077413",
    phone: "13800138000",
    ...car,
    policyNumber: "PDZA1234",
  };
}

describe("a field out of its format", () => {
  for (const language of ["zh", "en"] as const) {
    it(`is named at its place, everything typed is kept, nothing is changed (${language})`, async () => {
      const { A, id } = await readyPair(app, { language: { A: language } });
      const accident = await app.ctx.accidents.get(id);
      const { version } = accident;
      const shown = { contentDigest: contentDigest(app.ctx, accident) };
      const phone = phoneOf(A);
      const token = await tokenOf(phone, id);
      for (const [step, field, values, place = field] of WRONG) {
        for (const value of values) {
          const fields = { ...GOOD[step], ...(step === "sign" && shown), [field]: value };
          const { status, html } = await phone.post(`/h5/accidents/${id}/${step}`, { _csrf: token, ...fields });
          const what = `${step}.${field} = ${JSON.stringify(value.slice(0, 30))}`;
          assert.ok(status === 422 || status === 413, `${what}: ${status}`);
          const sentence = errorAt(html, place);
          assert.notEqual(sentence, "", what);
          assert.equal(/[\u4e00-\u9fff]/.test(sentence.replace("沪", "")), language === "zh", `${what}: ${sentence}`);
          assert.ok(
            alerts(html).some((line) => line.text === unescaped(sentence)),
            `${what} in the summary`,
          );
          if (step === "sign") continue;
          for (const [name, typed] of Object.entries(fields)) assertKept(html, { name, typed, what });
        }
      }
      assert.equal((await app.ctx.accidents.get(id)).version, version);
    });
  }

  it("an operator, a list or a field twice is refused by the field's name, in JSON and in forms", async () => {
    const { A, id } = await readyPair(app);
    const { version } = await app.ctx.accidents.get(id);
    const phone = phoneOf(A);
    const token = await tokenOf(phone, id);
    for (const [step, good] of Object.entries(GOOD)) {
      const path = `/h5/accidents/${id}/${step}`;
      for (const field of Object.keys(good)) {
        for (const value of [{ $ne: null }, { $gt: "" }, [], ["a", "b"], null, 7, true]) {
          const body = JSON.stringify({ _csrf: token, ...good, [field]: value });
          const headers = { "content-type": "application/json" };
          const page = await phone.send("POST", path, { body, headers });
          assert.equal(page.status, 422, `${path} ${field} ${JSON.stringify(value)}`);
          assert.ok(
            alerts(page.html).some((line) => line.field === field),
            `${path} ${field} ${JSON.stringify(value)}`,
          );
          const script = await phone.send("POST", path, { body, headers: { ...headers, accept: "application/json" } });
          assert.equal(script.status, 422);
          assert.equal(JSON.parse(script.html).error.field, field);
        }
        const twice: [string, string][] = [["_csrf", token], ...Object.entries(good), [field, "b"]];
        const page = await phone.post(path, twice);
        assert.equal(page.status, 422, `${path} ${field} twice`);
        assert.ok(
          alerts(page.html).some((line) => line.field === field),
          `${path} ${field} twice`,
        );
        const operator = await phone.post(path, { _csrf: token, ...good, [`${field}[$ne]`]: "" });
        assert.equal(operator.status, 422, `${path} ${field}[$ne]`);
        assert.ok(alerts(operator.html).some((line) => line.field === `${field}[$ne]`));
      }
      for (const name of ["state", "liability", "__proto__", "constructor", "$where", "letter"]) {
        const page = await phone.post(path, { _csrf: token, ...good, [name]: "1" });
        assert.equal(page.status, 422, `${path} ${name}`);
        assert.ok(page.html.includes(name), `${path} names ${name}`);
        const body = JSON.stringify({ _csrf: token, ...good }).replace(/}$/, `,${JSON.stringify(name)}:{"a":1}}`);
        const json = await phone.send("POST", path, { body, headers: { "content-type": "application/json" } });
        assert.equal(json.status, 422, `${path} ${name} in JSON`);
      }
    }
    assert.equal(({} as Record<string, unknown>)["a"], undefined);
    assert.equal((await app.ctx.accidents.get(id)).version, version);
  });

  it("in an address or a query is never more than text", async () => {
    const { A } = await readyPair(app);
    const phone = phoneOf(A);
    const odd = [
      NE,
      "%",
      "%ff",
      "..%2f..",
      "%00",
      "a%20b",
      "[object%20Object]",
      "$where",
      "'%3B--",
      "x".repeat(3_000),
      "__proto__",
    ];
    const paths = odd.flatMap((part) => {
      const safe = part.includes('"') ? encodeURIComponent(part) : part;
      return [
        `/h5/accidents/${safe}`,
        `/h5/accidents/${safe}/details`,
        `/h5/accidents/x/photos/${safe}/thumb`,
        `/h5/ends/${safe}`,
        `/assets/${safe}`,
        `/api/schemas/${safe}`,
        `/api/evidence/${safe}/${safe}?expires=${safe}&expires=1&signature[$ne]=`,
      ];
    });
    for (const path of paths) {
      const { status } = await phone.get(path);
      assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
    }
    for (const path of ["/h5/join/", "/h5/join/x'", `/h5/join/${encodeURIComponent(NE)}`])
      assert.ok((await phone.get(path)).status < 500, path);
    for (const query of ["to[$ne]=", "to=a&to=b", "to=%ff", "again=1&again=1"])
      assert.equal((await phone.get(`/h5/signin?${query}`)).status, 303, query);
    for (const query of ["code[$ne]=&state[$ne]=", "code=a&code=b&state=c&state=d", "state=%00"])
      assert.equal((await phone.get(`/h5/oauth?${query}`)).location, "/h5", query);
    assert.equal((await phone.get("/h5/ends/dispute?because=a&because=b")).status, 200);
    assert.equal(/"level":"(error|fatal)"/.test(app.logged()), false, "nothing of it was a fault of ours");
  });
});

describe("a forged post", () => {
  it("without its token or from elsewhere is refused on every route, and nothing is changed", async () => {
    const { A, id } = await readyPair(app);
    const phone = phoneOf(A);
    const token = await tokenOf(phone, id);
    const ready = await app.ctx.accidents.get(id);
    for (const { path, posts, at = "sign" } of routes(id)) {
      if (!posts) continue;
      const step = path.split("/").at(-1) as Step;
      const version = await putAt(app.ctx, ready, STAGES[at] ? at : "sign");
      const body = BODIES[step] ?? { choice: "withdraw" };
      const forged = [
        await phone.post(path, body),
        await phone.post(path, { ...body, _csrf: `${token}x` }),
        await phone.post(path, [
          ["_csrf", token],
          ["_csrf", token],
        ]),
        await phone.post(path, { ...body, _csrf: token }, { origin: "https://evil.example" }),
        await phone.post(path, { ...body, _csrf: token }, { origin: "null" }),
        await phone.post(path, { ...body, _csrf: token }, { "sec-fetch-site": "cross-site" }),
      ];
      assert.deepEqual(
        forged.map(({ status }) => status),
        [403, 403, 403, 403, 403, 403],
        path,
      );
      assert.equal((await app.ctx.accidents.get(id)).version, version, path);
    }
    for (const path of ["/h5/start", "/h5/join"]) {
      const stranger = new Phone(app, "o_bad_input_forged");
      await stranger.open(path);
      assert.equal(
        (
          await stranger.post(path, {
            vehicles: "two",
            condition: "none",
            notice: "yes",
            sensitive: "yes",
            code: "123456",
          })
        ).status,
        403,
      );
      assert.equal((await stranger.post(path, {}, { origin: "https://evil.example" })).status, 403);
    }
  });
});

describe("an insurer's call-back", () => {
  it("that is wrong is refused with the field's name, in both languages, and moves nothing", async () => {
    const { id } = await settle(await openCase(app.ctx));
    await app.settle();
    const accident = await app.ctx.accidents.get(id);
    const claim = accident.claims[0]!;
    const { code, ref } = { code: claim.insurerCode, ref: claim.ref };
    const { insurers: standIn } = app.simulator;
    const before = (await app.ctx.accidents.get(id)).version;
    const unsigned = await fetch(`${app.url}/api/insurers/${code}/claims/${ref}/status`, {
      method: "POST",
      body: "{}",
    });
    assert.equal(unsigned.status, 401);
    const unknown = await fetch(`${app.url}/api/insurers/NOPE/claims/${ref}/status`, { method: "POST", body: "{}" });
    assert.equal(unknown.status, 404);
    assert.equal((await standIn.sendStatus("PAIC", ref, { status: "received", insurerCode: "PAIC" })).status, 404);
    for (const field of [
      "status",
      "insurerClaimNo",
      "sequence",
      "occurredAt",
      "claimRef",
      "insurerCode",
      "surveyor",
      "reason",
      "amounts",
      "paidAt",
    ]) {
      // an object's own fields are checked, others that it holds are left out
      const inner = { surveyor: "name", reason: "text", amounts: "paidFen" }[field];
      const operator = inner ? { [inner]: { $ne: null } } : { $ne: null };
      for (const value of [operator, ["a"], "\u202e", -1]) {
        const sent = await standIn.sendStatus(code, ref, { status: "received", sequence: 1, [field]: value } as never);
        assert.equal(sent.status, 422, `${field} ${JSON.stringify(value)}: ${JSON.stringify(sent.body)}`);
        assert.ok(String(sent.body.field).startsWith(field), `${field}: ${JSON.stringify(sent.body)}`);
        const message = sent.body.message as { zh: string; en: string };
        assert.match(message.zh, /[\u4e00-\u9fff]/);
        assert.doesNotMatch(message.en, /[\u4e00-\u9fff]/);
      }
    }
    assert.equal((await app.ctx.accidents.get(id)).version, before);
  });
});

const phoneOf = ({ cookie }: { cookie: { name: string; value: string } }): Phone => {
  const phone = new Phone(app);
  phone.jar.set(cookie.name, cookie.value);
  return phone;
};

const tokenOf = async (phone: Phone, id: string): Promise<string> =>
  /name="_csrf" value="([^"]*)"/.exec((await phone.get(`/h5/accidents/${id}/way-out?choice=withdraw`)).html)?.[1] ??
  /name="_csrf" value="([^"]*)"/.exec((await phone.get(`/h5/accidents/${id}`)).html)?.[1] ??
  "";

async function signedBy(id: string, letter: Letter): Promise<Accident> {
  const shown = contentDigest(app.ctx, await app.ctx.accidents.get(id));
  const input = { accidentId: id, letter, contentDigest: shown, signature: SIGNATURE, forwarding: true };
  return signAgreement(app.ctx, input);
}

const unescaped = (text: string): string =>
  text.replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll(/\s+/g, " ").trim();

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

/** Typed text is in the form again; a choice of a list is selected again if the list has it. */
function assertKept(html: string, { name, typed, what }: { name: string; typed: string; what: string }): void {
  if (typed === "") return;
  const value = escaped(typed);
  const inputs = html.match(new RegExp(`<(?:input|textarea)[^>]*name="${name}"[^>]*>`, "g")) ?? [];
  if (!inputs.some((tag) => !/type="(radio|checkbox)"/.test(tag))) return;
  assert.ok(html.includes(`value="${value}"`) || html.includes(`>${value}</textarea>`), `${what}: ${name} is lost`);
}
