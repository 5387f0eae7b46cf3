import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));

/** A package that is part of the image or of what the browser loads. */
export interface Package {
  name: string;
  version: string;
  /** SPDX expression */
  licence: string;
  /** where it is installed; null: it is for one kind of machine only and need not be there */
  folder: string | null;
}

interface Locked {
  version: string;
  license?: string;
  dev?: boolean;
  link?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
}

/** Packages whose manifest names no licence, by their licence file. */
const BY_THEIR_FILE: Record<string, string> = { "png-js": "MIT" };

/**
 * Lists everything that is distributed: what production installs, for every kind of machine, and what is
 * bundled for the browser.
 */
export async function distributedPackages(): Promise<Package[]> {
  const { packages } = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8"));
  const bundled = await bundledFolders();
  const found = new Map<string, Package>();
  for (const [folder, locked] of Object.entries<Locked>(packages)) {
    const isHandedOn = folder.includes("node_modules/") && !locked.link && (!locked.dev || bundled.has(folder));
    if (!isHandedOn) continue;
    const one = packageAt(folder, locked);
    found.set(`${one.name} ${one.version}`, one);
  }
  return [...found.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** By code points: the same on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function packageAt(folder: string, { version, license, optional, os, cpu }: Locked): Package {
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  const isThere = existsSync(join(PROJECT, folder));
  if (!isThere && !optional) throw new Error(`${folder} is not installed: npm ci`);
  const isForOneKind = os !== undefined || cpu !== undefined || !isThere;
  return { name, version, licence: license ?? BY_THEIR_FILE[name] ?? "", folder: isForOneKind ? null : folder };
}

/** Folders of the packages of which something is in the files that the browser loads. */
export async function bundledFolders(): Promise<Set<string>> {
  const entryPoints = ["h5", "simulator"].flatMap((room) =>
    readdirSync(join(PROJECT, "src/browser", room))
      .filter((file) => /\.(ts|css)$/.test(file))
      .map((file) => join("src/browser", room, file)),
  );
  const options = { bundle: true, write: false, metafile: true, outdir: "out", logLevel: "warning" } as const;
  const { metafile } = await build({ ...options, entryPoints, absWorkingDir: PROJECT });
  const folders = Object.keys(metafile.inputs).map((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return new Set(folders.filter((folder) => folder !== undefined));
}
