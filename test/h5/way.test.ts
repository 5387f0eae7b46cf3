import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { END_CODES } from "../../src/domain/accident.ts";
import { INVITATION_MINUTES } from "../../src/domain/invitation.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { timeText } from "../../src/h5/times.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { alerts, alertText, button, heading, hidden, inputOf, Phone, radio, telephones } from "./phone.ts";

const photo = readFileSync(new URL("../../../test/fixtures/photo-1.jpg", import.meta.url));
const AGREED = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };
const JSON_ACCEPT = { accept: "application/json" };

let app: TestApp;
let count = 0;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const newPhone = () => new Phone(app, `oWay${String(++count).padStart(24, "0")}`);
const idOf = (path: string) => path.split("/")[3] ?? "";

async function opened(): Promise<{ a: Phone; id: string; base: string }> {
  const a = newPhone();
  const { location } = await a.fill("/h5/start", AGREED);
  const id = idOf(location);
  return { a, id, base: `/h5/accidents/${id}` };
}

async function photographed() {
  const case_ = await opened();
  const token = hidden((await case_.a.get(`${case_.base}/photos`)).html, "_csrf");
  const all = PHOTO_SLOTS.map((slot): [string, Buffer] => [slot, SLOT_PHOTOS[slot]]);
  const answer = await case_.a.upload(`${case_.base}/photos`, token, all);
  return { ...case_, answer, token };
}

async function invited() {
  const case_ = await photographed();
  await case_.a.get(`${case_.base}/move`);
  const { invitation } = await app.ctx.accidents.get(case_.id);
  return { ...case_, code: invitation!.code, digits: invitation!.digits };
}

describe("signing in", () => {
  it("leads through WeChat back to the page that was asked for, with a new session", async () => {
    const phone = newPhone();
    const away = await phone.get("/h5/start");
    assert.equal(away.location, "/h5/signin?to=%2Fh5%2Fstart");
    const page = await phone.open("/h5/start");
    assert.equal(page.path, "/h5/start");
    assert.equal(heading(page.html), "先确认安全");
    assert.match(phone.jar.header(), /\bkc=/);
  });

  it("never leads to another site", async () => {
    for (const to of [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "https:evil",
      "/h5/../simulator",
      "/h5\t//x",
      "/h5evil",
    ]) {
      const phone = newPhone();
      const page = await phone.open(`/h5/signin?to=${encodeURIComponent(to)}`);
      assert.equal(page.path, "/h5/start", to);
    }
  });

  it("starts anew once when the code has been used, then says so", async () => {
    const phone = newPhone();
    const leave = await phone.get("/h5/signin?to=/h5/start");
    const { headers } = await phone.get(leave.location);
    const back = new URL(String(headers.get("location")));
    const returning = back.pathname + back.search;
    const cookies = phone.jar.header();
    assert.equal((await phone.get(returning)).location, "/h5/start");
    const again = new Phone(app);
    for (const pair of cookies.split("; ")) again.jar.set(pair.split("=")[0]!, pair.slice(pair.indexOf("=") + 1));
    const restarted = await again.get(returning);
    assert.equal(restarted.location, "/h5/signin?again=1&to=%2Fh5%2Fstart");
    const failed = await newPhone().get(`/h5/oauth?code=abc&state=${"0".repeat(32)}again`);
    assert.equal(failed.status, 401);
    assert.match(alertText(failed.html), /微信登录未成功/);
  });

  it("refuses a state that is not this browser's", async () => {
    const victim = newPhone();
    const attacker = newPhone();
    const leave = await attacker.get("/h5/signin?to=/h5/start");
    const back = new URL(String((await attacker.get(leave.location)).headers.get("location")));
    const planted = await victim.get(back.pathname + back.search);
    assert.match(planted.location, /^\/h5\/signin\?again=1/);
    assert.doesNotMatch(victim.jar.header(), /\bkc=/);
  });

  it("gives a new session id each time, and a forged or old cookie is nobody", async () => {
    const phone = newPhone();
    await phone.open("/h5/start");
    const first = /\bkc=([^;]+)/.exec(phone.jar.header())![1]!;
    await phone.open("/h5/signin?to=/h5/start");
    const second = /\bkc=([^;]+)/.exec(phone.jar.header())![1]!;
    assert.notEqual(first, second);
    phone.jar.set("kc", `${second.slice(0, -2)}xx`);
    assert.match((await phone.get("/h5/start")).location, /^\/h5\/signin/);
    phone.jar.set("kc", "constructor.prototype");
    assert.match((await phone.get("/h5/start")).location, /^\/h5\/signin/);
  });
});

describe("page 1", () => {
  it("asks four touches: two vehicles are preset, two ticks (PIPL art. 17, 29), one green button", async () => {
    const a = newPhone();
    const page = await a.open("/h5/start");
    assert.equal(radio(page.html, "vehicles"), "two");
    for (const [label, name] of [
      ["我已阅读", "notice"],
      ["我单独同意", "sensitive"],
    ] as const) {
      const { name: found, tag } = inputOf(page.html, label);
      assert.equal(found, name);
      assert.ok(!tag.includes("checked"), "never preset");
    }
    assert.ok(button(page.html, "没有人受伤，车能开，继续"));
    for (const { zh } of app.config.rules.conditions) assert.ok(button(page.html, zh), zh);
    const { status, location } = await a.fill("/h5/start", AGREED);
    assert.equal(status, 303);
    assert.match(location, /^\/h5\/accidents\/[\w-]+\/photos$/);
    assert.equal((await a.get("/h5/start")).location, location, "a running case comes first");
    assert.equal((await a.get("/h5")).location, location);
  });

  it("opens nothing without either tick and says so at it, in both languages", async () => {
    const a = newPhone();
    const refused = await a.fill("/h5/start", { vehicles: "two", condition: "none" });
    assert.equal(refused.status, 422);
    assert.deepEqual(
      alerts(refused.html).map(({ field }) => field),
      ["notice", "sensitive"],
    );
    const half = await a.fill("/h5/start", { vehicles: "two", condition: "none", notice: "yes" });
    assert.equal(half.status, 422);
    assert.match(alerts(half.html)[0]!.text, /^请勾选单独同意后继续/);
    const token = hidden(refused.html, "_csrf");
    await a.post("/h5/language?to=%2Fh5%2Fstart", { _csrf: token, language: "en" });
    const english = await a.fill("/h5/start", { vehicles: "more", condition: "unheard-of" });
    assert.equal(english.status, 422);
    assert.equal(radio(english.html, "vehicles"), "more");
    assert.match(alerts(english.html)[0]!.text, /^Please tap one/);
    assert.equal((await a.get("/h5")).location, "/h5/start");
  });

  it("tells at once what to do when an exception is tapped: without the tick nothing is kept, with it the case is recorded as ended", async () => {
    const a = newPhone();
    const { location } = await a.fill("/h5/start", { vehicles: "two", condition: "hurt" });
    assert.equal(location, "/h5/ends/hold-scene?because=hurt");
    const end = await a.get(location);
    assert.deepEqual(telephones(end.html).slice(0, 3), ["120", "122", "110"]);
    const recorded = await a.fill("/h5/start", {
      vehicles: "two",
      condition: "installation",
      notice: "yes",
      sensitive: "yes",
    });
    assert.match(recorded.location, /\/ended$/);
    const page = await a.get(recorded.location);
    assert.equal(heading(page.html), "先拍照挪车，再报警");
    assert.match(page.html, /第十四条第（二）项/);
  });

  it("leads one car, three cars and bicycles to their own ends", async () => {
    for (const [vehicles, title] of [
      ["one", "单方事故，请联系保险公司"],
      ["more", "本服务只办理两辆机动车的事故"],
      ["non-motor", "本服务只办理两辆机动车的事故"],
    ] as const) {
      const a = newPhone();
      const { location } = await a.fill("/h5/start", { ...AGREED, vehicles });
      assert.equal(heading((await a.get(location)).html), title);
    }
  });

  it("every end has a page of its own, in both languages", async () => {
    const reader = newPhone();
    for (const language of ["zh-CN", "en"])
      for (const code of END_CODES) {
        const page = await reader.get(`/h5/ends/${code}`, { "accept-language": language });
        assert.equal(page.status, 200, code);
        assert.ok(telephones(page.html).length > 1, code);
      }
    assert.equal((await reader.get("/h5/ends/constructor")).status, 404);
  });
});

describe("what a form may not say", () => {
  it("refuses operators, lists, unknown and forbidden names by the field's name, everything typed kept", async () => {
    const a = newPhone();
    const page = await a.open("/h5/start");
    const _csrf = hidden(page.html, "_csrf");
    const json = (body: object) =>
      a.send("POST", "/h5/start", {
        body: JSON.stringify({ _csrf, ...body }),
        headers: { "content-type": "application/json" },
      });
    const operator = await json({ vehicles: { $ne: null }, condition: "none", notice: "yes", sensitive: "yes" });
    assert.equal(operator.status, 422);
    assert.equal(alerts(operator.html)[0]!.field, "vehicles");
    const twice = await a.post("/h5/start", [
      ["_csrf", _csrf],
      ["vehicles", "two"],
      ["condition", "none"],
      ["condition", "hurt"],
    ]);
    assert.equal(alerts(twice.html)[0]!.field, "condition");
    const bracket = await a.post("/h5/start", { _csrf, ...AGREED, "vehicles[$ne]": "" });
    assert.equal(bracket.status, 422);
    assert.match(alerts(bracket.html)[0]!.text, /vehicles\[\$ne\]/);
    assert.match(inputOf(bracket.html, "同意").tag, / checked/);
    const proto = await a.post("/h5/start", { _csrf, ...AGREED, __proto__x: "1" });
    assert.equal(proto.status, 422);
    const forbidden = await a.send("POST", "/h5/start", {
      body: `_csrf=${_csrf}&__proto__=1`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    assert.equal(forbidden.status, 422);
    assert.match(alertText(forbidden.html), /__proto__/);
    assert.equal(({} as Record<string, unknown>)["1"], undefined);
  });

  it("answers what is too large, not a form, or broken with a sentence", async () => {
    const a = newPhone();
    await a.open("/h5/start");
    const large = await a.post("/h5/start", { vehicles: "x".repeat(70_000) });
    assert.equal(large.status, 413);
    assert.match(alertText(large.html), /过大/);
    const xml = await a.send("POST", "/h5/start", { body: "<a/>", headers: { "content-type": "application/xml" } });
    assert.equal(xml.status, 415);
    const broken = await a.send("POST", "/h5/start", { body: "{", headers: { "content-type": "application/json" } });
    assert.equal(broken.status, 400);
    assert.equal((await a.get("/h5/%E0%A4%A")).status, 404);
  });

  it("wants the token of this session; a stale one brings the form back, filled, with a fresh one", async () => {
    const a = newPhone();
    const b = newPhone();
    const other = hidden((await b.open("/h5/start")).html, "_csrf");
    await a.open("/h5/start");
    for (const token of ["", "x", other]) {
      const again = await a.post("/h5/start", { ...AGREED, vehicles: "more", _csrf: token });
      assert.equal(again.status, 403);
      assert.match(alertText(again.html), /请再点一次/);
      assert.equal(radio(again.html, "vehicles"), "more");
      assert.equal(
        (await a.post("/h5/start", { ...AGREED, sensitive: "", _csrf: hidden(again.html, "_csrf") })).status,
        422,
      );
    }
  });

  it("refuses forms from other sites even with the right token", async () => {
    const a = newPhone();
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      const refused = await a.fill("/h5/start", AGREED, headers as unknown as Record<string, string>);
      assert.equal(refused.status, 403, JSON.stringify(headers));
    }
    assert.equal((await a.fill("/h5/start", AGREED, { origin: app.url, "sec-fetch-site": "same-origin" })).status, 303);
  });
});

describe("photographs", () => {
  it("five pictures in one form: safe, then the cars may move", async () => {
    const { a, base, answer, id } = await photographed();
    assert.equal(answer.status, 303);
    assert.equal(answer.location, `${base}/move`);
    const photos = (await app.ctx.accidents.get(id)).photos;
    const [link = ""] = /\/h5\/[^"]+\/thumb\?[^"]+/.exec((await a.get(`${base}/photos`)).html) ?? [];
    const thumb = await a.get(link.replace("&amp;", "&"));
    assert.equal(thumb.status, 200);
    assert.equal(thumb.headers.get("content-type"), "image/jpeg");
    assert.equal(thumb.headers.get("cache-control"), "no-store");
    assert.equal((await a.get(`${base}/photos/${photos[0]!.id}/original`)).status, 404);
    assert.equal((await newPhone().open(`${base}/photos/${photos[0]!.id}/thumb`)).status, 404);
  });

  it("takes one picture from the script and says where that leads", async () => {
    const { a, base } = await opened();
    const token = hidden((await a.get(`${base}/photos`)).html, "_csrf");
    const answer = await a.upload(`${base}/photos`, token, [["scene", photo]], JSON_ACCEPT);
    assert.deepEqual(JSON.parse(answer.html), { step: "photos" });
    const page = await a.get(`${base}/photos`);
    assert.equal(heading(page.html), "还差 4 张");
    assert.equal(inputOf(page.html, "我车受损处").name, "own-damage");
  });

  it("refuses what is no photograph at its place, with a sentence, in the form and for the script", async () => {
    const { a, base } = await opened();
    const token = hidden((await a.get(`${base}/photos`)).html, "_csrf");
    for (const bytes of [
      Buffer.from("MZ\x90\x00 this program"),
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
      Buffer.from("%PDF-1.7"),
    ]) {
      const refused = await a.upload(`${base}/photos`, token, [["own-plate", bytes]]);
      assert.equal(refused.status, 415);
      assert.deepEqual(alerts(refused.html), [
        { field: "own-plate", text: "这不是 JPEG、HEIC、AVIF、PNG 或 WebP 照片，请重拍一张" },
      ]);
    }
    const script = await a.upload(`${base}/photos`, token, [["own-plate", Buffer.from("nothing")]], JSON_ACCEPT);
    assert.equal(script.status, 415);
    assert.equal(JSON.parse(script.html).error.field, "own-plate");
    const large = await a.upload(`${base}/photos`, token, [["scene", Buffer.alloc(12 * 1024 * 1024 + 1)]]);
    assert.equal(large.status, 413);
    assert.match(large.html, /12 MB/);
    const strange = await a.upload(`${base}/photos`, token, [["selfie", photo]]);
    assert.equal(strange.status, 422);
    assert.match(strange.html, /selfie/);
    assert.equal((await a.upload(`${base}/photos`, token, [])).status, 422);
    const cut = await a.send("POST", `${base}/photos`, {
      body: '--b\r\nContent-Disposition: form-data; name="scene"; filename="a.jpg"\r\n\r\nabc',
      headers: { "content-type": "multipart/form-data; boundary=b" },
    });
    assert.equal(cut.status, 400);
  });

  it("a picture that is refused keeps no other out, and the page shows what has arrived", async () => {
    const { a, base } = await opened();
    const token = hidden((await a.get(`${base}/photos`)).html, "_csrf");
    const refused = await a.upload(`${base}/photos`, token, [
      ["scene", Buffer.from("nope")],
      ["own-damage", photo],
      ["own-plate", Buffer.from("nor this")],
    ]);
    assert.equal(refused.status, 415);
    assert.deepEqual(
      alerts(refused.html).map(({ field }) => field),
      ["scene", "own-plate"],
    );
    assert.equal(heading(refused.html), "还差 4 张");
  });

  it("swaps two by one tap, until the cars have moved", async () => {
    const { a, base, id, token } = await photographed();
    const find = async (slot: string) => (await app.ctx.accidents.get(id)).photos.find((one) => one.slot === slot)!.id;
    const [own, other] = [await find("own-plate"), await find("other-plate")];
    const swapped = await a.post(`${base}/photos/swap`, { _csrf: token, photo: own, slot: "other-plate" });
    assert.equal(swapped.location, `${base}/photos`);
    assert.deepEqual([await find("own-plate"), await find("other-plate")], [other, own]);
    await a.post(`${base}/move`, { _csrf: token });
    const late = await a.post(`${base}/photos/swap`, { _csrf: token, photo: own, slot: "own-plate" });
    assert.equal(late.location, `${base}/place`);
    assert.deepEqual([await find("own-plate"), await find("other-plate")], [other, own]);
  });

  it("takes the position silently, and only a position", async () => {
    const { a, base, id } = await opened();
    const token = hidden((await a.get(`${base}/photos`)).html, "_csrf");
    const wrong = await a.post(`${base}/position`, { _csrf: token, lat: "91", lng: "x" }, JSON_ACCEPT);
    assert.equal(wrong.status, 422);
    assert.equal(JSON.parse(wrong.html).error.field, "lat");
    const right = await a.post(
      `${base}/position`,
      { _csrf: token, lat: "31.230416", lng: "121.473701", accuracy: "12.4" },
      JSON_ACCEPT,
    );
    assert.equal(right.status, 200);
    const { positions } = (await app.ctx.accidents.get(id)).scene;
    assert.deepEqual(positions.A, { lat: 31.230416, lng: 121.473701, crs: "WGS-84", accuracyM: 12, label: null });
  });
});

describe("moving, place, invitation", () => {
  it("shows the code for the other driver, and goes on to the place, where nothing is chosen beforehand", async () => {
    const { a, base, digits } = await invited();
    const page = await a.get(`${base}/move`);
    assert.match(page.html, new RegExp(`${digits.slice(0, 3)} ${digits.slice(3)}`));
    const { invitation } = await app.ctx.accidents.get(idOf(base));
    for (const [what, until] of [
      ["二维码 ", invitation!.expiresAt],
      ["公众号（", invitation!.digitsExpireAt],
    ] as const)
      assert.ok(page.html.includes(`${what}${timeText(until, app.clock.now(), "zh")} 前有效`), what);
    const qr = await a.get(`${base}/invitation.png`);
    assert.equal(qr.headers.get("content-type"), "image/png");
    assert.equal((await a.fill(`${base}/move`, {})).location, `${base}/place`);
    assert.equal((await a.fill(`${base}/move`, {})).location, `${base}/place`, "a second tap is harmless");
    const place = await a.get(`${base}/place`);
    for (const name of ["weather", "when"]) assert.doesNotMatch(place.html, new RegExp(`name="${name}"[^>]*checked`));
    const refused = await a.fill(`${base}/place`, { address: "延安东路\u202e", when: "5", weather: "rain" });
    assert.equal(refused.status, 422);
    assert.equal(alerts(refused.html)[0]!.field, "address");
    assert.equal(radio(refused.html, "weather"), "rain");
    const empty = await a.fill(`${base}/place`, { address: "  ", when: "5", weather: "hail" });
    assert.deepEqual(
      alerts(empty.html).map(({ field }) => field),
      ["address", "weather"],
    );
    const done = await a.fill(`${base}/place`, { address: "延安东路近西藏中路", when: "5", weather: "rain" });
    assert.equal(done.location, `${base}/details`);
    assert.equal(inputOf((await a.get(`${base}/place`)).html, "地点").value, "延安东路近西藏中路");
  });

  it("lets the other driver in once, by the code, after the same declarations", async () => {
    const { a, base, code } = await invited();
    const b = newPhone();
    assert.equal((await b.fill(`/h5/join/${code}`, { condition: "none" })).status, 422);
    const joined = await b.fill(`/h5/join/${code}`, { condition: "none", notice: "yes", sensitive: "yes" });
    assert.equal(joined.location, `${base}/details`);
    assert.equal((await b.get(`/h5/join/${code}`)).location, `${base}/details`, "who is in it is led to his page");
    const late = await newPhone().open(`/h5/join/${code}`);
    assert.equal(late.status, 410);
    assert.match(alertText(late.html), /已被使用/);
    const { mark, version, ...live } = JSON.parse((await a.get(`${base}/live`)).html);
    const other = { joined: true, text: "对方待办：填写车辆信息", seen: "还没打开", isNear: false };
    assert.deepEqual(live, { step: "move", waited: "", ...other });
    assert.notEqual(mark, "");
    assert.ok(Number.isInteger(version));
    assert.equal((await b.get(`${base}/invitation.png`)).status, 404, "B never sees A's invitation");
    assert.equal((await b.get(`${base}/photos`)).location, `${base}/details`);
  });

  it("refuses one's own code, an unknown one and one that has run out, and makes a new one", async () => {
    const { a, base, code, id } = await invited();
    const own = await a.get(`/h5/join/${code}`);
    assert.equal(own.status, 410);
    assert.match(alertText(own.html), /自己的邀请码/);
    assert.equal((await newPhone().open("/h5/join/AAAAAAAAAAAAAAAAAAAAAA")).status, 410);
    app.clock.advance((INVITATION_MINUTES + 1) * 60_000);
    assert.match(alertText((await newPhone().open(`/h5/join/${code}`)).html), /已过期/);
    const page = await a.open(`${base}/move`);
    assert.ok(button(page.html, "更换新码"));
    await a.fill(`${base}/move`, {});
    await a.post(`${base}/invitation`, { _csrf: hidden(page.html, "_csrf") });
    assert.notEqual((await app.ctx.accidents.get(id)).invitation?.code, code);
  });

  it("lets nobody guess six digits", async () => {
    const guesser = newPhone();
    assert.equal((await guesser.fill("/h5/join", { code: "12345" })).status, 422);
    assert.equal((await guesser.fill("/h5/join", { code: "123 456" })).location, "/h5/join/123456");
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) statuses.push((await guesser.open(`/h5/join/00000${n}`)).status);
    assert.equal(statuses.at(-1), 429);
    const mistyped = await newPhone().open("/h5/join/654321");
    assert.match(mistyped.html, /href="\/h5\/join\?code=654321"/, "one digit is put right, not all typed again");
    assert.equal(inputOf((await newPhone().open("/h5/join?code=654321")).html, "六位数字").value, "654321");
  });

  it("takes out who is not the other driver", async () => {
    const { a, base, code } = await invited();
    const b = newPhone();
    await b.fill(`/h5/join/${code}`, { condition: "none", notice: "yes", sensitive: "yes" });
    const page = await a.get(`${base}/way-out`);
    assert.ok(button(page.html, "不是对方，移除"));
    await a.post(`${base}/remove-other`, { _csrf: hidden(page.html, "_csrf") });
    assert.equal((await b.get(`${base}/details`)).status, 404);
    assert.equal((await b.open("/h5")).path, "/h5/start");
  });

  it("an exception that the second driver declares ends it for both", async () => {
    const { a, base, code } = await invited();
    const b = newPhone();
    const { location } = await b.fill(`/h5/join/${code}`, {
      condition: "drink-or-drugs",
      notice: "yes",
      sensitive: "yes",
    });
    assert.equal(location, `${base}/ended`);
    const told = await a.open(`${base}/move`);
    assert.equal(told.path, `${base}/ended`);
    assert.match(told.html, /对方于 .* 结束了在线协商/);
  });
});

describe("the way out", () => {
  it("asks once more, ends it, keeps the record and tells both what to do", async () => {
    const { a, base, code } = await invited();
    const b = newPhone();
    await b.fill(`/h5/join/${code}`, { condition: "none", notice: "yes", sensitive: "yes" });
    const confirm = await a.get(`${base}/way-out?choice=left`);
    assert.equal(heading(confirm.html), "确定“对方离开现场”？");
    const ended = await a.fill(`${base}/way-out`, { choice: "left" });
    assert.equal(ended.location, `${base}/ended`);
    const page = await a.get(`${base}/ended`);
    assert.match(page.html, /已保存 5 张照片/);
    assert.match(page.html, /不要挪车/, "the cars have not moved yet");
    assert.equal((await b.open(`${base}/details`)).path, `${base}/ended`);
    assert.equal((await a.fill(`${base}/way-out`, { choice: "constructor" })).status, 422);
    assert.equal((await a.open("/h5")).path, "/h5/cases");
  });

  it("stands on every page, with and without a case, and the three numbers with it", async () => {
    const { a, base } = await opened();
    assert.match((await a.get(`${base}/photos`)).html, new RegExp(`href="${base}/way-out"`));
    const help = await newPhone().get("/h5/way-out");
    assert.deepEqual(telephones(help.html).slice(0, 3), ["110", "122", "120"]);
  });
});

describe("whose case it is", () => {
  const pages = [
    "",
    "/photos",
    "/move",
    "/place",
    "/invite",
    "/ended",
    "/way-out",
    "/live",
    "/stream",
    "/invitation.png",
    "/details",
    "/sign",
  ];

  it("is not there for a stranger, whatever he asks for or posts", async () => {
    const { base } = await photographed();
    const stranger = newPhone();
    const token = hidden((await stranger.open("/h5/start")).html, "_csrf");
    for (const page of pages) assert.equal((await stranger.get(base + page)).status, 404, page);
    for (const page of ["/move", "/place", "/way-out", "/remove-other", "/invitation", "/photos/swap", "/position"])
      assert.equal((await stranger.post(base + page, { _csrf: token })).status, 404, page);
    assert.equal((await stranger.upload(`${base}/photos`, token, [["scene", photo]])).status, 404);
    assert.equal((await stranger.get("/h5/accidents/nobody/photos")).status, 404);
  });

  it("asks who is not signed in to sign in, a script with 401", async () => {
    const { base } = await opened();
    const nobody = newPhone();
    for (const page of pages) assert.match((await nobody.get(base + page)).location, /^\/h5\/signin\?to=/, page);
    assert.equal((await nobody.get(`${base}/live`, JSON_ACCEPT)).status, 401);
    assert.equal(
      (await nobody.post(`${base}/move`, {})).location,
      `/h5/signin?to=${encodeURIComponent(`${base}/move`)}`,
    );
  });

  it("leads a driver who is ahead of himself to his page, nothing changed", async () => {
    const { a, base, id } = await opened();
    const { version } = await app.ctx.accidents.get(id);
    for (const page of ["/move", "/place", "/invite", "/ended", "/details", "/sign", "/done"])
      assert.equal((await a.get(base + page)).location, `${base}/photos`, page);
    const token = hidden((await a.get(`${base}/photos`)).html, "_csrf");
    for (const page of ["/move", "/place"])
      assert.equal((await a.post(base + page, { _csrf: token })).location, `${base}/photos`, page);
    assert.equal((await a.post(`${base}/move`, { _csrf: token }, JSON_ACCEPT)).status, 409);
    assert.equal((await app.ctx.accidents.get(id)).version, version);
  });
});

describe("around the pages", () => {
  it("sends the same guarded headers with every page", async () => {
    const { headers } = await newPhone().open("/h5/start");
    const guarded = Object.fromEntries(
      [
        "content-security-policy",
        "x-content-type-options",
        "x-frame-options",
        "referrer-policy",
        "cache-control",
        "permissions-policy",
        "cross-origin-opener-policy",
      ].map((name) => [name, headers.get(name)]),
    );
    assert.deepEqual(guarded, {
      "content-security-policy": `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; form-action 'self' ${new URL(app.config.wechat.openUrl).origin}; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'`,
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
      "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
      "cross-origin-opener-policy": "same-origin",
    });
  });

  it("says what is not there in the reader's language, in JSON where that is asked", async () => {
    const reader = new Phone(app);
    assert.equal(heading((await reader.get("/h5/privacy", { "accept-language": "en-GB" })).html), "Privacy notice");
    const page = await newPhone().open("/h5/nothing");
    assert.equal(page.status, 404);
    assert.equal(heading(page.html), "页面不存在");
    const phone = newPhone();
    await phone.open("/h5/start");
    const json = await phone.get("/h5/nothing", JSON_ACCEPT);
    assert.equal(json.status, 404);
    assert.equal(JSON.parse(json.html).error.code, "not-found");
    assert.equal((await reader.send("DELETE", "/h5/start")).status >= 300, true);
  });

  it("changes the language of the driver and of his case", async () => {
    const { a, base, id } = await opened();
    const token = hidden((await a.get(`${base}/photos`)).html, "_csrf");
    const changed = await a.post(`/h5/language?to=${encodeURIComponent(`${base}/photos`)}`, {
      _csrf: token,
      language: "en",
    });
    assert.equal(changed.location, `${base}/photos`);
    assert.equal(heading((await a.get(`${base}/photos`)).html), "Take five photos");
    assert.equal((await app.ctx.accidents.get(id)).parties.A.language, "en");
    const missing = await a.get("/h5/accidents/nobodys/photos");
    assert.equal(heading(missing.html), "This case is not yours");
    await a.post("/h5/language", { _csrf: hidden(missing.html, "_csrf"), language: "zh" });
    assert.equal((await app.ctx.accidents.get(id)).parties.A.language, "zh", "from a page that says what went wrong");
    assert.equal((await a.post("/h5/language?to=//evil.example", { _csrf: token, language: "fr" })).status, 422);
    assert.equal((await a.post("/h5/language?to=//evil.example", { _csrf: token, language: "zh" })).location, "/h5");
  });

  it("a fault of ours is a page without a trace of its cause", async () => {
    const { a, base } = await opened();
    const read = app.ctx.accidents.find;
    app.ctx.accidents.find = () => Promise.reject(new Error("secret inside"));
    const page = await a.get(`${base}/photos`);
    app.ctx.accidents.find = read;
    assert.equal(page.status, 500);
    assert.doesNotMatch(page.html, /secret|Error:|at .*\.js/);
    assert.equal((await a.get(`${base}/photos`)).status, 200);
  });
});
