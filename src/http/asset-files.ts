import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { AssetFile, Release } from "../store/releases.ts";

/** Scripts and styles from `npm run build`; pictures as they are. */
const DIRS = [
  new URL("../../browser/h5/", import.meta.url),
  new URL("../../browser/police/", import.meta.url),
  new URL("../../../templates/assets/", import.meta.url),
];

/** Reads all files that drivers' pages and desk load; throws when they were not built. */
export function readRelease(): Release {
  const files = DIRS.flatMap((dir) => filesIn(fileURLToPath(dir))).sort((one, other) =>
    one.path < other.path ? -1 : 1,
  );
  const hash = createHash("sha256");
  for (const { path, bytes } of files) hash.update(`${path} ${bytes.length}\n`).update(bytes);
  return { hash: hash.digest("hex").slice(0, 16), files };
}

function filesIn(dir: string): AssetFile[] {
  try {
    return readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => posix.join(entry.parentPath, entry.name))
      .map((file) => ({ path: posix.relative(dir, file), bytes: readFileSync(file) }));
  } catch (error) {
    throw new Error(`no files for the browser in ${dir}: run \`npm run build\``, { cause: error });
  }
}
