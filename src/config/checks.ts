import { type Allowed, checkUrl } from "../insurers/public-address.ts";
import { authorityFaults } from "./authority.ts";
import { isLoopback, isWebhookSecret } from "./formats.ts";
import { ROWS, type Settings, valueAt } from "./settings.ts";

/** Lists what only production demands or refuses. */
export function productionFaults(settings: Settings, env: NodeJS.ProcessEnv): string[] {
  const missing = ROWS.filter((row) => row.required === "in production" && !valueAt(settings, row.path));
  const objections = ROWS.flatMap(({ name, path, objection }) => {
    const value = valueAt(settings, path);
    const sentence = value === undefined || value === null ? null : objection?.(value);
    return sentence ? [`${name}: ${sentence}`] : [];
  });
  return [
    ...missing.map(({ name }) => `${name}: required in production`),
    ...unnamedInsurers(settings),
    ...authorityFaults(settings),
    ...objections,
    ...weakFaults(settings, env),
    ...connectionFaults(settings, env, "in production"),
  ];
}

/** Whom a driver lets data be given to is told by full name (PIPL art. 23). */
const unnamedInsurers = ({ insurers = [] }: Settings): string[] =>
  insurers.flatMap(({ code, legalName }) => (legalName ? [] : [`insurers.${code}.legalName: required in production`]));

/** Reports secrets that were typed by hand or are equal to another one. */
function weakFaults(settings: Settings, env: NodeJS.ProcessEnv): string[] {
  const own = ROWS.flatMap(({ name, path, drawn }): [string, Buffer][] => {
    const value = valueAt(settings, path);
    return drawn && value ? [[name, drawn(value)]] : [];
  });
  const ofInsurers = (settings.insurers ?? []).flatMap(({ secretEnv = "" }) =>
    secretsOf(env[secretEnv])
      .filter(isWebhookSecret)
      .map((secret): [string, Buffer] => [secretEnv, Buffer.from(secret.slice("whsec_".length), "base64")]),
  );
  const secrets = [...own, ...ofInsurers];
  const weak = secrets.flatMap(([name, bytes]) => (isWeak(bytes) ? [`${name}: ${WEAK}`] : []));
  const equal = secrets.flatMap(([name, bytes], at) => {
    const twin = secrets.slice(0, at).find(([other, theirs]) => other !== name && theirs.equals(bytes));
    return twin ? [`${name}: must not be the same as ${twin[0]}`] : [];
  });
  return [...new Set([...weak, ...equal])];
}

const WEAK = "not drawn at random; make one with: openssl rand -base64 32";

/**
 * True for 24 bytes or more that are all printable, or have too few different values or steps to be random.
 */
function isWeak(bytes: Buffer): boolean {
  const steps = [...bytes].map((byte, index) => (byte - (bytes[index - 1] ?? 0)) & 0xff);
  const isTyped = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isTyped || [[...bytes], steps].some((values) => new Set(values).size < bytes.length / 2);
}

/** Lists what is missing without a stand-in: the account, and each insurer's address and secret. */
export function connectionFaults(
  settings: Settings,
  env: NodeJS.ProcessEnv,
  when: "in production" | "without the simulator",
): string[] {
  const { insurers = [] } = settings;
  const account = ROWS.filter((row) => row.required === "without the simulator" && !valueAt(settings, row.path));
  const secrets = insurers.flatMap(({ secretEnv }) => (secretEnv && !env[secretEnv]?.trim() ? [secretEnv] : []));
  const missing = new Set([...account.map(({ name }) => name), ...secrets]);
  const standIns = insurers.filter(({ url }) => url?.includes("{publicUrl}/simulator/"));
  return [
    ...[...missing].map((name) => `${name}: required ${when}`),
    ...standIns.map(
      ({ code }) => `insurers.${code}.url: still the stand-in of development; CONFIG_FILE brings the real list`,
    ),
  ];
}

/**
 * Checks addresses and secrets of the insurers, which are partly in the file and partly in the environment.
 */
export function insurerFaults(settings: Settings, env: NodeJS.ProcessEnv, production: boolean): string[] {
  const allowPrivate = settings.allowPrivateAddresses ?? !production;
  // our own address has faults of its own where it is missing or wrong
  const publicUrl = settings.publicUrl ?? (production ? "https://kuaichu.example.org" : "http://localhost");
  const faults: string[] = [];
  for (const { code, url, secretEnv, allow = [] } of settings.insurers ?? []) {
    const allowed = allow.length > 0 ? allow : allowPrivate;
    const fault = url && addressFault(url.replaceAll("{publicUrl}", publicUrl), allowed);
    if (fault) faults.push(`insurers.${code}.url: ${fault}`);
    if (secretEnv && !secretsOf(env[secretEnv]).every(isWebhookSecret))
      faults.push(`${secretEnv}: must be whsec_ and the base64 of 24 to 64 bytes (several: separated by spaces)`);
  }
  return faults;
}

/**
 * Says why no claim could be posted to this address, or null. Its name is resolved at each post, not here.
 */
function addressFault(address: string, allowed: Allowed): string | null {
  if (!URL.canParse(address)) return "must be an http(s) address";
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) return "must be an http(s) address";
  if (url.username || url.password) return "must not hold a user or a password";
  try {
    checkUrl(url, allowed);
  } catch {
    return typeof allowed === "boolean" ? NOT_PUBLIC : NOT_IN_NETWORKS;
  }
  return allowed === false && isLoopback(address) ? NOT_PUBLIC : null;
}

const NOT_IN_NETWORKS = "must be https, and lie in the networks of its `allow`";

const NOT_PUBLIC =
  "must be https on port 443 of a public host: claims are posted nowhere else (allowPrivateAddresses is off)";

/** Splits one secret, or several during a rotation. */
export const secretsOf = (text: string | undefined): string[] => text?.split(/\s+/).filter(Boolean) ?? [];

/** A bucket that is to be used must have a name, and a region that somebody chose. */
export function storageFaults({ storage, bucket }: Settings): string[] {
  if (!bucket?.name) return storage === "s3" ? ["S3_BUCKET: required when STORAGE is s3"] : [];
  return bucket.region ? [] : ["S3_REGION: required with S3_BUCKET; personal data stays in mainland China"];
}

/** A process that would serve nothing is a mistake. */
export function roleFaults({ roles, police }: Settings, isTrial: boolean): string[] {
  const hasDesk = police?.enabled ?? isTrial;
  return Array.isArray(roles) && roles.join() === "desk" && !hasDesk
    ? ["ROLES: desk alone serves nothing while POLICE_DESK is off"]
    : [];
}
