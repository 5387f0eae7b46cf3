import QRCode from "qrcode";
import type { AgreementInput } from "./agreement-input.ts";
import type { Bilingual, Words } from "./bilingual.ts";
import { COLOURS, CONTENT_WIDTH, PAGE, type Paper } from "./paper.ts";

const QR_SIDE = 50;

/** What stands on every page of a form. */
export interface Frame {
  title: Bilingual;
  number: { label: Bilingual; text: string };
  /** keyed digest (HMAC-SHA-256) of the content */
  digest: { label: Bilingual; text: string };
  pageOf(n: number, of: number): Bilingual;
}

/** Draws title, number and legal basis; returns where the form begins. */
export function drawTitle(paper: Paper, words: Words, input: AgreementInput): number {
  const [title, basis, number] = [words("title"), words("basis"), words("number")];
  const line = { x: PAGE.left, width: CONTENT_WIDTH };
  paper.write(
    `${number.zh}  ${number.en}  ${input.content.number}`,
    { size: 7.5, colour: COLOURS.soft },
    { ...line, y: PAGE.top },
  );
  // centred between the margins, clear of the code on the right
  const middle = { x: PAGE.left + QR_SIDE + 8, width: CONTENT_WIDTH - (QR_SIDE + 8) * 2 };
  paper.write(title.zh, { size: 20, weight: "bold", align: "center" }, { ...middle, y: PAGE.top + 12 });
  paper.write(title.en, { size: 8.5, colour: COLOURS.soft, align: "center" }, { ...middle, y: PAGE.top + 39 });
  paper.write(basis.zh, { size: 7.2, align: "center" }, { ...middle, y: PAGE.top + 53 });
  paper.write(basis.en, { size: 6, colour: COLOURS.soft, align: "center" }, { ...middle, y: PAGE.top + 63 });
  if (input.verifyUrl) drawCode(paper, input.verifyUrl, words("verify").zh);
  return drawRule(paper, PAGE.top + 75);
}

/** Draws the double rule below a form's head; returns where the form begins. */
export function drawRule({ doc }: Paper, y: number): number {
  doc.strokeColor(COLOURS.accent).lineWidth(1.4).moveTo(PAGE.left, y).lineTo(PAGE.right, y).stroke();
  doc
    .lineWidth(0.4)
    .moveTo(PAGE.left, y + 2.4)
    .lineTo(PAGE.right, y + 2.4)
    .stroke();
  return y + 3;
}

/** Draws the head of a further page; returns where its text begins. */
export function drawContinuation(paper: Paper, { title, number }: Frame): number {
  const line = { x: PAGE.left, y: PAGE.top - 4, width: CONTENT_WIDTH };
  paper.write(title.zh, { size: 8, colour: COLOURS.soft }, line);
  paper.write(number.text, { size: 8, colour: COLOURS.soft, align: "right" }, line);
  const y = PAGE.top + 9;
  paper.doc.strokeColor(COLOURS.accent).lineWidth(0.8).moveTo(PAGE.left, y).lineTo(PAGE.right, y).stroke();
  return y + 5;
}

/** Draws number, digest and "page x of y" at the foot of every page; called last, when y is known. */
export function drawFooters(paper: Paper, { number, digest, pageOf }: Frame): void {
  const { doc } = paper;
  const { start, count } = doc.bufferedPageRange();
  for (let i = 0; i < count; i++) {
    doc.switchToPage(start + i);
    const y = PAGE.bottom + 10;
    doc.strokeColor(COLOURS.line).lineWidth(0.4).moveTo(PAGE.left, y).lineTo(PAGE.right, y).stroke();
    const style = { size: 6.3, colour: COLOURS.soft };
    const page = pageOf(i + 1, count);
    const line = { x: PAGE.left, width: CONTENT_WIDTH };
    paper.write(`${number.label.zh} ${number.text}`, style, { ...line, y: y + 5 });
    paper.write(`${page.zh}　${page.en}`, { ...style, align: "right" }, { ...line, y: y + 5 });
    paper.write(`${digest.label.zh} ${digest.text}`, style, { ...line, y: y + 14 });
  }
}

function drawCode(paper: Paper, url: string, caption: string): void {
  const { modules } = QRCode.create(url, { errorCorrectionLevel: "M" });
  const side = QR_SIDE / modules.size;
  const [left, top] = [PAGE.right - QR_SIDE, PAGE.top];
  const { doc } = paper;
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      // slightly wider than a module, so that rounding leaves no white gaps
      if (modules.get(row, column)) doc.rect(left + column * side, top + row * side, side + 0.05, side + 0.05);
    }
  }
  doc.fill(COLOURS.ink);
  paper.write(
    caption,
    { size: 6, colour: COLOURS.soft, align: "center" },
    { x: left, y: top + QR_SIDE + 2, width: QR_SIDE },
  );
}
