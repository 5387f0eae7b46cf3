import { readFile } from "node:fs/promises";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { LETTERS } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { settlePaper } from "../../src/jobs/settle-paper.ts";
import { listSamples } from "../../src/simulator/samples/samples.ts";
import { databaseUri } from "../support/database.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { placeOf } from "../support/place-of.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const SECONDS = 20;
const PARALLEL = 2;
const CLEAR = { vehicles: "two", conditions: [] } as const;
const ACTS = { A: { ownAct: "QS-01", otherAct: "none" }, B: { ownAct: "none", otherAct: "QS-01" } } as const;
const IMPACTS = { A: "front", B: "rear" } as const;

/**
 * Whole settlements per second, two at a time: every action of the demo's scenario with five photographs, two
 * signatures, the paper and two claims in the outbox.
 */
export async function benchSettlements(seconds = SECONDS): Promise<Record<string, number>> {
  const dir = temporaryFolder("bench");
  const config = await loadConfig({ DATA_DIR: dir, PORT: "0", PUBLIC_URL: "http://127.0.0.1", LOG_LEVEL: "silent" });
  const ctx = await createContext(config, { databaseUri: await databaseUri() });
  try {
    const photos = await samples();
    await settleOne(ctx, photos);
    let count = 0;
    const cpu = process.cpuUsage();
    const start = performance.now();
    const worker = async () => {
      for (; performance.now() < start + seconds * 1000; count++) await settleOne(ctx, photos);
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    const took = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return {
      settlementsPerSecond: Math.round((count / took) * 100) / 100,
      settlementCpuMs: Math.round((user + system) / 1000 / count),
    };
  } finally {
    await ctx.close();
  }
}

async function samples(): Promise<Buffer[]> {
  const files = listSamples().filter(({ phone }) => phone === 1);
  return Promise.all(PHOTO_SLOTS.map((slot) => readFile(files.find((sample) => sample.slot === slot)!.file)));
}

async function settleOne(ctx: Context, photos: Buffer[]): Promise<void> {
  const [a, b] = await Promise.all(LETTERS.map(() => ctx.people.see(`openid-${ctx.randomId()}`)));
  const { id: accidentId } = await openAccident(ctx, {
    person: a!,
    textVersion: NOTICE_VERSION,
    answer: { ...CLEAR, conditions: [] },
  });
  for (const [index, slot] of PHOTO_SLOTS.entries())
    await addPhoto(ctx, { accidentId, letter: "A", slot, bytes: photos[index]!, source: "form" });
  await confirmMoved(ctx, { accidentId, letter: "A" });
  const { invitation } = await makeInvitation(ctx, { accidentId, letter: "A" });
  await joinByCode(ctx, {
    person: b!,
    code: invitation!.code,
    textVersion: NOTICE_VERSION,
    answer: { ...CLEAR, conditions: [] },
  });
  await recordPlace(ctx, { accidentId, letter: "A", ...placeOf(ctx), address: "延安东路近外滩，由东向西第二车道" });
  for (const letter of LETTERS) {
    await giveDetails(ctx, { accidentId, letter, details: DETAILS[letter] });
    const statement = { ...ACTS[letter], impact: IMPACTS[letter], note: "" };
    await giveStatement(ctx, { accidentId, letter, statement });
  }
  const ready = await ctx.accidents.get(accidentId);
  const shown = { accidentId, contentDigest: contentDigest(ctx, ready), signature: SIGNATURE, forwarding: true };
  for (const letter of LETTERS) await signAgreement(ctx, { ...shown, letter });
  const { claims } = await settlePaper(ctx, { accidentId });
  if (claims.length !== 2) throw new Error(`${claims.length} claims instead of two`);
}
