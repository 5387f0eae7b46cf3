import type { Context } from "../context.ts";
import { isDemoNumber, type Officer, SIGN_IN_BRAKES } from "../domain/officer.ts";
import { NotSignedIn } from "../errors.ts";

/** What is typed to sign in, and from where. */
export interface SignIn {
  number: string;
  password: string;
  code: string;
  address: string;
}

/**
 * Checks number, password and second factor. Throws NotSignedIn "officer-unknown" for whatever is wrong, a
 * limit of tries included: always the same answer, after the same work.
 */
export async function signInOfficer(ctx: Context, { number, password, code, address }: SignIn): Promise<Officer> {
  const at = ctx.clock.now();
  const id = ctx.officers.idOf(number);
  const counts = await Promise.all([
    ctx.tries.slide(`officer/${id}/${address}`, SIGN_IN_BRAKES.accountFromAddress, at),
    ctx.tries.slide(`officer/${id}`, SIGN_IN_BRAKES.account, at),
    ctx.tries.slide(`officer-address/${address}`, SIGN_IN_BRAKES.address, at),
  ]);
  const proofs = await ctx.officers.findProofs(number);
  const isPassword = await ctx.credentials.isPassword(proofs?.passwordHash ?? null, password);
  const step = ctx.credentials.stepOf(proofs?.secret ?? ctx.credentials.newSecret(), code, at);
  const isOurs = ctx.config.simulator || !isDemoNumber(number);
  const isRight = counts.every(Boolean) && isPassword && step !== null && proofs !== null && isOurs;
  const officer = isRight && (await ctx.officers.takeStep(id, step)) ? proofs.officer : null;
  const who = { officerId: id, address, accidentId: null, reason: null };
  await ctx.accessLog.add({ ...who, act: officer ? "signed-in" : "sign-in-refused" });
  if (!officer) throw new NotSignedIn("officer-unknown");
  return officer;
}
