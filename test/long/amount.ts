/**
 * Soaks and kills: files `test/long/NAME.long.ts`, written with node:test like any other, run by `npm run
 * long`. To add one, take every number that decides how long it runs from `amount(full)`, and assert what
 * must hold after any amount: `.ci/run` runs a tenth or less (`npm run long -- --share 0.1`): a file must be
 * right, and short, at its least amount. A file that shares its body with a short test keeps it beside that
 * test as a function of its amounts (`test/journeys/crash.ts`). Files run one after the other, each in its
 * own process; a folder for its files comes from `test/support/temporary-folder.ts`.
 */

const share = shareOf(process.env.LONG_SHARE ?? "1");

/** The share of this run of so many rounds, seconds or phones: at least one. */
export const amount = (full: number): number => Math.max(1, Math.round(full * share));

function shareOf(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share <= 1)) throw new Error(`--share ${text}: more than 0, at most 1`);
  return share;
}
