import type { Context } from "../context.ts";
import type { Letter } from "../domain/accident.ts";
import { NotAllowed } from "../errors.ts";
import { macOf, sameSecret } from "../http/cookies.ts";
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
  /** throws NotAllowed "file-link"; all refusals look alike */
  check(path: string, query: Record<string, unknown>): void;
}

export function fileLinks({ config, clock }: Pick<Context, "config" | "clock">, owner: FileOwner): FileLinks {
  const { accidentId, letter, personId } = owner;
  const nowS = () => Math.floor(clock.now().getTime() / 1000);
  const sign = (path: string, expires: string) =>
    macOf(config.keys.session, PURPOSE, [path, personId, expires].join("\n"));
  return {
    url(file) {
      const path = `/h5/files/${accidentId}/${letter}/${file}`;
      const expires = String(nowS() + FILE_LINK_LIFE_S);
      return `${path}?expires=${expires}&signature=${sign(path, expires)}`;
    },
    check(path, { expires, signature }) {
      if (typeof expires !== "string" || !/^\d{1,12}$/.test(expires)) throw new NotAllowed("file-link");
      const right = typeof signature === "string" && sameSecret(signature, sign(path, expires));
      const leftS = Number(expires) - nowS();
      if (!right || leftS < 0 || leftS > FILE_LINK_LIFE_S) throw new NotAllowed("file-link");
    },
  };
}

/** Those of whoever asks for this page. */
export const fileLinksOf = ({ ctx, view, person }: PageRequest): FileLinks =>
  fileLinks(ctx, { accidentId: view.id, letter: view.letter, personId: person.id });
