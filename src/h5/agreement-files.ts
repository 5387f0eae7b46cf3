import { NotFound } from "../errors.ts";
import type { PartyFile } from "./page.ts";

/** The agreement as both signed it, for the two of them. */
const pdf: PartyFile = {
  path: "agreement.pdf",
  async send({ ctx, accident }) {
    if (!accident.documents) throw new NotFound();
    const bytes = await ctx.blobs.read(accident, accident.documents.pdfSha256);
    return { type: "application/pdf", bytes, filename: `${accident.number}.pdf` };
  },
};

/** One page of it as a picture: what a phone shows and keeps without another program. */
const page: PartyFile = {
  path: "agreement/:page.png",
  async send({ ctx, accident }, { page: number }) {
    const sha256 = /^[1-9]\d?$/.test(number ?? "") && accident.documents?.pngSha256[Number(number) - 1];
    if (!sha256) throw new NotFound();
    return { type: "image/png", bytes: await ctx.blobs.read(accident, sha256) };
  },
};

export const agreementFiles: PartyFile[] = [pdf, page];
