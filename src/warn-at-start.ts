import { placeholdersIn } from "./config/placeholders.ts";
import type { Context } from "./context.ts";
import { AppError, codeOf } from "./errors.ts";

/**
 * Logs once what a start in production does not refuse and drivers would meet first; the doctor says more.
 */
export async function warnAtStart({ config, wechat, log }: Context): Promise<void> {
  if (!config.production) return;
  const names = placeholdersIn(config);
  if (names.length > 0) log.warn({ settings: names }, "settings.placeholders");
  if (config.wechat.noticeTemplateId === null) log.warn("wechat.no-notice-template");
  if (!config.roles.some((role) => role !== "desk")) return;
  try {
    await wechat.check();
  } catch (error) {
    const { errcode, ip } = error instanceof AppError ? error.details : {};
    log.error({ code: codeOf(error), errcode, ip }, "wechat.account-refused");
  }
}
