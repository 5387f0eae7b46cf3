import { connectionFaults } from "./config-checks.ts";
import { nameOf, type Settings } from "./config-schema.ts";

/** Whom the simulator may stand in for: those whose secrets were made here. It never holds a configured secret. */
export interface StandIns {
  /** the platform, for the account that was made here */
  platform: boolean;
  /** codes of the insurers */
  insurers: string[];
}

const ACCOUNT = ["appid", "secret", "token", "aesKey"] as const;
const OF_AN_ACCOUNT = [
  ...ACCOUNT,
  "previousToken",
  "previousAesKey",
  "apiUrls",
  "openUrl",
  "noticeTemplateId",
  "subscriptionTemplateId",
] as const;

/** Names of the settings that reach something real; where there is one, the simulator must be asked for by name. */
export function realSettings(settings: Settings, env: NodeJS.ProcessEnv): string[] {
  const { wechat, bucket, insurers = [] } = settings;
  const given: Record<string, unknown> = {
    mongodbUri: settings.mongodbUri,
    publicUrl: settings.publicUrl && !isLoopback(settings.publicUrl),
    "bucket.name": bucket?.name,
    ...Object.fromEntries(OF_AN_ACCOUNT.map((name) => [`wechat.${name}`, wechat?.[name]])),
    ...Object.fromEntries(insurers.map(({ code, url }) => [`insurers.${code}.url`, url && !isLoopback(url)])),
    ...Object.fromEntries(insurers.map(({ secretEnv = "" }) => [secretEnv, env[secretEnv]?.trim()])),
  };
  return Object.keys(given)
    .filter((name) => given[name])
    .map(nameOf);
}

/** An address of this machine; `{publicUrl}` is one, or is named as a setting of its own. */
function isLoopback(template: string): boolean {
  const address = template.replaceAll("{publicUrl}", "http://localhost");
  return !URL.canParse(address) || isLoopbackName(new URL(address).hostname);
}

/** As a URL writes host names: lower case, an IPv6 address in brackets. */
const isLoopbackName = (hostname: string): boolean =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

/** What is missing where the simulator is off, and why it is. */
export function simulatorFaults(settings: Settings, env: NodeJS.ProcessEnv, real: readonly string[]): string[] {
  const faults = connectionFaults(settings, env, "without the simulator");
  if (faults.length === 0 || real.length === 0) return faults;
  return [`SIMULATOR: off, because of ${real.join(", ")}; SIMULATOR=true switches the stand-ins on`, ...faults];
}

export function standInsOf({ wechat, insurers }: Settings, env: NodeJS.ProcessEnv): StandIns {
  return {
    platform: !ACCOUNT.some((name) => wechat[name]),
    insurers: insurers.flatMap(({ code, secretEnv }) => (secretEnv && !env[secretEnv]?.trim() ? [code] : [])),
  };
}
