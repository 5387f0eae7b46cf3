import { readFileSync, writeFileSync } from "node:fs";
import { READMES, withTable } from "./settings-table.ts";

/** Renews the tables of settings in both READMEs (`npm run settings`). */
for (const reader of ["en", "zh"] as const) {
  const path = new URL(`../../../${READMES[reader]}`, import.meta.url);
  writeFileSync(path, withTable(readFileSync(path, "utf8"), reader));
}
