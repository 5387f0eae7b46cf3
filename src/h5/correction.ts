import { LETTERS, type Letter } from "../domain/accident.ts";
import type { AgreementContent } from "../domain/agreement.ts";
import { agreementRows, type Reading, type Row } from "./agreement-rows.ts";
import type { PageRequest } from "./page.ts";
import { timeText } from "./times.ts";

/** A field that has another value than this driver signed. */
export interface ChangedField {
  field: string;
  /** null: of the accident */
  whose: Letter | null;
  label: string;
  /** null where the two would look alike once masked: the new value stands in the agreement below */
  from: string | null;
  to: string | null;
}

type Cell = Omit<ChangedField, "from" | "to"> & { text: string };

/** Fields that name a person: shown in part, because the page may be seen over a shoulder. */
const MASKED: Readonly<Record<string, (text: string) => string>> = {
  name: (text) => `${[...text][0]}**`,
  idNumber: (text) => ends(text, 3, 2),
  phone: (text) => ends(text, 3, 2),
  policyNumber: (text) => ends(text, 2, 2),
};
const ends = (text: string, head: number, tail: number): string => `${text.slice(0, head)}***${text.slice(-tail)}`;

const LONGEST = 24;
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const NOTHING = "—";

/** Lists the fields of the agreement that differ from what was signed. */
export function changedFields(signed: AgreementContent, now: AgreementContent, reading: Reading): ChangedField[] {
  const [before, after] = [signed, now].map((content) => cellsOf(content, reading)) as [Cell[], Cell[]];
  const same = (one: Cell) => (other: Cell) => other.field === one.field && other.whose === one.whose;
  const gone = before.filter((cell) => !after.some(same(cell))).map((cell) => ({ ...cell, text: NOTHING }));
  return [...after, ...gone].flatMap(({ text, ...cell }) => {
    const old = before.find(same({ ...cell, text }))?.text ?? NOTHING;
    if (old === text) return [];
    const mask = MASKED[cell.field] ?? shortened;
    const [from, to] = [old, text].map((value) => (value === NOTHING ? value : mask(value))) as [string, string];
    return [from === to ? { ...cell, from: null, to: null } : { ...cell, from, to }];
  });
}

function cellsOf(content: AgreementContent, reading: Reading): Cell[] {
  const { accident, parties } = agreementRows(content, reading);
  const cells = (rows: Row[], owners: readonly (Letter | null)[]) =>
    rows.flatMap(({ label, columns }) =>
      columns.flatMap((pieces, at) =>
        pieces.map(({ field, text }) => ({ field, text, label, whose: owners[at] ?? null })),
      ),
    );
  return [...cells(accident, [null]), ...cells(parties, LETTERS)];
}

/** The rows of the page with what changed marked. */
export function markChanged<Rows extends ReturnType<typeof agreementRows>>(rows: Rows, changes: ChangedField[]): Rows {
  const isChanged = (field: string, whose: Letter | null) =>
    changes.some((change) => change.field === field && change.whose === whose);
  const mark = (list: Row[], owners: readonly (Letter | null)[]) =>
    list.map((row) => ({
      ...row,
      columns: row.columns.map((pieces, at) =>
        pieces.map((piece) => ({ ...piece, isChanged: isChanged(piece.field, owners[at] ?? null) })),
      ),
    }));
  return { ...rows, accident: mark(rows.accident, [null]), parties: mark(rows.parties, LETTERS) };
}

/** What the page of this driver's step says of a signature of theirs that no longer counts; null: nothing. */
export function correctionOf({ ctx, koa, view, person, t }: PageRequest): object | null {
  const { voided, agreement, step } = view;
  if (!voided || !koa.path.endsWith(`/${step}`)) return null;
  const reading = { config: ctx.config, t, language: person.language };
  const changes = voided.content && agreement ? changedFields(voided.content, agreement, reading) : [];
  return {
    by: voided.by,
    at: timeText(voided.at, ctx.clock.now(), person.language),
    changes: changes.map((change) => ({
      ...change,
      whose: change.whose && (change.whose === view.letter ? "me" : "other"),
    })),
    // until both say the same again there is no agreement to compare
    isStated: agreement === null,
  };
}
