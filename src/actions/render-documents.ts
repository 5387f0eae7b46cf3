import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Letter, type Signature } from "../domain/accident.ts";
import { agreementOf } from "../domain/agreement.ts";
import { clearedText } from "../domain/eligibility.ts";
import { insurerName } from "../domain/letter-sheet.ts";
import type { Paper } from "../domain/paper.ts";
import { isStored, PHOTO_SLOTS } from "../domain/photo.ts";
import { Conflict } from "../errors.ts";

/**
 * Renders a concluded agreement: PDF, its pages and one picture of the whole, kept in the blob store. Throws
 * Conflict "wrong-step" unless it is concluded.
 */
export async function renderDocuments(ctx: Context, { accident }: { accident: Accident }): Promise<Paper> {
  const { catalogue, conditions } = ctx.config.rules;
  const content = agreementOf(accident, catalogue);
  if (!content || !accident.concludedAt) throw new Conflict("wrong-step");
  const [a, b] = await Promise.all(LETTERS.map((letter) => signatureOf(ctx, accident, letter)));
  const { pdf, pages, picture } = await ctx.documents.agreement({
    content,
    catalogue,
    insurerNames: {
      A: insurerName(ctx.config.insurers, content.parties.A),
      B: insurerName(ctx.config.insurers, content.parties.B),
    },
    signatures: { A: a as SignatureImage, B: b as SignatureImage },
    cleared: { zh: clearedText(conditions, "zh"), en: clearedText(conditions, "en") },
    concludedAt: accident.concludedAt,
    digest: (accident.parties.A.signature as Signature).contentDigest,
    photos: await thumbs(ctx, accident),
  });
  const [pdfSha256, pictureSha256, ...pngSha256] = await ctx.blobs.saveAll(accident, [
    { bytes: pdf, kind: "agreement-pdf" },
    { bytes: picture, kind: "agreement-picture" },
    ...pages.map((bytes) => ({ bytes, kind: "agreement-page" as const })),
  ]);
  return { pdfSha256, pictureSha256, pngSha256 };
}

interface SignatureImage {
  png: Buffer;
  signedAt: Date;
  electronic: boolean;
  forwarding: boolean;
}

async function signatureOf(ctx: Context, accident: Accident, letter: Letter): Promise<SignatureImage> {
  const signature = accident.parties[letter]?.signature;
  if (!signature) throw new Conflict("wrong-step");
  const png = await ctx.blobs.read(accident, signature.imageSha256);
  const { signedAt, electronic, forwarding } = signature;
  return { png, signedAt, electronic: electronic !== undefined, forwarding };
}

/** Loads the five mandatory photographs in their order. */
function thumbs(ctx: Context, accident: Accident) {
  const chosen = PHOTO_SLOTS.flatMap(
    (slot) => accident.photos.filter(isStored).find((photo) => photo.slot === slot) ?? [],
  );
  return Promise.all(
    chosen.map(async ({ slot, by, thumbSha256, sha256 }) => ({
      slot,
      by,
      thumb: await ctx.blobs.read(accident, thumbSha256),
      sha256,
    })),
  );
}
