import { notesSection, photosSection } from "./agreement-annex.ts";
import { accidentSection, happenedSection, partiesSection } from "./agreement-facts.ts";
import type { AgreementInput } from "./agreement-input.ts";
import { liabilitySection, signaturesSection } from "./agreement-signing.ts";
import type { Words } from "./bilingual.ts";
import { flow } from "./blocks.ts";
import { drawContinuation, drawFooters, drawTitle, type Frame } from "./page-frame.ts";
import { createPaper, finish } from "./paper.ts";

/** Makes the numbered agreement (Order 146 art. 21) on A4; the same input gives the same bytes. */
export async function agreementPdf(words: Words, input: AgreementInput): Promise<Buffer> {
  const title = `${words("title").zh} ${input.content.number}`;
  const paper = await createPaper({ title, madeAt: input.concludedAt });
  const sections = [
    accidentSection,
    partiesSection,
    happenedSection,
    liabilitySection,
    signaturesSection,
    photosSection,
    notesSection,
  ];
  const blocks = sections.flatMap((section) => section(paper, words, input));
  const start = drawTitle(paper, words, input);
  const frame: Frame = {
    title: words("title"),
    number: { label: words("number"), text: input.content.number },
    digest: { label: words("digest"), text: input.digest },
    pageOf: (n, of) => words("page", { n, of }),
  };
  flow(paper, blocks, start, () => drawContinuation(paper, frame));
  drawFooters(paper, frame);
  return finish(paper.doc);
}
