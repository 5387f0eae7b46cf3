import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { withFakeCamera } from "./fake-camera.ts";

const home = join(tmpdir(), `kuaichu-browser-${process.getuid?.() ?? 0}`);
const packageDir = (name: string) => dirname(fileURLToPath(import.meta.resolve(name)));

/** Installed browsers, for systems that the packed one does not run on. */
const INSTALLED = [
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Made for a function that lives for one page: one process for all dies with the first page that is closed, and no rule of the web is switched off here. */
const UNWANTED = ["--single-process", "--disable-web-security", "--allow-running-insecure-content"];

/** A real Chromium without a screen: Chinese glyphs, a camera of our own, a person who says yes to both camera and position. */
export async function launchBrowser(): Promise<Browser> {
  return withFakeCamera(await launch());
}

async function launch(): Promise<Browser> {
  await mkdir(home, { recursive: true });
  const camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=5"];
  if (process.platform !== "linux" || process.arch !== "x64") {
    const executablePath = INSTALLED.find((path) => existsSync(path));
    return playwright.launch({ ...(executablePath ? { executablePath } : { channel: "chrome" }), args: camera });
  }
  const executablePath = await unpackedBrowser();
  return playwright.launch({
    executablePath,
    args: [...chromium.args.filter((arg) => !UNWANTED.includes(arg)), "--disable-background-networking", ...camera],
    env: { ...process.env, FONTCONFIG_FILE: await fontConfig(), ...(await libraryPath()) } as Record<string, string>,
    headless: true,
  });
}

/** Unpacked once for all test processes: each would unpack into a folder of its own, the first one that is ready gives it its name. */
async function unpackedBrowser(): Promise<string> {
  const ready = join(home, "unpacked");
  if (!existsSync(ready)) {
    const own = join(home, `unpacking-${process.pid}`);
    await mkdir(own, { recursive: true });
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = own;
    await chromium.executablePath();
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    await rename(own, ready).catch(() => rm(own, { recursive: true, force: true }));
  }
  return join(ready, "chromium");
}

/** The packed browser has no Chinese glyphs of its own. */
async function fontConfig(): Promise<string> {
  const fonts = packageDir("@expo-google-fonts/noto-sans-sc");
  const file = join(home, "fonts.conf");
  const dirs = ["400Regular", "600SemiBold", "700Bold"].map((weight) => `<dir>${join(fonts, weight)}</dir>`).join("");
  const cache = `<cachedir>${join(home, "fonts-cache")}</cachedir>`;
  await writeFile(file, `<?xml version="1.0"?><fontconfig>${dirs}${cache}</fontconfig>`);
  return file;
}

const SYSTEM_LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib"];

/** libnss3 of the system; where there is none, the browser's package carries one. */
async function libraryPath(): Promise<Record<string, string>> {
  if (SYSTEM_LIBRARIES.some((dir) => existsSync(join(dir, "libnss3.so")))) return {};
  const packed = join(packageDir("@sparticuz/chromium"), "..", "..", "bin", "al2023.tar.br");
  await unpackTar(brotliDecompressSync(await readFile(packed)), home);
  const paths = [join(home, "lib"), join(home, "al2023", "lib"), process.env["LD_LIBRARY_PATH"] ?? ""];
  return { LD_LIBRARY_PATH: paths.filter((path) => path !== "").join(":") };
}

/** Plain files of a tar archive: 512-byte headers, sizes in octal. */
async function unpackTar(tar: Buffer, into: string): Promise<void> {
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = textOf(tar, at, 100);
    if (name === "") return;
    const size = Number.parseInt(textOf(tar, at + 124, 12), 8) || 0;
    const isFile = ["0", ""].includes(textOf(tar, at + 156, 1));
    if (isFile && !name.includes("..")) {
      const path = join(into, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, tar.subarray(at + 512, at + 512 + size), { mode: 0o755 });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

const textOf = (tar: Buffer, at: number, length: number): string =>
  tar
    .subarray(at, at + length)
    .toString("utf8")
    .replace(/\0.*$/s, "")
    .trim();
