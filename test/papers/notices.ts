import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { distributedPackages, type Package, PROJECT } from "./packages.ts";

interface Part {
  package: string;
  title: string;
  words: string;
  /** its package lists what it contains, with versions and licences */
  libraries?: boolean;
  /** files in test/papers/texts */
  texts?: string[];
}

const HEAD = `Third-party notices

Kuaichu is licensed under the Apache License 2.0 (LICENSE, NOTICE). The image and an installation contain the software of others that is listed here.
This file is made by \`npm run notices\` from package-lock.json and from what the packages bring with them.`;

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * Returns the text of THIRD-PARTY-NOTICES: parts inside packages, the list of all packages, their notices and
 * licences.
 */
export async function noticesText(): Promise<string> {
  const packages = await distributedPackages();
  const parts: Part[] = parse(readPaper("parts.yaml"));
  const texts = [...new Set(parts.flatMap(({ texts = [] }) => texts))];
  return [
    HEAD,
    ...parts.map((part) => partText(part, packages)),
    section("All packages", packages.map(({ name, version, licence }) => `${name} ${version}: ${licence}`).join("\n")),
    ...grouped(packages),
    withoutFile(packages),
    ...texts.map((file) => section(file.replace(".txt", ""), readPaper(`texts/${file}`))),
  ]
    .map((text) => text.trimEnd())
    .join("\n\n")
    .concat("\n");
}

const RULE = "=".repeat(80);
const section = (title: string, text: string): string => `${RULE}\n${title}\n${RULE}\n\n${text}`;
const readPaper = (path: string): string => readFileSync(join(PROJECT, "test/papers", path), "utf8");

function partText({ package: name, title, words, libraries }: Part, packages: Package[]): string {
  const version = packages.find((one) => one.name === name)?.version;
  if (!version) throw new Error(`${name} of parts.yaml is handed on no more`);
  const fill = (text: string) => text.replaceAll("{version}", version);
  return section(fill(title), fill(words) + (libraries ? `\n${librariesOfLibvips()}` : ""));
}

/** The table in the package that is installed here; it is the same for every kind of machine. */
function librariesOfLibvips(): string {
  const name = readdirSync(join(PROJECT, "node_modules/@img")).find((folder) => folder.startsWith("sharp-libvips-"));
  if (!name) throw new Error("no @img/sharp-libvips-* is installed: npm ci");
  const read = (file: string) => readFileSync(join(PROJECT, "node_modules/@img", name, file), "utf8");
  const rows = read("README.md")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| Library"))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, library, licence]) => `${library}: ${licence}`);
  const versions = Object.entries(JSON.parse(read("versions.json"))).map(([part, version]) => `${part} ${version}`);
  return `${rows.join("\n")}\n\nVersions: ${versions.join(", ")}`;
}

interface Group {
  text: string;
  /** each package with the copyright lines that stood above this text */
  names: string[];
}

/** A line that differs from package to package while the licence below it is the same. */
const COPYRIGHT = /^\W*(copyright\b|\(c\)|©|(the )?(MIT|ISC|BSD|Apache)\b.{0,30}$|all rights reserved)/i;

/** Each text once, below the packages that bring it and their copyright lines. */
function grouped(packages: Package[]): string[] {
  const groups = new Map<string, Group>();
  for (const one of packages) {
    for (const whole of textsOf(one)) {
      const { lines, text } = parted(whole);
      const key = text.replace(/[\s*]+/g, " ").toLowerCase();
      const group = groups.get(key) ?? { text, names: [] };
      group.names.push([`${one.name} ${one.version}`, ...lines.map((line) => `    ${line}`)].join("\n"));
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ text, names }) => section(names.join("\n"), text));
}

/** The copyright lines of a licence, and its text without them. */
function parted(whole: string): { lines: string[]; text: string } {
  const all = whole.split("\n");
  const apache = all.findIndex((line) => line.includes("END OF TERMS AND CONDITIONS"));
  // its many copies differ in their spaces, in their appendix, and in who fills it in
  if (apache > 0 && /Apache License\s+Version 2\.0/.test(whole)) {
    const owners = all.slice(apache).filter((line) => /^\s*copyright (?!\[|\{|the\b)/i.test(line));
    return { lines: owners.map((line) => line.trim()), text: readFileSync(join(PROJECT, "LICENSE"), "utf8").trim() };
  }
  const end = all.findIndex((line) => line.trim() !== "" && !COPYRIGHT.test(line));
  if (end < 0) return { lines: [], text: whole };
  const lines = all.slice(0, end).map((line) => line.trim());
  return { lines: lines.filter((line) => line !== ""), text: all.slice(end).join("\n").trim() };
}

function textsOf({ folder }: Package): string[] {
  if (folder === null) return [];
  return readdirSync(join(PROJECT, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name) && !/\.(c?js|ts|json)$/.test(entry.name))
    .map(({ name }) => name)
    .sort()
    .map((name) => readFileSync(join(PROJECT, folder, name), "utf8"))
    .map((text) => text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n"))
    .map((text) => text.replace(/[ \t]+$/gm, "").trim())
    .filter((text) => text !== "");
}

/** Those that only name their licence: with their authors, below the texts of MIT and ISC. */
function withoutFile(packages: Package[]): string {
  const lines = packages
    .filter((one) => one.folder !== null && textsOf(one).length === 0)
    .map((one) => `${one.name} ${one.version}: ${one.licence}${authorOf(one)}`);
  const texts = ["MIT", "ISC"].map((licence) => `${licence}:\n\n${readPaper(`texts/${licence}.txt`)}`);
  const words = "They are under the licence that they name (Apache-2.0: the file LICENSE of this project).";
  return section("Packages that bring no licence file", `${words}\n\n${lines.join("\n")}\n\n${texts.join("\n")}`);
}

function authorOf({ folder }: Package): string {
  const { author, repository } = JSON.parse(readFileSync(join(PROJECT, folder as string, "package.json"), "utf8"));
  const by = (typeof author === "string" ? author : author?.name) || repository?.url || repository;
  return by ? `, by ${by}` : "";
}
