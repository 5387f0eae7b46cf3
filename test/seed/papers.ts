import { createHash } from "node:crypto";
import { createDocuments } from "../../src/documents/documents.ts";
import type { Determination } from "../../src/domain/determination.ts";
import type { LetterSheet } from "../../src/domain/letter-sheet.ts";
import { createRender } from "../../src/render.ts";
import type { BlobOwner } from "../../src/store/blob-owner.ts";
import type { Blobs } from "../../src/store/blobs.ts";

type Files = Pick<Determination, "pdfSha256" | "pngSha256">;

/** Determination letters on paper, as the desk prints them. */
export interface Papers {
  /** Names a letter's PDF and pictures; `isDrawn`: they are drawn, for `keep`. */
  name(sheet: LetterSheet, isDrawn: boolean): Promise<Files>;
  /** Stores what was drawn since the last time, for this case. */
  keep(blobs: Blobs, owner: BlobOwner): Promise<void>;
}

const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

export function createPapers(): Papers {
  const documents = createDocuments(createRender());
  let drawn: { pdf: Buffer; pages: Buffer[] }[] = [];
  return {
    async name(sheet, isDrawn) {
      if (!isDrawn) return { pdfSha256: sha256(sheet.digest), pngSha256: [sha256(`${sheet.digest} 1`)] };
      const { pdf, pages } = await documents.determination(sheet);
      drawn.push({ pdf, pages });
      return { pdfSha256: sha256(pdf), pngSha256: pages.map(sha256) };
    },
    async keep(blobs, owner) {
      for (const { pdf, pages } of drawn)
        await blobs.saveAll(owner, [
          { bytes: pdf, kind: "letter-pdf" },
          ...pages.map((bytes) => ({ bytes, kind: "letter-page" as const })),
        ]);
      drawn = [];
    },
  };
}
