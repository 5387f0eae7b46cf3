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

const isQuick = (path: string): boolean => ["", ...QUICK_FOLDERS].includes(folderOf(path));

/** The folder directly below test/; empty for a file in test/ itself. */
function folderOf(path: string): string {
  const [, folder = "", ...below] = path.split("/");
  return below.length === 0 ? "" : folder;
}

/** Folders whose test files share processes: what they start they end, and they change nothing global. */
const SHARING = [
  "actions",
  "api",
  "chat",
  "domain",
  "h5",
  "http",
  "insurers",
  "jobs",
  "notices",
  "police",
  "simulator",
  "store",
  "wechat",
];

/** Files with a process to themselves: with a browser, or top-level await in them or in what they import. */
const ALONE = new RegExp(
  [
    "browser",
    "^test/actions/(erase-past|scrub-file|wrong-clock)",
    "^test/domain/(rules|journey|dispute)",
    "^test/h5/(cases|my-data|script-missing|sessions)",
    "^test/jobs/(backup-command|claim)",
    "^test/police/(disputes|officers)",
    "^test/store/(data-key|migration|side-by-side)",
  ].join("|"),
);

/** The most files of one process: it loads the system once for all of them. */
const MOST_FILES = 6;

/** The files of each process, in order: first the ones that have it to themselves, which are the longest. */
export function processesOf(files: readonly string[]): string[][] {
  const isAlone = (path: string) => !SHARING.includes(folderOf(path)) || ALONE.test(path);
  const alone = files.filter(isAlone).map((path) => [path]);
  const shared = SHARING.map((folder) => files.filter((path) => folderOf(path) === folder && !isAlone(path)));
  return [...alone, ...shared.flatMap(evenly)];
}

function evenly(files: string[]): string[][] {
  const count = Math.ceil(files.length / MOST_FILES);
  const parts = Array.from({ length: count }, (): string[] => []);
  for (const [at, file] of files.entries()) parts[at % count]?.push(file);
  return parts;
}
