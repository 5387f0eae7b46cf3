import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments } from "yaml";
import { SECRETS } from "../../src/config/secret-files.ts";
import { ROWS } from "../../src/config/settings.ts";
import { type Config, loadConfig } from "../../src/config.ts";
import { FORM_HELD_BYTES } from "../../src/http/upload-share.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const { version, scripts } = JSON.parse(read("package.json")) as { version: string; scripts: Record<string, string> };

type Environment = Record<string, string>;

interface Container {
  name?: string;
  image: string;
  user?: string;
  command?: string | string[];
  environment?: Environment;
  env?: { name: string; value: string }[];
  ports?: { name: string; containerPort: number }[];
  stop_grace_period?: string;
  healthcheck?: { test?: string[] };
  logging?: { options: Environment };
  deploy?: { resources: { limits: Record<string, string> } };
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  [field: string]: unknown;
}

interface Probe {
  httpGet: { path: string; port: string };
  periodSeconds: number;
  failureThreshold: number;
}

const compose = parse(read("compose.yaml"), { merge: true }) as { services: Record<string, Container> };
const ours = Object.entries(compose.services).filter(([, { image }]) => image.startsWith("kuaichu:"));
const units = ["kuaichu.service", "kuaichu@.service"].map((name) => ({ name, text: read(`deploy/${name}`) }));

interface Pod {
  securityContext: Record<string, unknown>;
  terminationGracePeriodSeconds?: number;
  containers: Container[];
  initContainers?: Container[];
}
interface Part {
  kind: string;
  spec: { template?: { spec: Pod }; jobTemplate?: { spec: { template: { spec: Pod } } } };
}
const kubernetes = readdirSync(join(ROOT, "deploy/kubernetes"))
  .filter((name) => name.endsWith(".yaml"))
  .flatMap((name) => parseAllDocuments(read(`deploy/kubernetes/${name}`)).map((part) => part.toJS() as Part));
const pods = kubernetes.flatMap(({ spec }) => spec?.template?.spec ?? spec?.jobTemplate?.spec.template.spec ?? []);
const containers = pods.flatMap((pod) => [...pod.containers, ...(pod.initContainers ?? [])]);

const unitEnvironment = (text: string): Environment =>
  Object.fromEntries([...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
const environments: [where: string, Environment][] = [
  ...ours.map(([name, { environment = {} }]): [string, Environment] => [`compose.yaml ${name}`, environment]),
  ...units.map(({ name, text }): [string, Environment] => [name, unitEnvironment(text)]),
  ...containers.map(({ name, env = [] }): [string, Environment] => [
    `kubernetes ${name}`,
    Object.fromEntries(env.map((one) => [one.name, one.value])),
  ]),
];

/** Variables that are no settings of the service: whose they are. */
const OTHERS = ["NODE_ENV", "CONFIG_FILE", "BACKUP_KEEP", "BACKUP_KEY"];
const INSURER = /^INSURER_[A-Z]+_SECRET_FILE$/;
const known = new Set([
  ...OTHERS,
  ...SECRETS.map((name) => `${name}_FILE`),
  ...ROWS.flatMap(({ variable = [] }) => variable),
]);

describe("the files of deploy/ and compose.yaml", () => {
  it("give no process a variable that is no setting, and no secret but as a file", () => {
    const strangers = environments.flatMap(([where, environment]) =>
      Object.keys(environment)
        .filter((name) => !(known.has(name) || INSURER.test(name)) || SECRETS.includes(name))
        .map((name) => `${where}: ${name}`),
    );
    assert.ok(environments.length >= 10);
    assert.deepEqual(strangers, []);
  });

  it("run commands that exist, the service with the flags of npm start", () => {
    const texts = [
      ...readdirSync(join(ROOT, "deploy"), { recursive: true, encoding: "utf8" }).map((name) => `deploy/${name}`),
      "compose.yaml",
    ]
      .filter((path) => /\.(sh|ya?ml|service|timer)$/.test(path))
      .map((path): [string, string] => [path, read(path)]);
    const missing = texts.flatMap(([path, text]) =>
      [
        ...[...text.matchAll(/dist\/(src\/[\w/-]+)\.js/g)].map(([, to]) => `${to}.ts`),
        ...[...text.matchAll(/\bdeploy\/[\w.@/-]+\.(?:sh|js|conf|service|timer)\b/g)].map(([to]) => to),
      ]
        .filter((to) => !existsSync(join(ROOT, to)))
        .map((to) => `${path}: ${to}`),
    );
    assert.deepEqual(missing, []);
    for (const { text } of units) {
      const start = /^ExecStart=\/usr\/bin\/(.*)$/m.exec(text)?.[1] ?? "none";
      assert.ok(scripts["start"]?.endsWith(start), start);
    }
    for (const [, { command }] of ours.filter(([name]) => name.startsWith("app"))) assert.equal(command, undefined);
  });

  it("ask doors that there are, on the port of the image", () => {
    const doors = [...read("src/api/router.ts").matchAll(/router\.get\("([^"]+)"/g)].map(([, path]) => path);
    const probes = containers.flatMap(({ startupProbe, readinessProbe, livenessProbe, ports = [] }) =>
      [startupProbe, readinessProbe, livenessProbe].flatMap((probe) => (probe ? { ...probe.httpGet, ports } : [])),
    );
    assert.equal(probes.length, 3);
    const exposed = Number(/^EXPOSE (\d+)$/m.exec(read("Dockerfile"))?.[1]);
    for (const { path, port, ports } of probes) {
      assert.ok(doors.includes(path), path);
      assert.equal(ports.find(({ name }) => name === port)?.containerPort, exposed);
    }
    const asked = [...units.map(({ text }) => text), read("compose.yaml")].flatMap((text) => [
      ...text.matchAll(/http:\/\/127\.0\.0\.1:(\S+?)(\/\w+)/g),
    ]);
    assert.equal(asked.length, 3);
    for (const [, port, path = ""] of asked) {
      assert.ok(doors.includes(path), path);
      assert.ok([String(exposed), "%i"].includes(port as string), port);
    }
    assert.match(read("compose.yaml"), new RegExp(`UPSTREAMS: app-1:${exposed} app-2:${exposed}`));
  });

  it("stand on exact versions, Kuaichu's own being that of the project", () => {
    const images = Object.values(compose.services).map(({ image }) => image);
    for (const image of images) assert.match(image, /^\w+:\d+\.\d+\.\d+$/);
    assert.deepEqual(new Set(ours.map(([, { image }]) => image)), new Set([`kuaichu:${version}`]));
    assert.match(
      read("deploy/kubernetes/kustomization.yaml"),
      new RegExp(`newTag: "${version.replaceAll(".", "\\.")}"`),
    );
    assert.match(read("Dockerfile"), new RegExp(`-t kuaichu:${version.replaceAll(".", "\\.")} `));
  });

  it("let a process end by itself, and hear of it in time", () => {
    const endsAfterS = 5 + 10;
    const graces = [
      ...ours.filter(([name]) => name.startsWith("app")).map(([, service]) => service.stop_grace_period),
      ...units.map(({ text }) => /^TimeoutStopSec=(\w+)$/m.exec(text)?.[1]),
      ...pods.flatMap(({ terminationGracePeriodSeconds: seconds }) => (seconds ? `${seconds}s` : [])),
    ];
    assert.equal(graces.length, 5);
    for (const grace of graces) assert.ok(Number.parseInt(grace ?? "", 10) > endsAfterS, grace);
    const [ready] = containers.flatMap(({ readinessProbe = [] }) => readinessProbe);
    assert.ok(ready && ready.periodSeconds * ready.failureThreshold < 5);
    const kept = [
      /keepalive_timeout (\d+)s/.exec(read("deploy/nginx.conf")),
      /keepalive (\d+)s/.exec(read("deploy/Caddyfile")),
    ];
    for (const found of kept) assert.ok(Number(found?.[1]) < 5);
  });

  it("limit memory, processes and logs of each container, and run none as root but the proxy", () => {
    for (const [name, { deploy, logging, user }] of Object.entries(compose.services)) {
      assert.deepEqual(Object.keys(deploy?.resources.limits ?? {}).sort(), ["cpus", "memory", "pids"], name);
      assert.ok(logging?.options["max-size"] && logging.options["max-file"], name);
      if (name.startsWith("db")) assert.match(user ?? "", /^[1-9]\d*:[1-9]\d*$/, name);
    }
    for (const { securityContext } of pods) {
      const { runAsUser, runAsGroup, runAsNonRoot } = securityContext;
      assert.equal(runAsNonRoot, true);
      assert.match(read("Dockerfile"), new RegExp(`^USER ${runAsUser}:${runAsGroup}$`, "m"));
    }
  });

  it("give both units the same, but for the port", () => {
    const [one = "", several = ""] = units.map(({ text }) => text.slice(text.indexOf("[Unit]")));
    assert.equal(several.replace(" on port %i", "").replaceAll("%i", "8080"), one);
  });

  it("take as large a form as the service does", () => {
    const [, nginx] = /client_max_body_size (\d+)m;/.exec(read("deploy/nginx.conf")) ?? [];
    const [, caddy] = /max_size (\d+)MiB/.exec(read("deploy/Caddyfile")) ?? [];
    for (const size of [nginx, caddy]) assert.ok(Number(size) * 1024 * 1024 > FORM_HELD_BYTES, size);
  });

  it("stand in both tables of deploy/README.md, each once", () => {
    const rows = [...read("deploy/README.md").matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name as string);
    const there = [...readdirSync(join(ROOT, "deploy")).filter((name) => name !== "README.md"), "../compose.yaml"];
    assert.deepEqual(rows.sort(), [...there, ...there].sort());
  });
});

describe("what the files of deploy/ and compose.yaml give", () => {
  let secrets: string;
  before(() => {
    secrets = temporaryFolder("secrets");
    execFileSync("sh", [join(ROOT, "deploy/make-secrets.sh"), secrets]);
    const given = {
      WECHAT_SECRET: "0123456789abcdef0123456789abcdef",
      WECHAT_TOKEN: "token123",
      WECHAT_AES_KEY: readFileSync(join(secrets, "DATA_KEY"), "utf8").replaceAll(/\W/g, "a").slice(0, 43),
      INSURER_PICC_SECRET: `whsec_${readFileSync(join(secrets, "SESSION_KEY"), "utf8").trim().split("").reverse().join("").replace("=", "")}=`,
    };
    for (const [name, text] of Object.entries(given)) writeFileSync(join(secrets, name), text);
  });

  /** As the process would read it: files where they lie here, what .env holds from an operator. */
  function load(environment: Environment): Promise<Config> {
    const operators = {
      PUBLIC_URL: "https://kuaichu.example.org",
      WECHAT_APPID: "wx0123456789abcdef",
      INSURER_PICC_SECRET_FILE: join(secrets, "INSURER_PICC_SECRET"),
    };
    const given = Object.entries(environment).map(([name, value]) => {
      if (name === "CONFIG_FILE") return [name, join(ROOT, "config/production.example.yaml")];
      return [name, name.endsWith("_FILE") ? join(secrets, basename(value)) : value === "%i" ? "8081" : String(value)];
    });
    return loadConfig({ ...Object.fromEntries(given), ...operators, NODE_ENV: "production" });
  }

  it("is all that production demands", async () => {
    for (const [where, environment] of environments) {
      for (const [name, value] of Object.entries(environment))
        if (name.endsWith("_FILE") && name !== "CONFIG_FILE") assert.equal(`${basename(value)}_FILE`, name, where);
      const config = await load(environment);
      assert.equal(config.trustProxy, true, where);
      assert.match(config.mongodbUri ?? "", /^mongodb:\/\/kuaichu:[0-9a-f]{48}@db:27017\/kuaichu\?replicaSet=rs0$/);
    }
  });

  it("are files that somebody makes: credentials of the units, secrets of the base", () => {
    const namesOf = (environment: Environment) =>
      Object.keys(environment).flatMap((name) =>
        name.endsWith("_FILE") && name !== "CONFIG_FILE" ? name.replace(/_FILE$/, "") : [],
      );
    for (const { text } of units) {
      const loaded = [...text.matchAll(/^LoadCredential=(\w+):\/etc\/kuaichu\/secrets\/(\w+)$/gm)];
      for (const [, id, file] of loaded) assert.equal(id, file);
      assert.deepEqual(loaded.map(([, id]) => id).sort(), namesOf(unitEnvironment(text)).sort());
    }
    const generated = [...read("deploy/kubernetes/kustomization.yaml").matchAll(/- secrets\/(\w+)/g)].map(
      ([, name]) => name,
    );
    for (const { env = [] } of containers)
      assert.deepEqual(
        namesOf(Object.fromEntries(env.map((one) => [one.name, one.value]))).sort(),
        [...generated].sort(),
      );
  });

  it("is drawn once: a second time changes no secret", () => {
    const all = () =>
      Object.fromEntries(readdirSync(secrets).map((name) => [name, readFileSync(join(secrets, name), "utf8")]));
    const first = all();
    execFileSync("sh", [join(ROOT, "deploy/make-secrets.sh"), secrets]);
    assert.deepEqual(all(), first);
  });
});

describe("deploy/backup.sh", () => {
  const file = (day: number) => `kuaichu-2026-01-0${day}T00-00-00Z.backup`;
  const KEY = "age1abc";

  /** Runs a copy of the script beside stand-ins of both commands, with three backups and another file. */
  function run(isGood: boolean): { status: number | null; left: string[]; args: string; erased: string } {
    const dir = temporaryFolder("backup-script");
    const folder = join(dir, "backups");
    for (const name of ["deploy", "dist/src/jobs", "backups"]) mkdirSync(join(dir, name), { recursive: true });
    cpSync(join(ROOT, "deploy/backup.sh"), join(dir, "deploy/backup.sh"));
    const command = isGood
      ? `require("node:fs").writeFileSync(process.argv[2] + "${file(4)}", process.argv.slice(3).join(" "))`
      : "process.exit(3)";
    writeFileSync(join(dir, "dist/src/jobs/backup-command.js"), command);
    writeFileSync(
      join(dir, "dist/src/jobs/erase-command.js"),
      isGood ? "console.log(process.argv[2])" : "process.exit(3)",
    );
    for (const name of [file(1), file(2), file(3), "erased.txt"]) writeFileSync(join(folder, name), "");
    const env = { PATH: process.env["PATH"], BACKUP_KEEP: "2", BACKUP_KEY: KEY };
    const { status } = spawnSync("sh", [join(dir, "deploy/backup.sh"), folder], { env });
    const left = readdirSync(folder).sort();
    const [erased = "", args = ""] = ["erased.txt", left.at(-1) as string].map((name) =>
      readFileSync(join(folder, name), "utf8"),
    );
    return { status, left, args, erased };
  }

  it("keeps the newest, and what was erased so far", () => {
    assert.deepEqual(run(true), {
      status: 0,
      left: ["erased.txt", file(3), file(4)],
      args: `--to-key ${KEY}`,
      erased: "list\n",
    });
  });

  it("says when one fails, and keeps as many of the others, and the older list", () => {
    assert.deepEqual(run(false), { status: 3, left: ["erased.txt", file(2), file(3)], args: "", erased: "" });
  });
});

describe("deploy/run-command.sh", () => {
  it("gives a command the settings, and each secret as a file", () => {
    const etc = temporaryFolder("etc");
    mkdirSync(join(etc, "secrets"));
    writeFileSync(join(etc, "secrets/DATA_KEY"), "a");
    const env = { PATH: process.env["PATH"], ETC: etc };
    const said = execFileSync("sh", [join(ROOT, "deploy/run-command.sh"), "env"], { env, encoding: "utf8" });
    for (const line of [
      "NODE_ENV=production",
      `CONFIG_FILE=${etc}/production.yaml`,
      `DATA_KEY_FILE=${etc}/secrets/DATA_KEY`,
    ])
      assert.ok(said.split("\n").includes(line), line);
  });
});
