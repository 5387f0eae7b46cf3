import type { Context } from "../context.ts";
import { type Accident, type Change, LETTERS, type Letter, type Signature } from "../domain/accident.ts";
import { agreementOf } from "../domain/agreement.ts";
import { PHOTO_SLOTS } from "../domain/photo.ts";
import { Conflict } from "../errors.ts";
import { notice } from "./notice.ts";
import { submitClaims } from "./submit-claims.ts";

/** Puts the concluded agreement on paper (PDF and pictures), then hands one claim for each party that allowed it to the outbox. Does nothing the second time. */
export async function renderDocuments(ctx: Context, { accidentId }: { accidentId: string }): Promise<Accident> {
  const accident = await ctx.accidents.get(accidentId);
  if (accident.documents || !accident.concludedAt) return accident;
  const documents = await render(ctx, accident);
  return ctx.accidents.change(accidentId, (current) => {
    if (current.documents) return null;
    const rendered: Accident = { ...current, documents: { ...documents, renderedAt: ctx.clock.now() } };
    const claims = submitClaims(ctx, rendered);
    return withNotices({
      accident: { ...rendered, claims: claims.claims },
      events: [
        { type: "documents-rendered", by: "system", data: { pdf: ctx.vault.digest(current.key, documents.pdfSha256) } },
        ...claims.events,
      ],
      outbox: claims.outbox,
    });
  });
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
