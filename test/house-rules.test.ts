import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, it } from "node:test";

/**
 * The import rules of the house. To widen a room, change its line here; a folder that is in no line fails.
 */
interface Room {
  /** folders or files of src/ that it may import */
  may: readonly string[];
  /** … of which only types */
  mayType?: readonly string[];
  /** false: neither packages nor Node's own modules; a list: these packages and nothing else */
  packages?: false | readonly string[];
}

const SHARED = ["errors.ts", "health.ts", "log.ts", "render.ts", "metrics.ts", "refusals.ts", "timer.ts"];
const HANDS = ["geocoder", "store", "wechat", "insurers", "photos", "documents", "embedded", "accounts"];
const DOOR: Room = {
  may: [...SHARED, "actions", "domain", "http", "notices"],
  // what a hand gives through ctx has a type
  mayType: ["context.ts", "config.ts", ...HANDS],
};
const HAND: Room = { may: [...SHARED, "domain"], mayType: ["config.ts"] };
const EVERYTHING: Room = { may: [""] };
const ROOMS: Record<string, Room> = {
  "main.ts": EVERYTHING,
  "program.ts": EVERYTHING,
  "operator-program.ts": EVERYTHING,
  "warm-up.ts": EVERYTHING,
  "compile-cache.ts": { may: [] },
  "server.ts": EVERYTHING,
  // what the simulator is given of the app
  "simulator-operator.ts": EVERYTHING,
  "demo-officers.ts": EVERYTHING,
  "warn-at-start.ts": { may: ["config", "errors.ts"], mayType: ["context.ts"] },
  "context.ts": EVERYTHING,
  "open-database.ts": EVERYTHING,
  // parts of the context
  "open-store.ts": EVERYTHING,
  "create-collections.ts": EVERYTHING,
  "upgrade-state.ts": EVERYTHING,
  "health-values.ts": { may: [], mayType: ["create-collections.ts", "health.ts", "open-store.ts"] },
  "metric-values.ts": { may: [], mayType: ["context.ts", "metrics.ts", "store"] },
  "overrides.ts": { may: [], mayType: ["log.ts", "timer.ts", "store"] },
  "config.ts": { may: ["domain", "config"] },
  // the guard of the post says what an address may be
  config: { may: ["errors.ts", "insurers/public-address.ts"], mayType: ["config.ts", "domain"] },
  "errors.ts": { may: [], packages: false },
  "health.ts": { may: ["timer.ts"], packages: false },
  "refusals.ts": { may: ["log.ts", "timer.ts"], packages: false },
  "log.ts": { may: ["errors.ts", "log-codes.ts"] },
  "log-codes.ts": { may: [], packages: false },
  "render.ts": { may: ["domain", "words.ts", "word-keys.ts"] },
  "words.ts": { may: ["domain", "errors.ts"] },
  "word-keys.ts": { may: [], packages: false },
  // runs before the compiler
  "write-word-keys.ts": { may: ["words.ts"] },
  "single-flight.ts": { may: [], packages: false },
  "timer.ts": { may: [], packages: false },
  "metrics.ts": { may: [] },
  live: { may: ["log.ts", "timer.ts"], packages: false },

  domain: { may: ["errors.ts"], packages: false },
  // the numbering plans of the world are data
  "domain/phone.ts": { may: [], packages: ["libphonenumber-js/max"] },
  actions: { may: [...SHARED, "domain", "notices"], mayType: ["context.ts", "config.ts", ...HANDS] },
  // what people are told: actions put a notice into the outbox, jobs send it
  notices: { may: [...SHARED, "domain"], mayType: ["context.ts", "config.ts", ...HANDS] },
  chat: DOOR,
  h5: DOOR,
  police: DOOR,
  api: DOOR,
  jobs: DOOR,
  // a program of its own, started by hand: it wires as main does
  "jobs/deliveries-command.ts": EVERYTHING,
  "jobs/scrub-command.ts": EVERYTHING,
  "jobs/erase-command.ts": EVERYTHING,
  "jobs/feedback-command.ts": EVERYTHING,
  "jobs/sessions-command.ts": EVERYTHING,
  "jobs/backup-command.ts": EVERYTHING,
  "jobs/migrate-command.ts": EVERYTHING,
  "jobs/restore-command.ts": EVERYTHING,
  "jobs/keys-command.ts": EVERYTHING,
  "jobs/hold-command.ts": EVERYTHING,
  "police/officers-command.ts": EVERYTHING,
  "police/access-log-command.ts": EVERYTHING,
  "chat/menu-command.ts": EVERYTHING,
  // looks at everything from outside of the doors
  doctor: EVERYTHING,
  ...Object.fromEntries(HANDS.map((hand) => [hand, HAND])),
  http: { may: [...SHARED, "domain"], mayType: ["context.ts", "config.ts", ...HANDS] },
  // compiled for the browser: knows nothing of the server, nor the server of it
  browser: { may: [], packages: ["signature_pad"] },
  // outside the house: it knows the wire formats, not the rooms
  simulator: { may: [...SHARED, "http", "insurers/standard-webhooks.ts", "wechat"], mayType: ["config.ts"] },
};

/** Packages that belong to one room; all others may be used where packages may. */
const OWNERS: Record<string, readonly string[]> = {
  mongoose: ["store"],
  mongodb: [],
  sharp: ["photos"],
  "onnxruntime-node": ["photos"],
  "exif-reader": ["photos"],
  "@aws-sdk/client-s3": ["store"],
  umzug: ["store"],
  wechaty: ["wechat", "chat"],
  "wechaty-puppet": ["wechat", "chat"],
  "file-box": ["wechat", "chat"],
  "@node-rs/argon2": ["accounts"],
  otpauth: ["accounts"],
  lmdb: ["embedded"],
  bson: ["embedded"],
  "age-encryption": ["store"],
  pdfkit: ["documents"],
  "@hyzyla/pdfium": ["documents"],
  saxes: ["wechat", "simulator"],
  nunjucks: ["render.ts"],
  "libphonenumber-js": ["domain/phone.ts"],
  pino: ["log.ts"],
  "prom-client": ["metrics.ts"],
  "@fastify/busboy": ["http", "simulator"],
  signature_pad: ["browser"],
};

interface Source {
  /** below src/, such as "h5/page.ts" */
  path: string;
  text: string;
}

const srcDir = new URL("../../src/", import.meta.url);
const testDir = new URL("../../test/", import.meta.url);
const sources = sourcesBelow(srcDir);

function sourcesBelow(dir: URL): Source[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(dir.pathname, posix.join(entry.parentPath, entry.name)))
    .map((path) => ({ path, text: readFileSync(new URL(path, dir), "utf8") }));
}

interface Import {
  from: string;
  typeOnly: boolean;
}

/** Statements begin a line and formatting is fixed: no parser is needed. */
function importsOf(text: string): Import[] {
  const statements = [
    ...text.matchAll(/^import\s+(type\s)?([^;"'`=()]*?\sfrom\s+)?"([^"\n]+)";$/gm),
    ...text.matchAll(/^export\s+(type\s)?\s*(\{[^}]*\}\s+from\s+|\*[^;"'=]*?from\s+)"([^"\n]+)";$/gm),
  ];
  const dynamic = text.matchAll(/\bimport\("([^"]+)"\)/g);
  return [
    ...statements.map(([, type, names = "", from = ""]) => ({ from, typeOnly: Boolean(type) || isTypeList(names) })),
    ...[...dynamic].map(([, from = ""]) => ({ from, typeOnly: false })),
  ];
}

function isTypeList(names: string): boolean {
  const list = /^\{(.*)\}\s*from/s.exec(names.trim())?.[1];
  const parts =
    list
      ?.split(",")
      .map((name) => name.trim())
      .filter(Boolean) ?? [];
  return parts.length > 0 && parts.every((name) => name.startsWith("type "));
}

const roomOf = (path: string): string => (path in ROOMS ? path : (path.split("/")[0] ?? ""));
const isUnder = (place: string, path: string): boolean =>
  place === "" || path === place || path.startsWith(`${place}/`);

function importFaults(source: Source): string[] {
  const room = roomOf(source.path);
  const rules = ROOMS[room];
  if (!rules) return [`${source.path}: ${room} is in nobody's table`];
  return importsOf(source.text).flatMap(({ from, typeOnly }) => {
    const fault = from.startsWith(".")
      ? ownFault(source.path, posix.join(posix.dirname(source.path), from), typeOnly)
      : packageFault(room, from);
    return fault ? [`${source.path}: ${fault}`] : [];
  });
}

function ownFault(path: string, target: string, typeOnly: boolean): string | null {
  const room = roomOf(path);
  const { may, mayType = [] } = ROOMS[room] as Room;
  if ((roomOf(target) === "browser") !== (room === "browser")) return `may not import ${target}`;
  const allowed = [room, ...may, ...(typeOnly ? mayType : [])];
  return allowed.some((place) => isUnder(place, target)) ? null : `may not import ${target}`;
}

function packageFault(room: string, from: string): string | null {
  const packages = ROOMS[room]?.packages;
  if (packages === false || (packages && !packages.includes(from))) return `may not import ${from}`;
  if (from.startsWith("node:")) return null;
  const name = from.split("/", from.startsWith("@") ? 2 : 1).join("/");
  const owners = OWNERS[name];
  return owners && !owners.includes(room)
    ? `may not import ${name}: it belongs to ${owners.join(", ") || "nobody"}`
    : null;
}

/**
 * `actions/` is the feature list: a file exports one value, the function of its name, and imports no other
 * action.
 */
function actionFaults({ path, text }: Source): string[] {
  if (roomOf(path) !== "actions") return [];
  const own = posix.basename(path, ".ts").replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const exported = [
    ...text.matchAll(/^export (?!type\b|interface\b)(?:(?:async )?(function|const|let|class) )?([\w{*]+)/gm),
  ];
  const wrong = exported.filter(([, kind, name]) => kind !== "function" || name !== own).map(([, , name]) => name);
  const actions = importsOf(text)
    .map(({ from }) => posix.join(posix.dirname(path), from))
    .filter((target) => roomOf(target) === "actions");
  return [
    ...(exported.some(([, , name]) => name === own) ? [] : [`${path}: exports no function ${own}`]),
    ...wrong.map((name) => `${path}: exports ${name} besides its function`),
    ...actions.map((target) => `${path}: an action imports ${target}`),
  ];
}

/** Code that no file may contain, and its exceptions. */
const FORBIDDEN: { what: RegExp; but?: (path: string) => boolean }[] = [
  { what: /\bprocess\.env\b/, but: (path) => path === "config.ts" },
  { what: /\bconsole\.\w/ },
  { what: /^export default\b/m },
  {
    what: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(/,
    but: (path) => roomOf(path) !== "domain",
  },
  { what: /@ts-ignore|@ts-expect-error|@ts-nocheck/ },
];

function textFaults({ path, text }: Source, forbidden = FORBIDDEN): string[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  return forbidden.filter(({ what, but }) => what.test(code) && !but?.(path)).map(({ what }) => `${path}: ${what}`);
}

/**
 * Where Chinese may stand in code: what drivers, papers, plates and platforms write is read there, a row of
 * settings has its words for the READMEs, an article of law its name, a paper its date and its numerals. All
 * that is said to people stands in templates/, both languages side by side.
 */
const CHINESE_MAY_STAND_IN = [
  "browser/simulator",
  "browser/stage",
  "simulator",
  "config",
  "photos",
  "chat/commands.ts",
  "chat/emergency.ts",
  "chat/photo-order.ts",
  "documents/form-parts.ts",
  "documents/shanghai-time.ts",
  "domain/licence-fields.ts",
  "domain/licence.ts",
  "domain/name.ts",
  "domain/plate.ts",
  "h5/details-form.ts",
  "h5/ends.ts",
  "insurers/outcome.ts",
];

/** Lists words for people that stand in code: Chinese, or a text chosen by the reader's language. */
function wordFaults({ path, text }: Source): string[] {
  if (!path.endsWith(".ts") || path === "word-keys.ts") return [];
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
  const isChinese = /\p{Script=Han}/u.test(code) && !CHINESE_MAY_STAND_IN.some((place) => isUnder(place, path));
  const isChosen = /(=== "(en|zh)"|[eE]nglish)\s*\?\s*["'`][^"'`\n]*\p{L}/u.test(code);
  return [
    ...(isChinese ? [`${path}: Chinese outside of templates/`] : []),
    ...(isChosen ? [`${path}: a text for one language`] : []),
  ];
}

/** Code that no source and no test may contain: processes share one environment and one temporary folder. */
const FORBIDDEN_EVERYWHERE: typeof FORBIDDEN = [
  { what: /\bprocess\.env(\.\w+|\[[^\]]+\])?\s*([+|&?]{0,2}=(?!=)|\+\+|--)/ },
  { what: /\bdelete process\.env\b|\bassign\(process\.env\b|\bprocess\.loadEnvFile\b/ },
  // the runtime reports to its maker wherever the environment does not forbid it, which the reader's does
  {
    what: /\bloadModels\b/,
    but: (path) => ["photos/ocr/models.ts", "photos/plates/reader-process.ts"].includes(path),
  },
  { what: /\bmkdtemp/, but: (path) => ["support/temporary-folder.ts", "run.ts"].includes(path) },
];

const MOST_COLUMNS = 110;

/** Lists comments that call somebody he, and comment lines that are too long to be read. */
function commentFaults({ path, text }: Source): string[] {
  return text.split("\n").flatMap((line, at) => {
    const comment = /^\s*(?:\/\/|\/?\*)(.*)/.exec(line)?.[1] ?? /\S \/\/ (.*)/.exec(line)?.[1];
    if (comment === undefined) return [];
    const isLong = [...line].length > MOST_COLUMNS && !/\S \/\/ /.test(line);
    return [
      ...(/\b(he|him|his|himself)\b/i.test(comment) ? [`${path}:${at + 1}: an actor is named by role`] : []),
      ...(isLong ? [`${path}:${at + 1}: more than ${MOST_COLUMNS} columns`] : []),
    ];
  });
}

function nameFaults(path: string): string[] {
  const parts = path.replace(/\.[a-z]+$/, "").split("/");
  const faults = parts
    .filter((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))
    .map((part) => `${path}: ${part} is not kebab-case`);
  if (parts.some((part) => /^(utils?|helpers?|common|misc)$/.test(part)))
    faults.push(`${path}: a name that says nothing`);
  if (parts.length > 4) faults.push(`${path}: more than three folders deep`);
  return faults;
}

describe("the house rules", () => {
  it("finds the sources", () => {
    assert.ok(sources.some(({ path }) => path === "domain/accident.ts"));
  });

  it("every room imports only what its line allows", () => {
    assert.deepEqual(sources.flatMap(importFaults), []);
  });

  it("an action is one file, one function of its name, and imports no other action", () => {
    assert.deepEqual(sources.flatMap(actionFaults), []);
  });

  it("every import of our own names an existing .ts file", () => {
    const missing = sources.flatMap(({ path, text }) =>
      importsOf(text)
        .filter(({ from }) => from.startsWith("."))
        .map(({ from }) => posix.join(posix.dirname(path), from))
        .filter((target) => !target.endsWith(".ts") || !existsSync(new URL(target, srcDir)))
        .map((target) => `${path}: ${target}`),
    );
    assert.deepEqual(missing, []);
  });

  it("every imported package is a declared dependency", () => {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    // what the browser gets is bundled: those packages need not be there when the server runs
    const onServer = sources.filter(({ path }) => roomOf(path) !== "browser");
    const names = onServer.flatMap(({ text }) => importsOf(text).map(({ from }) => from));
    const packages = names.filter((from) => !from.startsWith(".") && !from.startsWith("node:"));
    const roots = new Set(packages.map((from) => from.split("/", from.startsWith("@") ? 2 : 1).join("/")));
    const declared = { ...manifest.dependencies, ...manifest.optionalDependencies };
    assert.deepEqual(
      [...roots].filter((name) => !declared[name] && !manifest.devDependencies[`@types/${name}`]),
      [],
    );
  });

  it("no file reads the environment, prints, exports a default, or (in domain) asks for the time or for chance", () => {
    assert.deepEqual(
      sources.flatMap((source) => textFaults(source)),
      [],
    );
  });

  it("words for people stand in templates/", () => {
    assert.deepEqual(sources.flatMap(wordFaults), []);
    const idle = CHINESE_MAY_STAND_IN.filter((place) => {
      const texts = sources.filter(({ path }) => isUnder(place, path)).map(({ text }) => text);
      return !/\p{Script=Han}/u.test(texts.join(""));
    });
    assert.deepEqual(idle, [], "allowed and not needed");
  });

  it("nobody writes the environment or loads the models but the reader, and a test's temporary folder is made where it is removed", () => {
    const files = [...sources, ...sourcesBelow(testDir).filter(({ path }) => /(?<!house-rules\.test)\.ts$/.test(path))];
    assert.deepEqual(
      files.flatMap((source) => textFaults(source, FORBIDDEN_EVERYWHERE)),
      [],
    );
  });

  it("comments name an actor by role, in lines of at most 110 columns", () => {
    const tests = sourcesBelow(testDir).filter(({ path }) => /(?<!house-rules\.test)\.ts$/.test(path));
    const files = [...sources.filter(({ path }) => path.endsWith(".ts")), ...tests];
    assert.deepEqual(files.flatMap(commentFaults), []);
  });

  it("names are kebab-case, say something, and lie at most three folders deep", () => {
    assert.deepEqual(
      sources.flatMap(({ path }) => nameFaults(path)),
      [],
    );
  });

  it("no file has more than 300 lines", () => {
    const long = sources.filter(
      ({ path, text }) => path.endsWith(".ts") && path !== "word-keys.ts" && text.trimEnd().split("\n").length > 300,
    );
    assert.deepEqual(
      long.map(({ path }) => path),
      [],
    );
  });
});

describe("the rules themselves", () => {
  const faultsOf = (path: string, text: string) => importFaults({ path, text });
  const refused: [string, string][] = [
    ["actions/a.ts", 'import { x } from "../store/accidents.ts";'],
    ["actions/a.ts", 'import { createContext } from "../context.ts";'],
    ["store/a.ts", 'import { x } from "../wechat/aes.ts";'],
    ["store/a.ts", 'import { addPhoto } from "../actions/add-photo.ts";'],
    ["store/a.ts", 'import type { Context } from "../context.ts";'],
    ["h5/a.ts", 'import { x } from "../chat/answer.ts";'],
    ["notices/a.ts", 'import { addPhoto } from "../actions/add-photo.ts";'],
    ["domain/a.ts", 'import { tellPerson } from "../notices/tell-person.ts";'],
    ["h5/a.ts", 'import {\n  type A,\n  b,\n} from "../store/blobs.ts";'],
    ["h5/a.ts", 'export { x } from "../photos/photos.ts";'],
    ["h5/a.ts", 'import mongoose from "mongoose";'],
    ["wechat/a.ts", 'const s = await import("sharp");'],
    ["http/a.ts", 'import { x } from "../actions/a.ts";'],
    ["domain/a.ts", 'import { readFile } from "node:fs/promises";'],
    ["domain/a.ts", 'import Joi from "joi";'],
    ["domain/a.ts", 'import type { Log } from "../log.ts";'],
    ["simulator/a.ts", 'import { x } from "../store/people.ts";'],
    ["api/a.ts", 'import "../simulator/x.ts";'],
    ["browser/h5/a.ts", 'import { x } from "../../domain/photo.ts";'],
    ["browser/h5/a.ts", 'import type { PhotoSlot } from "../../domain/photo.ts";'],
    ["browser/a.ts", 'import { join } from "node:path";'],
    ["browser/a.ts", 'import axios from "axios";'],
    ["main.ts", 'import { one } from "./browser/dom.ts";'],
    ["http/a.ts", 'import x from "signature_pad";'],
    ["attic/a.ts", ""],
    ["tools.ts", ""],
  ];
  for (const [path, text] of refused) {
    it(`refuse ${path}: ${text.replaceAll("\n", " ") || "a room without a line"}`, () => {
      assert.equal(faultsOf(path, text).length, 1);
    });
  }

  const allowed: [string, string][] = [
    ["actions/a.ts", 'import type { Context } from "../context.ts";'],
    ["h5/a.ts", 'import { addPhoto } from "../actions/add-photo.ts";'],
    ["h5/a.ts", 'import type { Blobs } from "../store/blobs.ts";'],
    ["h5/a.ts", 'import { type A, type B } from "../store/blobs.ts";'],
    ["store/a.ts", 'import mongoose from "mongoose";'],
    ["context.ts", 'import { x } from "./store/people.ts";'],
    ["browser/h5/a.ts", 'import { one } from "../dom.ts";'],
    ["browser/h5/a.ts", 'import x from "signature_pad";'],
  ];
  for (const [path, text] of allowed) {
    it(`allow ${path}: ${text}`, () => assert.deepEqual(faultsOf(path, text), []));
  }

  it("see an action that is more than one, is named otherwise or imports another", () => {
    const faults = (text: string) => actionFaults({ path: "actions/add-photo.ts", text }).length;
    const action = "export function addPhoto() {}\n";
    assert.equal(faults(action), 0);
    assert.equal(faults(`export interface AddPhoto {}\nexport type Kept = string;\n${action}`), 0);
    assert.equal(faults('import { notice } from "../domain/notice.ts";\nexport async function addPhoto() {}\n'), 0);
    for (const more of [
      "export const LIMIT = 1;",
      "export function other() {}",
      'export { x } from "../domain/photo.ts";',
    ])
      assert.equal(faults(`${action}${more}\n`), 1, more);
    assert.equal(faults("function addPhoto() {}\n"), 1);
    for (const kind of ["", "type "])
      assert.equal(faults(`import ${kind}{ Seen } from "./see-plate.ts";\n${action}`), 1, kind);
  });

  it("see what is forbidden in code and overlook it in comments", () => {
    assert.equal(textFaults({ path: "domain/a.ts", text: "const at = new Date();" }).length, 1);
    assert.equal(textFaults({ path: "h5/a.ts", text: "const at = process.env.HOME;" }).length, 1);
    assert.deepEqual(textFaults({ path: "domain/a.ts", text: "// never Date.now()\nconst a = new Date(0);" }), []);
  });

  it("see words that stand in code, and overlook comments and what is read", () => {
    const faults = (path: string, text: string) => wordFaults({ path, text }).length;
    assert.equal(faults("domain/a.ts", 'const own = "电话见保险单";'), 1);
    assert.equal(faults("h5/a.ts", 'const own = language === "en" ? "on your policy" : named;'), 1);
    assert.equal(faults("h5/a.ts", "const own = english\n  ? `on your policy`\n  : other;"), 1);
    assert.equal(faults("h5/a.ts", "/** 报案号 */\nconst no = 1; // 立案号"), 0);
    assert.equal(faults("chat/commands.ts", 'const WORDS = ["进度"];'), 0);
  });

  it("see who writes the environment or makes a folder that stays", () => {
    const faults = (text: string) => textFaults({ path: "a.test.ts", text }, FORBIDDEN_EVERYWHERE).length;
    for (const text of [
      'process.env["TMPDIR"] = dir;',
      "process.env.HOME ??= dir;",
      "delete process.env.HOME;",
      "Object.assign(process.env, more);",
      'process.env = { HOME: "" };',
      "await mkdtemp(dir)",
    ])
      assert.equal(faults(text), 1, text);
    for (const text of ["const env = { ...process.env };", "if (process.env.A === given) {}"])
      assert.equal(faults(text), 0, text);
  });

  it("see comments that are riddles by length or by person, and overlook texts", () => {
    const faults = (text: string) => commentFaults({ path: "h5/a.ts", text }).length;
    assert.equal(faults("/** Returns what he typed. */"), 1);
    assert.equal(faults("const a = 1; // his"), 1);
    assert.equal(faults(`// ${"word ".repeat(30)}`), 1);
    assert.equal(faults(`/**\n * ${"word ".repeat(30)}\n */`), 1);
    assert.equal(faults('const said = "what he said"; // The driver\'s words.'), 0);
  });

  it("see names that say nothing", () => {
    assert.equal(nameFaults("h5/utils/a.ts").length, 1);
    assert.equal(nameFaults("h5/aB.ts").length, 1);
    assert.equal(nameFaults("a/b/c/d/e.ts").length, 1);
  });
});
