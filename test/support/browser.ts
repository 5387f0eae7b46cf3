import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { withFakeCamera } from "./fake-camera.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const packageDir = (name: string) => dirname(fileURLToPath(import.meta.resolve(name)));
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Installed browsers, for systems that the packed one does not run on. */
const INSTALLED = [
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * Flags of the packed browser for functions that live for one page: a single process would die with the first
 * closed page, no rule of the web is switched off here, and a graphics card that is imitated costs a fifth of
 * a test's CPU.
 */
const UNWANTED = [
  ...["--single-process", "--disable-web-security", "--allow-running-insecure-content"],
  ...["--ignore-gpu-blocklist", "--in-process-gpu", "--use-gl=angle", "--use-angle=swiftshader"],
  "--enable-unsafe-swiftshader",
];
/** Nothing is sent unasked, and pages are drawn by the processor. */
const WANTED = ["--disable-background-networking", "--disable-gpu"];

/**
 * A real Chromium without a screen: Chinese glyphs, a camera of our own, a person who says yes to both camera
 * and position.
 */
export async function launchBrowser(): Promise<Browser> {
  return withFakeCamera(await launch());
}

async function launch(): Promise<Browser> {
  const camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=5"];
  if (process.platform !== "linux" || process.arch !== "x64") {
    const executablePath = INSTALLED.find((path) => existsSync(path));
    return playwright.launch({ ...(executablePath ? { executablePath } : { channel: "chrome" }), args: camera });
  }
  const dir = await unpackedBrowser();
  // a browser that ends with its last window leaves what it keeps there
  const TMPDIR = temporaryFolder("browser");
  return playwright.launch({
    executablePath: join(dir, "chromium"),
    args: [...chromium.args.filter((arg) => !UNWANTED.includes(arg)), ...WANTED, ...camera],
    env: { ...process.env, TMPDIR, FONTCONFIG_FILE: join(dir, "fonts.conf"), ...libraryPath(dir) } as Record<
      string,
      string
    >,
    headless: true,
  });
}

/**
 * The package unpacks into its temporary folder, and with this variable its libraries, too: in a process that
 * has both for itself.
 */
const UNPACK = 'process.stdout.write(await (await import("@sparticuz/chromium")).default.executablePath())';
const WITH_LIBRARIES = { AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" };

/**
 * Unpacks once for all test processes, beside the packages: the first that is ready gives its folder the
 * name.
 */
async function unpackedBrowser(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDir("@sparticuz/chromium"), "../../package.json"), "utf8"));
  const cache = join(root, "node_modules", ".cache", "kuaichu");
  const ready = join(cache, `browser-${version}`);
  if (existsSync(ready)) return ready;
  const own = join(cache, `unpacking-${process.pid}`);
  await mkdir(own, { recursive: true });
  const env = { ...process.env, ...WITH_LIBRARIES, TMPDIR: own };
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", UNPACK], { cwd: root, env });
  await writeFile(join(own, "fonts.conf"), fontConfig(join(ready, "fonts-cache")));
  await rename(own, ready).catch(async (error) => {
    await rm(own, { recursive: true, force: true });
    if (!existsSync(ready)) throw error;
  });
  return ready;
}

/** The packed browser has no Chinese glyphs of its own. */
function fontConfig(cache: string): string {
  const fonts = packageDir("@expo-google-fonts/noto-sans-sc");
  const dirs = ["400Regular", "600SemiBold", "700Bold"].map((weight) => `<dir>${join(fonts, weight)}</dir>`).join("");
  return `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${cache}</cachedir></fontconfig>`;
}

const SYSTEM_LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib"];

/** libnss3 of the system; where there is none, the one that the package carries. */
function libraryPath(dir: string): Record<string, string> {
  if (SYSTEM_LIBRARIES.some((at) => existsSync(join(at, "libnss3.so")))) return {};
  const paths = [join(dir, "al2023", "lib"), process.env["LD_LIBRARY_PATH"] ?? ""];
  return { LD_LIBRARY_PATH: paths.filter((path) => path !== "").join(":") };
}
