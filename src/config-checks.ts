import { isWebhookSecret, type Settings } from "./config-schema.ts";

/** What only production demands or refuses. */
export function productionFaults(settings: Settings, env: NodeJS.ProcessEnv): string[] {
  const { wechat, keys, insurers = [] } = settings;
  const faults = missing("in production", {
    PUBLIC_URL: settings.publicUrl,
    MONGODB_URI: settings.mongodbUri,
    DATA_KEY: keys?.data,
    SESSION_KEY: keys?.session,
  });
  const refuse = (fault: boolean | undefined, sentence: string) => {
    if (fault) faults.push(sentence);
  };
  refuse(settings.publicUrl?.startsWith("http:"), "PUBLIC_URL: must be https in production");
  refuse(settings.simulator, "SIMULATOR: refused in production");
  refuse(settings.allowPrivateAddresses, "allowPrivateAddresses: refused in production");
  refuse(wechat?.mode !== "safe", "WECHAT_MODE: must be safe in production");
  refuse(
    wechat?.apiUrls?.some((url) => !url.startsWith("https:")),
    "WECHAT_API_URL: must be https in production",
  );
  for (const { code, url } of insurers)
    refuse(url?.startsWith("http:"), `insurers.${code}.url: must be https in production`);
  faults.push(...weakFaults(settings, env));
  return [...faults, ...connectionFaults(settings, env, "in production")];
}

/** Secrets that somebody typed, or that are the same twice: they protect nothing. */
function weakFaults({ keys, wechat, insurers = [] }: Settings, env: NodeJS.ProcessEnv): string[] {
  const ofInsurers = insurers.flatMap(({ secretEnv }) =>
    secretsOf(secretEnv && env[secretEnv])
      .filter(isWebhookSecret)
      .map((secret): [string | undefined, Buffer] => [secretEnv, Buffer.from(secret.slice("whsec_".length), "base64")]),
  );
  const secrets: [name: string | undefined, bytes: Buffer | undefined][] = [
    ["DATA_KEY", keys?.data],
    ["SESSION_KEY", keys?.session],
    ["WECHAT_AES_KEY", wechat?.aesKey ? Buffer.from(wechat.aesKey, "base64") : undefined],
    ...ofInsurers,
  ];
  const weak = secrets.flatMap(([name, bytes]) => (bytes && isWeak(bytes) ? [`${name}: ${WEAK}`] : []));
  const { data, session } = keys ?? {};
  if (data && session && data.equals(session)) weak.push("SESSION_KEY: must not be the same as DATA_KEY");
  return [...new Set(weak)];
}

const WEAK = "not drawn at random; make one with: openssl rand -base64 32";

/** Of 24 random bytes or more, hardly ever so few are different, follow each other by so few steps, or can all be typed. */
function isWeak(bytes: Buffer): boolean {
  const steps = [...bytes].map((byte, index) => (byte - (bytes[index - 1] ?? 0)) & 0xff);
  const isTyped = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isTyped || [[...bytes], steps].some((values) => new Set(values).size < bytes.length / 2);
}

/** What must be given where no stand-in serves: the account, and each insurer's address and secret. */
export function connectionFaults(
  { wechat, insurers = [] }: Settings,
  env: NodeJS.ProcessEnv,
  when: "in production" | "without the simulator",
): string[] {
  const secrets = insurers.flatMap(({ secretEnv }) => (secretEnv ? [[secretEnv, env[secretEnv]?.trim()]] : []));
  const account = {
    WECHAT_APPID: wechat?.appid,
    WECHAT_SECRET: wechat?.secret,
    WECHAT_TOKEN: wechat?.token,
    WECHAT_AES_KEY: wechat?.aesKey,
  };
  const standIns = insurers.filter(({ url }) => url?.includes("{publicUrl}/simulator/"));
  return [
    ...missing(when, { ...account, ...Object.fromEntries(secrets) }),
    ...standIns.map(
      ({ code }) => `insurers.${code}.url: still the stand-in of development; CONFIG_FILE brings the real list`,
    ),
  ];
}

const missing = (when: string, given: Record<string, unknown>): string[] =>
  Object.keys(given)
    .filter((name) => !given[name])
    .map((name) => `${name}: required ${when}`);

/** Addresses and secrets of the insurers, which lie partly in the file and partly in the environment. */
export function insurerFaults({ insurers = [] }: Settings, env: NodeJS.ProcessEnv): string[] {
  const faults: string[] = [];
  for (const { code, url, secretEnv } of insurers) {
    if (url && !isAddress(url)) faults.push(`insurers.${code}.url: must be an http(s) address`);
    if (secretEnv && !secretsOf(env[secretEnv]).every(isWebhookSecret))
      faults.push(`${secretEnv}: must be whsec_ and the base64 of 24 to 64 bytes (several: separated by spaces)`);
  }
  return faults;
}

/** With an example for our own address, which has a fault of its own when it is wrong. */
function isAddress(template: string): boolean {
  const text = template.replaceAll("{publicUrl}", "https://localhost");
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** One secret, or several while it is being changed. */
export const secretsOf = (text: string | undefined): string[] => text?.split(/\s+/).filter(Boolean) ?? [];

/** A bucket that is to be used must have a name. */
export function storageFaults({ storage, bucket }: Settings): string[] {
  return storage === "s3" && !bucket?.name ? ["S3_BUCKET: required when STORAGE is s3"] : [];
}
