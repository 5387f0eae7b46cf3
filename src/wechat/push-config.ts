import { decodeAesKey } from "./aes.ts";

/** The account's mode of message encryption on the platform: 明文, 兼容, 安全. */
export type PushMode = "plain" | "compatible" | "safe";

export interface PushSettings {
  readonly appId: string;
  readonly mode: PushMode;
  readonly token: string;
  /** 43 characters; required unless the mode is plain. */
  readonly aesKey?: string | null;
  /** Both are accepted during a rotation, until the platform uses the new ones. */
  readonly previousToken?: string | null;
  readonly previousAesKey?: string | null;
}

export interface PushConfig {
  readonly appId: string;
  readonly mode: PushMode;
  readonly tokens: readonly string[];
  readonly keys: readonly Buffer[];
}

/** Checks and decodes the settings once, not at each push. Throws RangeError for a bad or missing key. */
export function createPushConfig(settings: PushSettings): PushConfig {
  const { appId, mode } = settings;
  const tokens = [settings.token, settings.previousToken].filter(isSet);
  const keys = [settings.aesKey, settings.previousAesKey].filter(isSet);
  if (!settings.token) throw new RangeError("a push token is required");
  if (!appId) throw new RangeError("an appid is required");
  if (mode !== "plain" && !settings.aesKey) throw new RangeError(`an EncodingAESKey is required in ${mode} mode`);
  return { appId, mode, tokens, keys: keys.map(decodeAesKey) };
}

function isSet(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== "";
}
