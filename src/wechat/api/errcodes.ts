/**
 * The action that follows an errcode of the platform:
 * - `retry`: the platform is busy; repeat the call soon. Only for this explicit answer, never for a time-out.
 * - `refresh`: the token is not accepted; get a new one, repeat the call once.
 * - `restart-oauth`: the code was used; send the person through the authorisation again.
 * - `ask-again`: the media is gone (it lives three days); ask the person for it again.
 * - `switch-channel`: not possible by this channel, another may work.
 * - `forget-person`: nothing reaches this openid any more.
 * - `slow-down`: too many calls in this minute. `wait-tomorrow`: the day's quota is used up.
 * - `shrink`: too long or too large.
 * - `feature-off`: the account has no right to the call.
 * - `alert`: an operator must change a setting. `give-up`: a fault of ours, the call will always fail.
 */
export type ErrcodeAction =
  | "retry"
  | "refresh"
  | "restart-oauth"
  | "ask-again"
  | "switch-channel"
  | "forget-person"
  | "slow-down"
  | "wait-tomorrow"
  | "shrink"
  | "feature-off"
  | "alert"
  | "give-up";

export interface ErrcodeRule {
  action: ErrcodeAction;
  /** Stable code of the Upstream error that a caller sees. */
  code: string;
}

const rules: ReadonlyArray<readonly [action: ErrcodeAction, code: string, errcodes: readonly number[]]> = [
  ["retry", "wechat-busy", [-1]],
  ["refresh", "wechat-token", [40001, 40014, 42001]],
  ["restart-oauth", "oauth-code", [40029, 40163, 42003]],
  ["ask-again", "wechat-media-gone", [40007]],
  ["switch-channel", "wechat-window-closed", [45015]],
  ["switch-channel", "wechat-window-used-up", [45047]],
  ["switch-channel", "wechat-not-follower", [43004]],
  ["switch-channel", "wechat-refused-by-person", [43101, 43005, 48002]],
  ["forget-person", "wechat-unknown-person", [40003]],
  ["forget-person", "wechat-blacklisted-person", [43019]],
  ["slow-down", "wechat-too-often", [45011]],
  ["wait-tomorrow", "wechat-day-quota", [45009]],
  ["shrink", "wechat-too-large", [45001, 45002, 45008, 40006, 40009]],
  ["feature-off", "wechat-not-authorised", [48001]],
  ["feature-off", "wechat-ocr-quota", [101002]],
  ["ask-again", "wechat-ocr-unreadable", [101000, 101001]],
  ["alert", "wechat-ip-not-listed", [40164, 89501, 89503, 89506, 89507]],
  ["alert", "wechat-credentials", [40013, 40125, 40243, 41002, 41004]],
  ["alert", "wechat-account-restricted", [48004, 50002, 50004, 50007]],
  ["give-up", "wechat-bad-call", [40004, 40037, 40097, 41001, 41005, 41006, 43002, 44002, 44004, 47001, 47003]],
];

/** Rules by errcode. Source: the platform's table of return codes and the pages of each call. */
export const ERRCODES: ReadonlyMap<number, ErrcodeRule> = new Map(
  rules.flatMap(([action, code, errcodes]) => errcodes.map((errcode) => [errcode, { action, code }] as const)),
);

const UNKNOWN: ErrcodeRule = { action: "give-up", code: "wechat-refused" };
const RETRYABLE: ReadonlySet<ErrcodeAction> = new Set(["retry", "refresh", "slow-down", "wait-tomorrow", "alert"]);

/** Returns the rule of an errcode; an unknown one is not retried. */
export function errcodeRule(errcode: number): ErrcodeRule {
  return ERRCODES.get(errcode) ?? UNKNOWN;
}

/** True when the same call may succeed later without a change of code or settings. */
export function isRetryable(action: ErrcodeAction): boolean {
  return RETRYABLE.has(action);
}

const OF_THE_ACCOUNT: ReadonlySet<ErrcodeAction> = new Set(["refresh", "wait-tomorrow", "feature-off", "alert"]);

/**
 * True when the code refuses the whole account, until the next day or until an operator changes a setting.
 */
export function refusesAccount(action: ErrcodeAction): boolean {
  return OF_THE_ACCOUNT.has(action);
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const BEIJING_MS = 8 * 60 * MINUTE_MS;

/** Returns the next midnight in Beijing, when daily quotas start anew, in milliseconds. */
export function nextQuotaDay(now: number): number {
  return (Math.floor((now + BEIJING_MS) / DAY_MS) + 1) * DAY_MS - BEIJING_MS;
}

/** Returns the earliest time at which the call may succeed, for actions that imply one. */
export function retryAt(action: ErrcodeAction, now: number): Date | undefined {
  if (action === "wait-tomorrow") return new Date(nextQuotaDay(now));
  if (action === "slow-down") return new Date(now + MINUTE_MS);
  return undefined;
}
