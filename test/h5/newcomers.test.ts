import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { BRAKES } from "../../src/domain/brakes.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { hidden, Phone } from "./phone.ts";
import { UploadPhone } from "./upload-phone.ts";

const DECLARED = { condition: "none", notice: "yes", sensitive: "yes" };
const PLATE = "沪B67890";
const MASKED = "沪B·6**90";

let app: TestApp;
let people = 0;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const newPhone = () => new Phone(app, `o_newcomer_${++people}`);

/** Driver A with a picture, and somebody who has typed A's digits and declared. */
async function asking(before: (b: Phone) => Promise<void> = async () => {}) {
  const a = newPhone();
  const { location } = await a.fill("/h5/start", { vehicles: "two", ...DECLARED });
  const base = location.replace(/\/\w+$/, "");
  const id = base.split("/")[3]!;
  for (const slot of PHOTO_SLOTS)
    await addPhoto(app.ctx, { accidentId: id, letter: "A", slot, bytes: SLOT_PHOTOS[slot], source: "form" });
  const { invitation } = await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
  const b = newPhone();
  await before(b);
  const digits = await b.fill("/h5/join", { code: invitation!.digits });
  const form = await b.open(digits.location);
  const joined = await b.post(form.path, { _csrf: hidden(form.html, "_csrf"), ...DECLARED, plate: PLATE });
  const caseOf = () => app.ctx.accidents.get(id);
  return { a, b, base, id, form, joined, invitation: invitation!, caseOf };
}

const decide = async (phone: Phone, base: string, answer: "yes" | "no") => {
  const { html } = await phone.get(`${base}/admit`);
  const fields = { _csrf: hidden(html, "_csrf"), askedAt: hidden(html, "askedAt"), answer };
  return phone.post(`${base}/admit`, fields);
};

describe("somebody who joins by six digits", () => {
  it("is not told whose case it is, nor the code of the QR, and waits for a yes", async () => {
    const { form, joined, base, invitation, caseOf } = await asking();
    assert.ok(!form.path.includes(invitation.code) && !form.html.includes(invitation.code));
    assert.equal(joined.location, `${base}/admission`);
    const { parties, invitation: after } = await caseOf();
    assert.deepEqual([parties.B?.newcomer?.plate, after?.usedAt], [PLATE, null]);
  });

  it("sees no photograph, no place, no position, and changes nothing", async () => {
    const { a, b, base, caseOf } = await asking();
    const before = await caseOf();
    const page = await b.open(base);
    assert.equal(page.path, `${base}/admission`);
    assert.match(page.html, /等待对方同意/);
    for (const path of ["details", "statement", "extras", "photos", "photos/live", "invitation.png", "agreement.pdf"]) {
      const { status, location } = await b.get(`${base}/${path}`);
      assert.ok(status === 404 || location === `${base}/admission`, `${path}: ${status} ${location}`);
    }
    const [, thumb = ""] = /src="([^"]+\/thumb\?[^"]+)"/.exec((await a.get(base)).html) ?? [];
    assert.ok(thumb !== "" && (await b.get(thumb.replaceAll("&amp;", "&"))).status === 404);
    const uploads = new UploadPhone(`${app.url}${base}/uploads`, {
      cookie: b.jar.header(),
      token: hidden(page.html, "_csrf"),
    });
    assert.equal((await uploads.whole(SLOT_PHOTOS.scene, "extra")).body.error?.code, "wrong-step");
    await b.post(`${base}/position`, { _csrf: hidden(page.html, "_csrf"), lat: "31.2", lng: "121.4" });
    assert.equal((await caseOf()).version, before.version);
  });

  it("takes only themselves out, whatever they say", async () => {
    const { b, base, caseOf } = await asking();
    const { html } = await b.get(`${base}/way-out?choice=hurt`);
    const left = await b.post(`${base}/way-out`, { _csrf: hidden(html, "_csrf"), choice: "hurt" });
    assert.match(left.location, /^\/h5\/ends\//);
    const { ended, parties } = await caseOf();
    assert.deepEqual([ended, parties.B], [null, null]);
  });

  it("joins, leaves and joins again a few times only: each is told to A and stands in the record", async () => {
    const { b, base, form, caseOf } = await asking();
    const leave = async () => {
      const { html } = await b.get(`${base}/way-out?choice=withdraw`);
      assert.equal((await b.post(`${base}/way-out`, { _csrf: hidden(html, "_csrf"), choice: "withdraw" })).status, 303);
    };
    const join = () => b.fill(form.path, { ...DECLARED, plate: PLATE });
    for (let turn = 1; turn < BRAKES.newcomings.limit; turn++) {
      await leave();
      assert.equal((await join()).location, `${base}/admission`);
    }
    await leave();
    const { version } = await caseOf();
    assert.equal((await join()).status, 429);
    assert.equal((await caseOf()).version, version);
  });

  it("is let in by A, who sees a masked plate and since when, on every page and in the chat", async () => {
    const { a, b, base, id, caseOf } = await asking();
    const shown = await a.get(`${base}/admit`);
    assert.ok(shown.html.includes(MASKED) && !shown.html.includes(PLATE));
    assert.ok(!shown.html.includes(`href="${base}/admit"`), "the question does not lead to itself");
    assert.ok((await a.get(`${base}/move`)).html.includes(`${base}/admit`), "the other pages lead there");
    await decide(a, base, "yes");
    const { parties, invitation, events } = await caseOf();
    assert.deepEqual([parties.B?.newcomer, Boolean(invitation?.usedAt)], [undefined, true]);
    assert.ok(events.some(({ type, by }) => type === "party-admitted" && by === "A"));
    assert.equal((await b.open(base.replace(/$/, "/details"))).path, `/h5/accidents/${id}/details`);
  });

  it("keeps a case of their own that nobody has joined until A says yes, which ends it", async () => {
    const { a, base, caseOf } = await asking(async (b) => {
      await b.fill("/h5/start", { vehicles: "two", ...DECLARED });
    });
    const { personId = "" } = (await caseOf()).parties.B?.identity ?? {};
    const own = await app.ctx.accidents.findOpenedBy(personId);
    assert.equal(own?.ended, null);
    await decide(a, base, "yes");
    assert.equal((await app.ctx.accidents.get(String(own?.id))).ended?.code, "withdrawn");
    assert.equal(await app.ctx.accidents.findOpenedBy(personId), null);
  });

  it("opens the same address again and again, which is no further try; another one's digits are", async () => {
    const first = await asking();
    const { b, base, invitation } = first;
    const address = `/h5/join/${invitation.digits}`;
    for (let n = 0; n < 2 * BRAKES.digits.limit; n++)
      assert.equal((await b.get(address)).location, `${base}/admission`);
    for (let n = 0; n < 2 * BRAKES.digits.limit; n++)
      assert.equal((await first.a.get(address)).status, 410, "one's own digits are no guess");
    const typed = newPhone();
    await typed.open("/h5/start");
    const wrong = invitation.digits === "000000" ? "000001" : "000000";
    for (let n = 0; n < BRAKES.digits.limit; n++) assert.equal((await typed.get(`/h5/join/${wrong}`)).status, 410);
    assert.equal((await typed.get(`/h5/join/${wrong}`)).status, 429);
    assert.equal((await typed.get(address)).status, 429);
  });

  it("is refused by A, and the code is no longer good", async () => {
    const { a, b, base, invitation, caseOf } = await asking();
    await decide(a, base, "no");
    const after = await caseOf();
    assert.equal(after.parties.B, null);
    assert.notEqual(after.invitation?.code, invitation.code);
    assert.equal((await b.get(`${base}/admission`)).status, 404);
  });

  it("gives way to whoever scans the QR code, and a yes to somebody who is gone changes nothing", async () => {
    const { a, b, base, invitation, caseOf } = await asking();
    const stale = await a.get(`${base}/admit`);
    app.clock.advance(1_000);
    const scanner = newPhone();
    const joined = await scanner.fill(`/h5/join/${invitation.code}`, DECLARED);
    assert.match(joined.location, /details$/);
    const { parties, version } = await caseOf();
    assert.equal(parties.B?.newcomer, undefined);
    await a.post(`${base}/admit`, {
      _csrf: hidden(stale.html, "_csrf"),
      askedAt: hidden(stale.html, "askedAt"),
      answer: "no",
    });
    assert.equal((await caseOf()).version, version);
    assert.equal((await b.get(`${base}/admission`)).status, 404);
  });

  it("cannot use another person's ticket", async () => {
    const { a, b, base, form } = await asking();
    await decide(a, base, "no");
    void b;
    const stranger = newPhone();
    await stranger.open("/h5/start");
    assert.equal((await stranger.open(form.path)).status, 410);
  });
});
