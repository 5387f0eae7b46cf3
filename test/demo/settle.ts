import assert from "node:assert/strict";
import { toBuffer } from "qrcode";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { DriverPhone, expectStep, type Page, visible } from "../support/driver-phone.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { answered } from "../support/heard.ts";
import { insurersPay } from "./insurers-pay.ts";
import { type Drivers, openidsOf, type Papers, type Settled, type Stage } from "./stage.ts";
import { until } from "./until.ts";

const NOTHING = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };

/**
 * Two drivers from the first message to the signed agreement, over the real HTTP forms, and their insurers up
 * to the payment. Throws at the first step that is not as it should be.
 */
export async function settle(stage: Stage): Promise<Settled> {
  const { step } = stage;
  const drivers = await meet(stage);
  const { a, b, caseUrl } = drivers;
  await step("both state what happened, each for himself", async () => {
    await a.submit(await a.open(`${caseUrl}/statement`), STATEMENT_A);
    await b.submit(await b.open(`${caseUrl}/statement`), {
      ownAct: "none",
      otherAct: "QS-01",
      impact: "rear",
      note: "",
    });
  });
  await step("both read the two sentences and sign", () => bothSign(drivers));
  const papers = await step("the agreement is there as PDF and as pictures", () =>
    fetchPapers(a, caseUrl, "agreement"),
  );
  await insurersPay(stage, drivers);
  return { caseUrl, accidentId: drivers.accidentId, paper: "agreement", ...papers };
}

/** What driver A says: ran into the other. */
export const STATEMENT_A = { ownAct: "QS-01", otherAct: "none", impact: "front", note: "雨天路滑，没刹住。" };

/** Two drivers from the first message until both have entered their data: next each states what happened. */
export async function meet(stage: Stage): Promise<Drivers> {
  const { appUrl, standIns, step } = stage;
  const { platform } = standIns;
  const OPENID = openidsOf(stage);
  const phoneOf = (openid: string) => new DriverPhone(appUrl, openid, { isPatient: true });
  const [a, b] = [phoneOf(OPENID.A), phoneOf(OPENID.B)];

  const startUrl = await step("A follows the account and is answered", async () => {
    const link = { openid: OPENID.A, pattern: LINK };
    return linkIn(await answered(platform, link, () => platform.follow(OPENID.A)));
  });
  let pageA = await step("A declares: safe, none of the exceptions, consent", async () => {
    const page = await a.open(startUrl);
    return expectStep(await a.submit(page, NOTHING), "photos");
  });
  const caseUrl = new URL(pageA.url).pathname.replace(/\/photos$/, "");
  await step("A sends his position in the chat", async () => {
    const label = "上海市黄浦区人民大道近黄陂北路";
    const place = { latitude: 31.2304, longitude: 121.4737, label };
    const taken = { openid: OPENID.A, pattern: /位置/ };
    await answered(platform, taken, () => platform.sendLocation(OPENID.A, place));
  });
  pageA = await photographs(stage, a, { page: pageA, caseUrl });
  pageA = await step("A has moved his car", async () => expectStep(await a.submit(pageA, {}), "place"));
  const joinUrl = await step("B scans A's code and is invited", async () => {
    const code = await codeOn(await a.open(`${caseUrl}/invitation.png`), stage);
    const link = { openid: OPENID.B, pattern: LINK };
    return linkIn(await answered(platform, link, () => platform.scan(OPENID.B, code)));
  });
  const pageB = await step("B joins: the same declaration", async () => {
    const page = await b.open(joinUrl);
    return expectStep(await b.submit(page, NOTHING), "details");
  });
  pageA = await step("A gives place and weather", async () =>
    expectStep(
      await a.submit(pageA, { address: "人民大道近黄陂北路，由东向西第二车道", when: "0", weather: "rain" }),
      "details",
    ),
  );
  await step("both give their data and their cars'", async () => {
    expectStep(await a.submit(pageA, detailsOf("A")), "statement");
    expectStep(await b.submit(pageB, detailsOf("B")), "statement");
  });
  return { a, b, caseUrl, accidentId: caseUrl.split("/").at(-1) ?? "" };
}

/**
 * Returns what a phone reads from the picture of an invitation: of the platform's codes, newest first, the
 * one with this picture.
 */
async function codeOn({ bytes }: Page, { standIns }: Stage): Promise<string> {
  for (const { url } of standIns.platform.qrs().reverse()) {
    if (bytes.equals(await toBuffer(url, { type: "png", width: 480, margin: 4, errorCorrectionLevel: "M" })))
      return url;
  }
  throw new Error("the picture shows no code of the platform");
}

/** Three pictures through the form, two through the chat, as drivers mix them. */
async function photographs(stage: Stage, a: DriverPhone, at: { page: Page; caseUrl: string }): Promise<Page> {
  const { photos, step } = stage;
  const { platform } = stage.standIns;
  const openid = openidsOf(stage).A;
  const [inForm, inChat] = [PHOTO_SLOTS.slice(0, 3), PHOTO_SLOTS.slice(3)];
  let { page } = at;
  for (const slot of inForm) {
    page = await step(`A photographs ${slot} in the form`, async () =>
      expectStep(
        await a.submit(page, {}, { files: [{ field: slot, bytes: photos[slot] as Buffer, filename: `${slot}.jpg` }] }),
        "photos",
      ),
    );
  }
  for (const slot of inChat) {
    await step(`A sends ${slot} in the chat`, async () => {
      const taken = { openid: openid, pattern: /收到/ };
      await answered(platform, taken, () => platform.sendImage(openid, photos[slot] as Buffer));
    });
  }
  return step("the pictures are safe: A may move", () =>
    until(
      () => a.open(`${at.caseUrl}/move`),
      (shown) => shown.url.endsWith("/move"),
    ),
  );
}

async function bothSign({ a, b, caseUrl }: Drivers): Promise<void> {
  const [forA, forB] = [
    expectStep(await a.open(`${caseUrl}/sign`), "sign"),
    expectStep(await b.open(`${caseUrl}/sign`), "sign"),
  ];
  assert.match(visible(forA.html), /您负全部责任/);
  assert.match(visible(forB.html), /您无责任|您没有责任|对方负全部责任/);
  const signed = { signature: SIGNATURE, electronic: "yes", forwarding: "yes" };
  expectStep(await a.submit(forA, signed), "wait-signature");
  expectStep(await b.submit(forB, signed), "done");
}

/** The paper as PDF, as soon as it is there, and its pages as pictures. */
export async function fetchPapers(a: DriverPhone, caseUrl: string, paper: Settled["paper"]): Promise<Papers> {
  const pdf = await until(
    () => a.open(`${caseUrl}/${paper}.pdf`),
    (page) => page.status === 200,
  );
  assert.equal(pdf.bytes.subarray(0, 5).toString(), "%PDF-");
  const pages: Buffer[] = [];
  for (let number = 1; ; number++) {
    const page = await a.open(`${caseUrl}/${paper}/${number}.png`);
    if (page.status === 404) return { pdf: pdf.bytes, pages };
    assert.equal(page.type, "image/png");
    pages.push(page.bytes);
  }
}

/** As the samples show them: else the paper would speak of other cars than its photographs. */
const PLATES = { A: "沪A62K18", B: "沪AD05271" } as const;

function detailsOf(letter: "A" | "B"): Record<string, string> {
  const { name, idKind, idNumber, phone, insurerCode, policyNumber } = DETAILS[letter];
  const plate = PLATES[letter];
  const plateFields = { province: plate.slice(0, 1), serial: plate.slice(1), vehicleKind: "auto" };
  return {
    name,
    idKind,
    idNumber,
    phone,
    ...plateFields,
    insurerCode,
    insurerName: "",
    policyNumber: policyNumber ?? "",
  };
}

/** A link stands in an attribute of the message, or bare. */
const LINK = /https?:\/\/[^\s"<>]+/;

function linkIn(text: string): string {
  const link = LINK.exec(text)?.[0];
  assert.ok(link, `no link in: ${text}`);
  return link;
}
