import type { LetterSheet } from "../domain/letter-sheet.ts";
import type { Render } from "../render.ts";
import type { AgreementInput } from "./agreement-input.ts";
import { agreementPdf } from "./agreement-pdf.ts";
import { bilingual } from "./bilingual.ts";
import { type CasePrint, casePrintPdf } from "./case-print.ts";
import { determinationPdf } from "./determination-pdf.ts";
import { type Pictures, pagesAsPictures } from "./pages-as-pictures.ts";
import { unprintable } from "./unprintable.ts";

export interface Documents {
  /**
   * Renders the concluded agreement: PDF, one PNG per page (about 1,190 px wide), and one tall PNG of at most
   * 2 MB for the chat.
   */
  agreement(input: AgreementInput): Promise<{ pdf: Buffer } & Pictures>;
  /** Renders a determination letter, issued or about to be, as the agreement is. */
  determination(input: LetterSheet): Promise<{ pdf: Buffer } & Pictures>;
  /** Renders the file of a case for the court, with every photograph. */
  caseFile(input: CasePrint): Promise<Buffer>;
  /** The first character of a text that the paper would show as another, or null: it is printed as it is. */
  unprintable(text: string): Promise<string | null>;
}

/** Creates the renderer, with the words of both forms in both languages. */
export function createDocuments(render: Render): Documents {
  const words = bilingual(render, "agreement");
  const letter = bilingual(render, "determination");
  return {
    unprintable,
    caseFile: casePrintPdf,
    async determination(input) {
      const pdf = await determinationPdf({ letter, form: words }, input);
      return { pdf, ...(await pagesAsPictures(pdf)) };
    },
    async agreement(input) {
      const pdf = await agreementPdf(words, input);
      return { pdf, ...(await pagesAsPictures(pdf)) };
    },
  };
}
