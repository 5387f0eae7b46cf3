import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOCUMENTS = [".", "deploy", "docs", "docs/decisions", "docs/insurers"].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => /^[^.].*\.md$/.test(name))
    .map((name) => join(folder, name)),
);

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Returns the text in backticks within lines; blocks of code are left out. */
const codeIn = (text: string): string[] =>
  [...text.replaceAll(/^```.*?^```/gms, "").matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string);

/** The commands in a text's blocks of code, without comments. */
const blocksIn = (text: string): string[] =>
  [...text.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, code = ""]) => code.replaceAll(/ +#.*/g, ""));

/** Words that a reader replaces are translated. */
const withoutPlaceholders = (text: string): string =>
  text.replaceAll(/\bFOLDER\b|\bDIR\b|目录/g, "…").replaceAll(/:PORT|:端口/g, ":…");

describe("the documents", () => {
  for (const document of DOCUMENTS) {
    it(`${document} names files, links and commands that exist`, () => {
      const text = read(document);
      const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, to]) =>
        join(dirname(document), to as string),
      );
      const paths = codeIn(text).filter((code) =>
        /^(src|test|config|templates|docs|image|matrix|vendor)\/(?!node_modules)[\w./*-]+$/.test(code),
      );
      const commands = [...text.matchAll(/\bnpm run (?:-s )?([a-z:]+(?:-[a-z]+)*)/g)].map(([, name]) => name as string);
      const missing = [
        ...[...links, ...paths].filter((path) => !exists(path)),
        ...commands.filter((name) => !scripts[name]),
      ];
      assert.deepEqual(missing, []);
    });
  }

  it("run nothing by Compose that starts a migration, or another database, on its way", () => {
    const texts = [...DOCUMENTS, "compose.yaml", "deploy/update.sh", "deploy/make-secrets.sh"].map(read);
    const runs = texts.flatMap((text) => [...text.matchAll(/docker compose run ([^`\n]*)/g)].map(([, rest]) => rest));
    assert.ok(runs.length > 8);
    assert.deepEqual(
      runs.filter((rest) => !/^--rm (?:--no-deps |db-init\b)/.test(rest as string)),
      [],
    );
  });

  it("README.md and README.zh-CN.md name each command of an operator as the image runs it, without a compiler", () => {
    const commands = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith("-command.ts"))
      .map((path) => path.replaceAll("\\", "/").replace(/\.ts$/, ""))
      .sort();
    for (const readme of ["README.md", "README.zh-CN.md"]) {
      const named = [...read(readme).matchAll(/\bdist\/src\/([\w/-]+-command)\.js\b/g)].map(
        ([, name]) => name as string,
      );
      assert.deepEqual([...new Set(named)].sort(), commands, readme);
    }
  });

  it("README.md and README.zh-CN.md name the same settings, files, commands and values, and have the same parts", () => {
    const [english, chinese] = [read("README.md"), read("README.zh-CN.md")];
    const codes = (text: string) => [...new Set(codeIn(text).map(withoutPlaceholders))].sort();
    assert.deepEqual(codes(chinese), codes(english));
    assert.deepEqual(blocksIn(chinese).map(withoutPlaceholders), blocksIn(english).map(withoutPlaceholders));
    const shape = (text: string) => text.split("\n").map((line) => /^(#+|\d+\.|-|\||```)/.exec(line)?.[0] ?? "");
    assert.deepEqual(shape(chinese).filter(Boolean), shape(english).filter(Boolean));
  });
});

/** A `*` stands for any name. */
function exists(path: string): boolean {
  if (!path.includes("*")) return existsSync(join(ROOT, path));
  const [folder = "", rest = ""] = path.split("/*/");
  return readdirSync(join(ROOT, folder)).some((name) => existsSync(join(ROOT, folder, name, rest)));
}
