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
  return [...faults, ...connectionFaults(settings, env, "in production")];
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
