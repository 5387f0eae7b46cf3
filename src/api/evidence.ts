import type { RouterMiddleware } from "@koa/router";
import type { Context } from "../context.ts";
import { type Accident, LETTERS } from "../domain/accident.ts";
import { evidenceEnds } from "../domain/evidence-life.ts";
import { allowsForwarding } from "../domain/forwarding.ts";
import { isStored } from "../domain/photo.ts";
import { Busy, NotFound, NotSignedIn, Upstream } from "../errors.ts";

/**
 * Sends a photograph as received, or the agreement, for a link that we signed. The signature is checked
 * before anything is looked up.
 */
export function sendEvidence(ctx: Context): RouterMiddleware {
  return async (http) => {
    const { accidentId = "", sha256 = "" } = http.params;
    const { expires, signature } = http.query;
    const end = ctx.insurers.evidence.check({ accidentId, sha256, expires, signature });
    const accident = await ctx.accidents.get(accidentId);
    const now = ctx.clock.now();
    if (now > end && now > evidenceEnds(accident)) throw new NotSignedIn();
    const type = typeOf(accident, sha256);
    if (!type) throw new NotFound();
    const bytes = await ctx.blobs.read(accident, sha256).catch((error) => askAgain(ctx, accidentId, error));
    http.type = type;
    http.set("cache-control", "no-store");
    http.set("x-content-type-options", "nosniff");
    http.set("content-security-policy", "default-src 'none'; sandbox");
    http.body = bytes;
  };
}

const RETRY_AFTER_S = 60;

/** Throws Busy: a bucket that is unreachable for a while is a reason for the insurer to come again. */
function askAgain({ log }: Context, accidentId: string, error: unknown): never {
  if (!(error instanceof Upstream)) throw error;
  log.error({ accidentId, code: error.code }, "evidence.away");
  throw new Busy(RETRY_AFTER_S);
}

/**
 * Returns the media type of a file that claims link to (photographs as received, the agreement), else null:
 * so for those of a driver who withdrew the consent to forward, and for the paper with that driver's name.
 */
function typeOf(accident: Accident, sha256: string): string | null {
  const allowed = LETTERS.filter((letter) => allowsForwarding(accident, letter));
  if (accident.documents?.pdfSha256 === sha256) return allowed.length === LETTERS.length ? "application/pdf" : null;
  const isLetter = accident.dispute?.determinations.some(({ pdfSha256 }) => pdfSha256 === sha256);
  if (isLetter) return allowed.length === LETTERS.length ? "application/pdf" : null;
  const photos = accident.photos.filter(isStored).filter(({ by }) => allowed.includes(by));
  return photos.find((photo) => photo.sha256 === sha256)?.mime ?? null;
}
