import type { Context } from "../context.ts";
import type { Letter } from "../domain/accident.ts";
import { expiringLinks } from "../http/expiring-links.ts";
import type { PageRequest } from "./page.ts";

/** Minutes, for a file is opened at once; long enough for a person to choose the other program. */
export const FILE_LINK_LIFE_S = 10 * 60;
const PURPOSE = "file-links";

/** Whose file it is: a driver's way to it ends when somebody else has that letter. */
export interface FileOwner {
  accidentId: string;
  letter: Letter;
  personId: string;
}

/**
 * Links by which another program, which has no session of ours, opens a file of one driver: a PDF viewer,
 * WeChat's "open in browser".
 */
export interface FileLinks {
  /** relative to the root; `file` is the path of the file, "agreement.pdf" */
  url(file: string): string;
  /** whether the whole path is signed, and the link has not run out */
  isGood(path: string, query: Record<string, unknown>): boolean;
  /** the link to that whole path, made anew */
  renewed(path: string): string;
}

export function fileLinks({ config, clock }: Pick<Context, "config" | "clock">, owner: FileOwner): FileLinks {
  const { accidentId, letter, personId } = owner;
  const links = expiringLinks({ config, clock }, { purpose: PURPOSE, lifeS: FILE_LINK_LIFE_S });
  const renewed = (path: string) => path + links.query([path, personId]);
  return {
    url: (file) => renewed(`/h5/files/${accidentId}/${letter}/${file}`),
    isGood: (path, query) => links.isGood([path, personId], query),
    renewed,
  };
}

/** Those of whoever asks for this page. */
export const fileLinksOf = ({ ctx, view, person }: PageRequest): FileLinks =>
  fileLinks(ctx, { accidentId: view.id, letter: view.letter, personId: person.id });
