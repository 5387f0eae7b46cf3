import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../support/database.ts";

const DEPLOY = fileURLToPath(new URL("../../../../deploy/", import.meta.url));
export const NAME = "kuaichu.example.org";

/** A running proxy with the file of deploy/. */
export interface InFront {
  httpPort: number;
  httpsPort: number;
  certificate: string;
  /** Ends it and returns all that it has logged. */
  stop(): Promise<string>;
}

interface Places {
  dir: string;
  httpPort: number;
  httpsPort: number;
  /** the port of each process behind it */
  upstreams: readonly [number, number];
}

interface Command {
  file: string;
  args: string[];
  env: Record<string, string>;
  /** files that it logs into, besides its output */
  logs: string[];
}

interface Kind {
  /** arguments that print its version */
  version: string[];
  /** it asks /readyz by itself */
  asksReady: boolean;
  prepare(places: Places): Command;
}

export const PROXIES: Record<string, Kind> = {
  nginx: { version: ["-v"], asksReady: false, prepare: prepareNginx },
  caddy: { version: ["version"], asksReady: true, prepare: prepareCaddy },
};

export async function startProxy(
  name: string,
  { dir, upstreams }: Pick<Places, "dir" | "upstreams">,
): Promise<InFront> {
  makeCertificate(dir);
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const { file, args, env, logs } = PROXIES[name]!.prepare({ dir, upstreams, httpPort, httpsPort });
  const child = spawn(file, args, { env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const output of [child.stdout, child.stderr]) output.on("data", (chunk) => (said += chunk));
  if (!(await isOpen(httpsPort, child))) throw new Error(`${name} ended: ${said}`);
  return {
    httpPort,
    httpsPort,
    certificate: readFileSync(join(dir, "cert.pem"), "utf8"),
    async stop() {
      await end(child);
      return [said, ...logs.map((log) => readFileSync(log, "utf8"))].join("");
    },
  };
}

function makeCertificate(dir: string): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", join(dir, "key.pem")];
  const subject = ["-subj", `/CN=${NAME}`, "-addext", `subjectAltName=DNS:${NAME}`, "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...key, ...subject, "-out", join(dir, "cert.pem")], { stdio: "ignore" });
}

/** The file within a whole configuration, with ports and files of this run in place of an operator's. */
function prepareNginx({ dir, upstreams: [one, two], httpPort, httpsPort }: Places): Command {
  const logs = ["kuaichu.log", "kuaichu.error.log"].map((name) => join(dir, name));
  const site = replaced(readFileSync(join(DEPLOY, "nginx.conf"), "utf8"), [
    ["    listen [::]:80;\n", ""],
    ["    listen [::]:443 ssl http2;\n", ""],
    ["listen 80;", `listen ${httpPort};`],
    ["listen 443 ssl", `listen ${httpsPort} ssl`],
    ["127.0.0.1:8081", `127.0.0.1:${one}`],
    ["127.0.0.1:8082", `127.0.0.1:${two}`],
    ["/etc/kuaichu/", `${dir}/`],
    ["/var/log/nginx/", `${dir}/`],
  ]);
  writeFileSync(join(dir, "site.conf"), site);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  );
  // workers of root would else be another user, who may not enter the folder
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const frame = `daemon off; pid ${dir}/pid; error_log stderr; ${user}
events {}
http { ${temporary.join(" ")} include ${dir}/site.conf; }`;
  writeFileSync(join(dir, "nginx.conf"), frame);
  return { file: "nginx", args: ["-e", "stderr", "-c", join(dir, "nginx.conf")], env: {}, logs };
}

function replaced(text: string, pairs: [from: string, to: string][]): string {
  return pairs.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`deploy/nginx.conf has no "${from.trim()}"`);
    return all.replaceAll(from, to);
  }, text);
}

function prepareCaddy({ dir, upstreams, httpPort, httpsPort }: Places): Command {
  const env = {
    HOME: dir,
    XDG_DATA_HOME: dir,
    XDG_CONFIG_HOME: dir,
    CADDY_ADMIN: "off",
    HTTP_PORT: String(httpPort),
    HTTPS_PORT: String(httpsPort),
    PUBLIC_URL: `https://${NAME}`,
    UPSTREAMS: upstreams.map((port) => `127.0.0.1:${port}`).join(" "),
    TLS: `tls ${dir}/cert.pem ${dir}/key.pem`,
  };
  const args = ["run", "--config", join(DEPLOY, "Caddyfile"), "--adapter", "caddyfile"];
  return { file: "caddy", args, env, logs: [] };
}

/** Resolves with true once something listens there, with false when the process has ended. */
async function isOpen(port: number, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = connect(port, "127.0.0.1");
    const found = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (found) return true;
    await sleep(20);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "close");
  child.kill("SIGTERM");
  await ended;
}
