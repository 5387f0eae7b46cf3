import { StartFault } from "../errors.ts";
import type { Erasure } from "../store/erased.ts";

/** One erasure as a line of the list that is kept apart from the backups. */
export const lineOf = ({ kind, id, at }: Erasure): string => [kind, id, at.toISOString()].join("\t");

const LINE = /^(case|person|details)\t([\w./-]{1,100})\t(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

/** Reads such a list. Throws a StartFault that names the first line that is none. */
export function readErased(text: string): Erasure[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, number: index + 1 }));
  return lines
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => {
      const [, kind, id, at] = LINE.exec(line) ?? [];
      if (!kind || !id || !at) throw new StartFault(`--erased: line ${number} is no erasure (erase list writes them).`);
      return { kind: kind as Erasure["kind"], id, at: new Date(at) };
    });
}
