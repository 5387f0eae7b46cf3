import { randomBytes } from "node:crypto";
import type { Insurer } from "../config.ts";
import { allowedFor } from "../insurers/client.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";
import type { Patient } from "./patient.ts";
import { failureOf, reach, systemsAnd } from "./reach.ts";

const CONNECT_MS = 10_000;
const SOON_DAYS = 14;

async function reachable(patient: Patient, insurer: Insurer): Promise<Finding> {
  const { code, url, hotline } = insurer;
  const { config, timer, ca, now } = patient;
  if (url === null) return hotline ? ok("insurer-hotline", { hotline }) : warn("insurer-nothing", "insurer-nothing");
  if (config.standIns.insurers.includes(code)) return ok("stand-in");
  try {
    const allowed = allowedFor(insurer, config.allowPrivateAddresses);
    const options = {
      allowed,
      ca: insurer.ca ? [insurer.ca] : systemsAnd(ca),
      limit: { timer, ms: CONNECT_MS },
      now: now(),
    };
    const days = await reach(new URL(url), options);
    if (days === null) return ok("insurer-without-tls");
    return days < SOON_DAYS ? warn("insurer-certificate", "insurer-certificate", { days }) : ok("insurer", { days });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === "address-refused") return fail("insurer-private", "insurer-private");
    if (failure === "certificate") return fail("insurer-untrusted", "insurer-certificate");
    return fail("insurer-away", "insurer-away", { code: failure });
  }
}

/** Posts a signed `endpoint.ping`. By a 2xx the insurer has accepted the signature, or verifies none. */
async function ping(patient: Patient, { code }: Insurer): Promise<Finding> {
  // signed by the database's clock, as claims are
  await patient.database().catch(() => null);
  const id = `ping_${randomBytes(12).toString("base64url")}`;
  const message = {
    type: "endpoint.ping",
    schemaVersion: "1.0",
    timestamp: patient.now().toISOString(),
    data: { insurerCode: code },
  };
  const outcome = await patient.insurers.post(code, { id, body: JSON.stringify(message) });
  const params = { code: outcome.code };
  if (outcome.kind === "delivered") return ok("ping", params);
  if (outcome.code === "http-401") return fail("ping-unsigned", "ping-unsigned");
  const isAnswered = outcome.kind !== "unknown" && /^(answer|body)-/.test(outcome.code);
  return isAnswered ? warn("ping-doubtful", "ping-doubtful", params) : fail("ping-refused", "ping-refused", params);
}

/** Two checks for each insurer that takes claims, one for the others; the second only with `isPinging`. */
export const insurerChecks = (insurers: readonly Insurer[], isPinging: boolean): Check[] =>
  insurers.flatMap((insurer) => {
    const name = `insurer.${insurer.code}`;
    const first = { name, run: (patient: Patient) => reachable(patient, insurer) };
    const second = { name: `${name}.ping`, needs: [name], run: (patient: Patient) => ping(patient, insurer) };
    return isPinging && insurer.url ? [first, second] : [first];
  });
