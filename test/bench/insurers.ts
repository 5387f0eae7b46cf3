import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Accident } from "../../src/domain/accident.ts";
import { SYSTEM_TIMER } from "../../src/timer.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { shiftedClock } from "../support/clocks.ts";
import { closeDatabase } from "../support/database.ts";

const PAIRS = 5;
const SETTLEMENTS = 40;
const INTERVAL_MS = 500;
/** first ones, of which nothing is measured */
const WARM_UP = 4;
/** the highest ratio that is allowed */
const MOST = 1.2;
const HANGING = "PICC";
const OTHER = "PAIC";

interface Delays {
  medianMs: number;
  p90Ms: number;
}

/**
 * Measures how long claims take to arrive at one insurer while another one never answers, beside the same
 * without it, in pairs of runs.
 */
export async function benchInsurers(): Promise<object> {
  const pairs: { without: Delays; hanging: Delays }[] = [];
  for (let n = 0; n < PAIRS; n++) {
    // in turn, so that a machine that slows down favours neither
    const first = await run(n % 2 === 1);
    const second = await run(n % 2 === 0);
    pairs.push(n % 2 === 0 ? { without: first, hanging: second } : { without: second, hanging: first });
  }
  const ratios = pairs.map(({ without, hanging }) => hanging.medianMs / without.medianMs);
  return {
    insurersApartRatio: round(quantile(ratios, 0.5)),
    insurersApartRatios: ratios.map(round),
    withoutMedianMs: pairs.map(({ without }) => without.medianMs),
    hangingMedianMs: pairs.map(({ hanging }) => hanging.medianMs),
    withoutP90Ms: pairs.map(({ without }) => without.p90Ms),
    hangingP90Ms: pairs.map(({ hanging }) => hanging.p90Ms),
  };
}

/** One run on a database of its own: each settlement has a claim for either insurer. */
async function run(hangs: boolean): Promise<Delays> {
  const house = await openClaimsHouse(() => ({}), { clock: { ...shiftedClock(), ...SYSTEM_TIMER } });
  try {
    house.jobs.start();
    const start = (count: number) => settlements(house, count);
    await arrived(house, await start(WARM_UP));
    if (hangs) house.insurers.setMode(HANGING, { kind: "silent" });
    const delays = await arrived(house, await start(SETTLEMENTS));
    return { medianMs: quantile(delays, 0.5), p90Ms: quantile(delays, 0.9) };
  } finally {
    house.insurers.setMode(HANGING, { kind: "normal" });
    await house.jobs.stop();
    await house.close();
  }
}

async function settlements(house: ClaimsHouse, count: number): Promise<Accident[]> {
  const accidents: Accident[] = [];
  for (let n = 0; n < count; n++) {
    accidents.push(await house.conclude({ insurers: { A: HANGING, B: OTHER } }));
    await sleep(INTERVAL_MS);
  }
  return accidents;
}

/**
 * Waits for all claims to the other insurer; returns the milliseconds from the submission of each to its
 * arrival.
 */
async function arrived(house: ClaimsHouse, accidents: Accident[]): Promise<number[]> {
  const delays: number[] = [];
  for (const { claims, events } of accidents) {
    const ref = claims.find(({ insurerCode }) => insurerCode === OTHER)?.ref ?? "";
    while (!house.insurers.find(ref)) await sleep(20);
    const submittedAt = events.find(({ type }) => type === "claim-submitted")?.at as Date;
    delays.push((house.insurers.find(ref)?.receivedAt.getTime() ?? 0) - submittedAt.getTime());
  }
  return delays;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
}

const round = (value: number) => Math.round(value * 100) / 100;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const figures = (await benchInsurers()) as { insurersApartRatio: number };
  await closeDatabase();
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (figures.insurersApartRatio > MOST) process.exitCode = 1;
}
