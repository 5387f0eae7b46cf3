import type { Context } from "../context.ts";
import { passwordFault } from "../domain/officer.ts";
import { Invalid, NotFound } from "../errors.ts";

/**
 * Gives an invited account its password, once the second factor has shown that it works. Throws NotFound for
 * an invitation that was used or has expired, Invalid naming the field.
 */
export async function setUpAccount(
  ctx: Context,
  { token, password, code, address }: { token: string; password: string; code: string; address: string },
): Promise<void> {
  const at = ctx.clock.now();
  const invited = await ctx.officers.findInvited(token, at);
  if (!invited) throw new NotFound("invitation-gone");
  const fault = passwordFault(password, invited.officer.number);
  if (fault) throw new Invalid(`police.setUp.password.${fault}`, { field: "password" });
  const step = ctx.credentials.stepOf(invited.secret, code, at);
  if (step === null) throw new Invalid("police.setUp.codeWrong", { field: "code" });
  const passwordHash = await ctx.credentials.hashPassword(password);
  const who = { officerId: invited.officer.id, address, accidentId: null, reason: null };
  await ctx.accessLog.add({ ...who, act: "set-up-account" });
  if (!(await ctx.officers.activate(token, { passwordHash, step }, at))) throw new NotFound("invitation-gone");
}
