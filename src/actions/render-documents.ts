import type { Context } from "../context.ts";
import { type Accident, type Change, LETTERS, type Letter, type NewEvent, type Signature } from "../domain/accident.ts";
import { agreementOf } from "../domain/agreement.ts";
import { PHOTO_SLOTS } from "../domain/photo.ts";
import { Conflict, NotFound, Upstream } from "../errors.ts";
import { notice } from "./notice.ts";
import { submitClaims } from "./submit-claims.ts";
import { isPaperDelayed, submitWithoutPaper } from "./submit-without-paper.ts";

export interface RenderDocuments {
  accidentId: string;
  /** of the job, this one included; 1 unless given */
  attempts?: number;
}

/** Claims do not wait longer for the paper: three attempts, half a minute apart, and in any case five minutes. */
const PATIENCE = { attempts: 3, ms: 5 * 60_000 };

/**
 * Puts the concluded agreement on paper (PDF and pictures), then hands one claim for each party that allowed it to the
 * outbox. Does nothing the second time. Where the paper cannot be made the claims go without it, and the drivers get it
 * when it is there.
 */
export async function renderDocuments(ctx: Context, { accidentId, attempts = 1 }: RenderDocuments): Promise<Accident> {
  const accident = await ctx.accidents.get(accidentId);
  if (accident.documents || !accident.concludedAt) return accident;
  // An attempt that ended the process, or hung, could not report its failure.
  if (attempts > PATIENCE.attempts) await submitWithoutPaper(ctx, { accidentId, attempts, code: "no-outcome" });
  const documents = await renderOrGoOn(ctx, accident, attempts);
  return ctx.accidents.change(accidentId, (current) => {
    if (current.documents) return null;
    const rendered: Accident = { ...current, documents: { ...documents, renderedAt: ctx.clock.now() } };
    const pdf = ctx.vault.digest(current.key, documents.pdfSha256);
    const event: NewEvent = { type: "documents-rendered", by: "system", data: { pdf } };
    if (isPaperDelayed(current)) {
      const outbox = LETTERS.map((letter) => notice(rendered, letter, "paper-made"));
      return { accident: rendered, events: [event], outbox };
    }
    const claims = submitClaims(ctx, rendered);
    return withNotices({
      accident: { ...rendered, claims: claims.claims },
      events: [event, ...claims.events],
      outbox: claims.outbox,
    });
  });
}

/** Throws what rendering throws; after the third failure, or five minutes, the claims go first. A missing file is retried: it may be put back. */
async function renderOrGoOn(ctx: Context, accident: Accident, attempts: number) {
  try {
    return await render(ctx, accident);
  } catch (error) {
    const waitedMs = ctx.clock.now().getTime() - (accident.concludedAt as Date).getTime();
    const { code, name } = error as { code?: unknown; name?: string };
    const fault = { accidentId: accident.id, attempts, code: String(code ?? name) };
    if (attempts >= PATIENCE.attempts || waitedMs >= PATIENCE.ms) await submitWithoutPaper(ctx, fault);
    throw error instanceof NotFound ? new Upstream("paper-file-missing", {}, true, error) : error;
  }
}

async function render(ctx: Context, accident: Accident) {
  const { catalogue } = ctx.config.rules;
  const content = agreementOf(accident, catalogue);
  if (!content || !accident.concludedAt) throw new Conflict("wrong-step");
  const [a, b] = await Promise.all(LETTERS.map((letter) => signatureOf(ctx, accident, letter)));
  const { pdf, pages, picture } = await ctx.documents.agreement({
    content,
    catalogue,
    insurerNames: { A: insurerName(ctx, content.parties.A), B: insurerName(ctx, content.parties.B) },
    signatures: { A: a as SignatureImage, B: b as SignatureImage },
    concludedAt: accident.concludedAt,
    digest: (accident.parties.A.signature as Signature).contentDigest,
    photos: await thumbs(ctx, accident),
  });
  const [pdfSha256 = "", pictureSha256 = "", ...pngSha256] = await ctx.blobs.saveAll(accident, [
    { bytes: pdf, kind: "agreement-pdf" },
    { bytes: picture, kind: "agreement-picture" },
    ...pages.map((bytes) => ({ bytes, kind: "agreement-page" as const })),
  ]);
  return { pdfSha256, pictureSha256, pngSha256 };
}

interface SignatureImage {
  png: Buffer;
  signedAt: Date;
  forwarding: boolean;
}

async function signatureOf(ctx: Context, accident: Accident, letter: Letter): Promise<SignatureImage> {
  const signature = accident.parties[letter]?.signature;
  if (!signature) throw new Conflict("wrong-step");
  const png = await ctx.blobs.read(accident, signature.imageSha256);
  return { png, signedAt: signature.signedAt, forwarding: signature.forwarding };
}

/** The five mandatory photographs in their order. */
function thumbs(ctx: Context, accident: Accident) {
  const chosen = PHOTO_SLOTS.flatMap(
    (slot) => accident.photos.find((photo) => photo.slot === slot && photo.state === "stored") ?? [],
  );
  return Promise.all(
    chosen.map(async ({ slot, by, thumbSha256, sha256 }) => ({
      slot,
      by,
      thumb: await ctx.blobs.read(accident, String(thumbSha256)),
      sha256: String(sha256),
    })),
  );
}

/** The insurer's names in both languages; what a driver typed himself stands in both. */
function insurerName(
  ctx: Context,
  party: { insurerCode: string; insurerName: string | null },
): { zh: string; en: string } {
  const known = ctx.config.insurers.find((insurer) => insurer.code === party.insurerCode);
  if (known) return { zh: known.zh, en: known.en };
  const typed = party.insurerName ?? "";
  return typed ? { zh: typed, en: typed } : { zh: "当场未提供", en: "not given on the spot" };
}

/** Who has a claim on its way hears that it is done; the others have been told by `submitClaims`, with the number to call. */
function withNotices(change: Change): Change {
  const { accident, outbox = [] } = change;
  const told = accident.claims.map((claim) => notice(accident, claim.party, "concluded"));
  return { ...change, outbox: [...outbox, ...told] };
}
