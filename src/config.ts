import { resolve } from "node:path";
import { type Authority, authorityOf } from "./config/authority.ts";
import { certificateAuthorities } from "./config/certificate-authorities.ts";
import { insurerFaults, productionFaults, roleFaults, secretsOf, storageFaults } from "./config/checks.ts";
import { withDevelopmentKeys } from "./config/development-keys.ts";
import { type Menu, menuOf, type WrittenMenu } from "./config/menu.ts";
import {
  type BucketConfig,
  bucketOf,
  type GeocoderConfig,
  geocoderOf,
  type WechatConfig,
  wechatOf,
} from "./config/outside.ts";
import { projectFile, type Rules, readRules } from "./config/rules.ts";
import { readSecretFiles } from "./config/secret-files.ts";
import { type Settings, settingsSchema } from "./config/settings.ts";
import { PROCESS_ROLES, type ProcessRole } from "./config/settings-of-server.ts";
import { realSettings, type StandIns, simulatorFaults, standInsOf } from "./config/simulator.ts";
import { check, fromEnvironment, merge, readYaml } from "./config/sources.ts";
import type { DisputeLimits } from "./domain/dispute-limits.ts";
import type { Retention } from "./domain/retention.ts";
import type { Outline } from "./domain/service-area.ts";

/** An insurer as configured: its names and how it is reached. */
export interface Insurer {
  /** our own code, e.g. PICC */
  code: string;
  zh: string;
  en: string;
  /** full name as registered; null: only in development */
  legalName: string | null;
  hotline: string;
  /** where claims are posted; null: no interface, the driver calls the hotline */
  url: string | null;
  /** version of `claim.submitted` that it reads */
  schemaVersion: 1 | 2;
  /**
   * what the insurer has agreed to tell its customers, such as how soon it calls; null: nothing is promised
   * for it
   */
  promise: { zh: string; en: string } | null;
  /** networks (CIDR) in which its address lies, as over a leased line; none: a public address */
  allow?: readonly string[];
  /** PEM of the one authority that signs its certificate; null: the system's authorities */
  ca?: string | null;
  /** name of the variable that holds the secret (whsec_…), and the live secrets: all sign, all verify */
  secretEnv: string | null;
  secrets: string[];
}

export type { BucketConfig, ProcessRole, WechatConfig };

export interface Config {
  production: boolean;
  /** what this process serves of the whole */
  roles: readonly ProcessRole[];
  port: number;
  host: string;
  /** as drivers and insurers see us, without a slash at the end */
  publicUrl: string;
  dataDir: string;
  /**
   * files that hold keys or other secrets: the server reads them at its start, no process that it starts may
   */
  secretFiles: string[];
  /** null: the embedded default */
  mongodbUri: string | null;
  /**
   * TCP port on loopback for tools that look into the embedded database; null: none, it has a socket in its
   * folder
   */
  embeddedPort: number | null;
  /** after SIGTERM: for so long the doors stay open while `/readyz` is 503 already */
  shutdownDelayMs: number;
  /** where `/metrics` is served; port null: nowhere */
  metrics: { port: number | null; host: string };
  logLevel: string;
  /** stand-ins for the platform and the insurers are served (never in production) */
  simulator: boolean;
  standIns: StandIns;
  wechat: WechatConfig;
  /** `other…`: while a key is changed, the one that is accepted beside it */
  keys: { data: Buffer; session: Buffer; otherData: Buffer | null; otherSession: Buffer | null };
  insurers: Insurer[];
  /** claims may be posted to loopback or private addresses (never in production) */
  allowPrivateAddresses: boolean;
  /** a proxy of ours adds the caller's address to X-Forwarded-For, which is then believed */
  trustProxy: boolean;
  /** `reader`: plates and licences are read on this machine, where the optional packages are installed */
  photos: { reader: boolean };
  /** who answers for the data (PIPL art. 17); null: not told, a trial */
  operator: { name: string | null; address: string | null; email: string | null };
  /** the officers' desk: whether it is served, to which networks (none: to all), its clocks, its authority */
  police: { enabled: boolean; allowFrom: readonly string[]; limits: DisputeLimits; authority: Authority };
  /** the service that names the road at a position; null: none */
  geocoder: GeocoderConfig | null;
  operatorPhone: string;
  /** `areas`: outlines by adcode */
  city: { zh: string; en: string; adcode: string; areas: Readonly<Record<string, Outline>> };
  /** where new files go; older ones are read where they are */
  storage: "gridfs" | "s3";
  /** null: there is none */
  bucket: BucketConfig | null;
  /** how many of the kept files are re-hashed (0: none), and how often each */
  scrub: { perMinute: number; everyDays: number };
  /** years for which each class of data is kept */
  retention: Retention;
  rules: Rules;
  /** the account's menu, as the platform takes it */
  menu: Menu;
}

/** Everything that is wrong with the settings, each fault with its name; never a secret's value. */
export class ConfigFault extends Error {
  readonly faults: string[];

  constructor(faults: string[]) {
    super(["The settings are not usable:", ...faults].join("\n  "));
    this.name = "ConfigFault";
    this.faults = faults;
  }
}

/**
 * Reads config/default.yaml, then the file named by CONFIG_FILE, then the environment, each over the one
 * before; checks and freezes. Throws ConfigFault with every fault.
 */
export async function loadConfig(environment: NodeJS.ProcessEnv = process.env): Promise<Config> {
  const faults: string[] = [];
  const production = environment.NODE_ENV === "production";
  // a misspelt "production" must not serve the stand-ins to the world
  if (!["", "production", "development", "test"].includes(environment.NODE_ENV ?? ""))
    faults.push("NODE_ENV: must be production, development or test");
  const layers = [await readYaml(projectFile("default.yaml"), "config/default.yaml", faults)];
  const settingsFile = environment.CONFIG_FILE ? [resolve(environment.CONFIG_FILE)] : [];
  for (const path of settingsFile) layers.push(await readYaml(path, "CONFIG_FILE", faults));
  const { env, files } = await readSecretFiles(environment, merge(...layers), faults);
  const secretFiles = [...settingsFile, ...files];
  const written = merge(...layers, fromEnvironment(env));
  const settings = check<Settings>(settingsSchema, written, faults);
  const { menu, ...rules } = await readRules({ dir: settings.rulesDir, adcode: settings.city?.adcode }, faults);
  const authority = await authorityOf(settings, faults);
  const authorities = await certificateAuthorities(settings, faults);
  faults.push(...insurerFaults(settings, env, production), ...storageFaults(settings));
  const real = realSettings(settings, env);
  const simulator = !production && (settings.simulator ?? real.length === 0);
  const further = production ? productionFaults(settings, env) : simulator ? [] : simulatorFaults(settings, env, real);
  faults.push(...further.filter((fault) => !isNamed(fault, faults)));
  faults.push(...roleFaults(settings, simulator));
  if (settings.port === 0 && !settings.publicUrl) faults.push("PUBLIC_URL: required when PORT is 0");
  throwIfAny(faults);
  const standIns = simulator ? standInsOf(settings, env) : { platform: false, insurers: [] };
  const read = { rules, menu, authority, authorities, simulator, standIns, secretFiles };
  if (production) return freeze(configOf(settings, { ...read, env }));
  const variables = await withDevelopmentKeys(settings, env, faults);
  const complete = check<Settings>(settingsSchema, merge(written, fromEnvironment(variables)), faults);
  faults.push(...insurerFaults(complete, variables, production));
  throwIfAny(faults);
  return freeze(configOf(complete, { ...read, env: variables }));
}

/** Avoids reporting a malformed setting as missing, too. */
const isNamed = (fault: string, faults: string[]) => faults.some((known) => secretIn(known) === secretIn(fault));

const secretIn = (fault: string) => fault.split(": ")[0]?.replace(/_FILE$/, "");

function throwIfAny(faults: string[]): void {
  if (faults.length > 0) throw new ConfigFault(faults);
}

interface Read {
  rules: Config["rules"];
  menu: WrittenMenu;
  authority: Authority;
  authorities: ReadonlyMap<string, string>;
  simulator: boolean;
  standIns: StandIns;
  env: NodeJS.ProcessEnv;
  secretFiles: string[];
}

function configOf(settings: Settings, read: Read): Config {
  const { rules, menu, simulator, standIns, env, secretFiles } = read;
  const production = env.NODE_ENV === "production";
  const publicUrl = settings.publicUrl ?? `http://localhost:${settings.port}`;
  return {
    production,
    roles: PROCESS_ROLES.filter((role) => settings.roles.includes(role)),
    port: settings.port,
    // a developer's machine is not open to its network unless asked to be
    host: settings.host ?? (production ? "0.0.0.0" : "127.0.0.1"),
    publicUrl,
    dataDir: resolve(settings.dataDir),
    secretFiles,
    mongodbUri: settings.mongodbUri ?? null,
    embeddedPort: settings.embeddedPort ?? null,
    shutdownDelayMs: 1_000 * (settings.shutdownDelayS ?? (production ? 5 : 0)),
    metrics: { port: settings.metrics.port ?? null, host: settings.metrics.host },
    logLevel: settings.logLevel,
    simulator,
    standIns,
    wechat: wechatOf(settings, standIns.platform ? `${publicUrl}/simulator/platform` : null),
    keys: keysOf(settings),
    insurers: settings.insurers.map((one) => insurerOf(one, { publicUrl, env, authorities: read.authorities })),
    allowPrivateAddresses: settings.allowPrivateAddresses ?? !production,
    trustProxy: settings.trustProxy,
    photos: settings.photos,
    geocoder: geocoderOf(settings, standIns.platform ? `${publicUrl}/simulator/geocoder` : null),
    operator: {
      name: settings.operatorName ?? null,
      address: settings.operatorAddress ?? null,
      email: settings.operatorEmail ?? null,
    },
    police: { ...settings.police, enabled: settings.police.enabled ?? simulator, authority: read.authority },
    operatorPhone: settings.operatorPhone,
    city: settings.city,
    storage: settings.storage,
    bucket: bucketOf(settings),
    scrub: settings.scrub,
    retention: settings.retention,
    rules,
    menu: menuOf(menu, publicUrl),
  };
}

function keysOf({ keys }: Settings): Config["keys"] {
  const { data, session } = keys as { data: Buffer; session: Buffer };
  return { data, session, otherData: keys.otherData ?? null, otherSession: keys.otherSession ?? null };
}

/** An insurer of the list with its address, its secrets and its certificate authority. */
function insurerOf(
  { code, name, url, secretEnv, ...written }: Settings["insurers"][number],
  { publicUrl, env, authorities }: Pick<Read, "env" | "authorities"> & { publicUrl: string },
): Insurer {
  const { legalName = null, hotline, schemaVersion, promise = null, allow } = written;
  return {
    code,
    legalName,
    ...(typeof name === "string" ? { zh: name, en: name } : name),
    hotline,
    url: url ? url.replaceAll("{publicUrl}", publicUrl) : null,
    allow,
    ca: authorities.get(code) ?? null,
    secretEnv: secretEnv ?? null,
    secrets: secretEnv ? secretsOf(env[secretEnv]) : [],
    schemaVersion,
    promise,
  };
}

/** The bytes of a key cannot be frozen (Node refuses views); all else is. */
function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !ArrayBuffer.isView(value)) {
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  }
  return value;
}
