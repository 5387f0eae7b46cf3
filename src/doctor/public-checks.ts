import { randomBytes } from "node:crypto";
import dns from "node:dns/promises";
import { PROBE_HEADER, signProbe } from "../http/signed-probe.ts";
import { UPLOADS_HELD_BYTES } from "../http/upload-share.ts";
import { isPublicAddress } from "../insurers/public-address.ts";
import { sign } from "../wechat/signature.ts";
import { ask } from "./ask.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";
import type { Patient } from "./patient.ts";
import { probeBody } from "./probe-body.ts";
import { failureOf, reach, systemsAnd } from "./reach.ts";

const ANSWER_MS = 10_000;
/** Caddy and certbot renew with 30 days left. */
const RENEWED_BY_DAYS = 20;
/** Time for sending as much as a form with six photographs has. */
const SEND_MS = 10_000;

/** Statuses by which a proxy says that no service answers it. */
const NOBODY_BEHIND: readonly number[] = [502, 503, 504];

const inMb = (bytes: number): number => Math.floor(bytes / 1024 / 1024);
const limitOf = ({ timer }: Patient) => ({ timer, ms: ANSWER_MS });

/** Tells why there was no answer. */
async function answered(look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return fail("public-away", "public-away", { code: failureOf(error) });
  }
}

async function address({ config }: Patient): Promise<Finding> {
  const { hostname } = new URL(config.publicUrl);
  const found = await dns.lookup(hostname.replace(/^\[|\]$/g, ""), { all: true }).catch(() => []);
  const params = { host: hostname, addresses: found.map((one) => one.address).join(" ") };
  if (found.length === 0) return fail("name-nowhere", "name-nowhere", params);
  return found.every((one) => isPublicAddress(one.address))
    ? ok("name", params)
    : warn("name-private", "name-private", params);
}

async function certificate(patient: Patient): Promise<Finding> {
  const { config, ca, now } = patient;
  const url = new URL(config.publicUrl);
  try {
    const days = await reach(url, { allowed: true, ca: systemsAnd(ca), limit: limitOf(patient), now: now() });
    if (days === null) return warn("no-tls", "no-tls");
    return days < RENEWED_BY_DAYS
      ? warn("certificate-ends", "certificate-ends", { days })
      : ok("certificate", { days });
  } catch (error) {
    const code = failureOf(error);
    return code === "certificate"
      ? fail("certificate-bad", "certificate-bad")
      : fail("public-away", "public-away", { code });
  }
}

/** Asks as the platform does when the console saves the address. */
const push = (patient: Patient) =>
  answered(async () => {
    const { config, now, ca } = patient;
    const [timestamp, nonce, echostr] = [
      String(Math.floor(now().getTime() / 1_000)),
      ...[8, 8].map((bytes) => randomBytes(bytes).toString("hex")),
    ] as [string, string, string];
    const signature = sign([config.wechat.token, timestamp, nonce]);
    const query = new URLSearchParams({ signature, timestamp, nonce, echostr });
    const { status, text, isOurs } = await ask(`${config.publicUrl}/wechat?${query}`, { limit: limitOf(patient), ca });
    if (status === 200 && text === echostr) return ok("push");
    if (isOurs) return fail("push-refused", "push-refused", { status });
    const found = NOBODY_BEHIND.includes(status) ? "service-down" : "push-elsewhere";
    return fail(found, found, { status });
  });

const body = (patient: Patient) =>
  answered(async () => {
    const { config, timer, ca, now } = patient;
    const headers = { [PROBE_HEADER]: signProbe(config.keys.session, now()) };
    const probe = { bytes: UPLOADS_HELD_BYTES, headers, timer, ms: SEND_MS, ca };
    const { status, isOurs, sent } = await probeBody(new URL("/api/probe", config.publicUrl), probe);
    const params = { mb: inMb(UPLOADS_HELD_BYTES), sentMb: inMb(sent), status: status ?? "-" };
    if (status === "late" || status === 200) return ok("body", params);
    return isOurs ? fail("body-unsigned", "body-unsigned", params) : fail("body-refused", "body-refused", params);
  });

const proxy = ({ config }: Patient): Finding =>
  config.production && !config.trustProxy ? warn("proxy-untrusted", "proxy-untrusted") : ok("proxy");

const verifyFile = (patient: Patient) =>
  answered(async () => {
    const { config, ca } = patient;
    const name = config.wechat.verifyFile;
    if (!name) return warn("verify-file-none", "verify-file-none");
    const { status, text } = await ask(`${config.publicUrl}/${name}`, { limit: limitOf(patient), ca });
    const isThere = status === 200 && name === `MP_verify_${text.trim()}.txt`;
    return isThere ? ok("verify-file", { name }) : fail("verify-file-absent", "verify-file-absent", { name, status });
  });

/** Tells whether the proxy passes the desk on from here; a 404 of the service itself shows that it does. */
const desk = (patient: Patient) =>
  answered(async () => {
    const { config, ca } = patient;
    if (!config.police.enabled) return ok("desk-off");
    const { status, isOurs } = await ask(`${config.publicUrl}/police`, { limit: limitOf(patient), ca });
    return isOurs ? ok("desk-passed-on") : warn("desk-kept-out", "desk-kept-out", { status });
  });

const needs = ["public.push"];

export const PUBLIC_CHECKS: readonly Check[] = [
  { name: "public.name", run: address },
  { name: "public.certificate", needs: ["public.name"], run: certificate },
  { name: "public.push", needs: ["public.certificate"], run: push },
  { name: "public.verify-file", needs, run: verifyFile },
  { name: "public.body", needs, run: body },
  { name: "public.desk", needs, run: desk },
  { name: "public.proxy", run: proxy },
];
