/** Kinds of runs: all tests, those that need neither app nor browser, or the soaks and kills. */
export type Kind = "test" | "quick" | "long";

/**
 * The quick set: folders whose tests use functions, one server on a port, or one database, and the files in
 * test/ itself. Tests that start the whole app, a browser or a process to kill are not quick.
 */
const QUICK_FOLDERS = ["domain", "wechat", "http", "insurers"];

/**
 * Returns paths such as `test/chat/photos.test.ts`, sorted; with names, only those in which a folder or file
 * begins with one.
 */
export function chosen(paths: string[], kind: Kind, names: string[]): string[] {
  const ending = kind === "long" ? ".long.ts" : ".test.ts";
  return paths
    .filter((path) => path.endsWith(ending))
    .filter((path) => kind !== "quick" || isQuick(path))
    .filter((path) => names.length === 0 || names.some((name) => `/${path}`.includes(`/${name}`)))
    .sort();
}

function isQuick(path: string): boolean {
  const [, folder = "", ...below] = path.split("/");
  return below.length === 0 || QUICK_FOLDERS.includes(folder);
}
