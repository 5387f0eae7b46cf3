import { type Accident, isRunning, LETTERS } from "./accident.ts";
import { isStored } from "./photo.ts";

type Naming = Pick<Accident, "photos" | "parties" | "dispute">;

/**
 * Names (SHA-256) of the files that an accident needs: its photographs with their copies, its signatures, its
 * determination letters.
 */
export function filesNeeded({ photos, parties, dispute }: Naming): Set<string> {
  const signatures = LETTERS.flatMap((letter) => parties[letter]?.signature?.imageSha256 ?? []);
  const pictures = photos
    .filter(isStored)
    .flatMap(({ sha256, copySha256, thumbSha256 }) => [sha256, copySha256, thumbSha256]);
  const letters = (dispute?.determinations ?? []).flatMap(({ pdfSha256, pngSha256, receipts }) => [
    pdfSha256,
    ...pngSha256,
    ...LETTERS.flatMap((letter) => receipts[letter]?.imageSha256 ?? []),
  ]);
  return new Set([...pictures, ...signatures, ...letters]);
}

/**
 * True for a change after which files may lie there that nothing needs: one was replaced or its driver
 * removed, or the case is over and with it every upload that never became a photograph.
 */
export function leavesFiles(before: Accident, after: Accident): boolean {
  if (isRunning(before) && !isRunning(after)) return true;
  if (before.photos === after.photos && before.parties === after.parties) return false;
  const needed = filesNeeded(after);
  return [...filesNeeded(before)].some((name) => !needed.has(name));
}
