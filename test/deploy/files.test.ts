import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
  volumes?: string[];
  volumeMounts?: { name: string; mountPath: string }[];
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
  volumes: { name: string }[];
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
const OTHERS = ["NODE_ENV", "CONFIG_FILE", "BACKUP_KEEP", "BACKUP_KEY", "RESTORE_FROM"];
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

  it("mount what they name: each secret's file, the city's folder, and the passwords of the database in db-init alone", () => {
    for (const [name, { environment = {}, volumes = [] }] of ours) {
      const folders = volumes.map((volume) => volume.split(":")[1]);
      assert.ok(folders.includes("/run/city"), name);
      for (const [variable, path] of Object.entries(environment))
        if (variable.endsWith("_FILE") && variable !== "CONFIG_FILE")
          assert.ok(folders.includes(dirname(path)), variable);
    }
    const withPasswords = Object.entries(compose.services).filter(([, { volumes = [] }]) =>
      volumes.some((volume) => volume.startsWith("./secrets-database")),
    );
    assert.deepEqual(
      withPasswords.map(([name]) => name),
      ["db-init"],
    );
    for (const { containers: all, initContainers = [], volumes } of pods)
      for (const { volumeMounts = [] } of [...all, ...initContainers]) {
        const names = volumeMounts.map((mount) => mount.name);
        assert.deepEqual(
          names.filter((name) => !volumes.some((volume) => volume.name === name)),
          [],
        );
        assert.ok(names.includes("city"));
      }
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
    secrets = join(temporaryFolder("secrets"), "secrets");
    mkdirSync(secrets);
    writeFileSync(join(secrets, "MONGO_PASSWORD"), "a".repeat(48));
    execFileSync("sh", [join(ROOT, "deploy/make-secrets.sh"), secrets]);
    const given = {
      WECHAT_SECRET: "0123456789abcdef0123456789abcdef",
      WECHAT_TOKEN: "token123",
      WECHAT_AES_KEY: randomBytes(21).toString("hex").concat("b"),
      INSURER_PICC_SECRET: `whsec_${randomBytes(32).toString("base64")}`,
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

  it("is drawn once: a second time changes no secret; the database's passwords stand apart, also those of before", () => {
    const apart = `${secrets}-database`;
    const all = () =>
      [secrets, apart].flatMap((folder) =>
        readdirSync(folder).map((name) => [folder, name, readFileSync(join(folder, name), "utf8")]),
      );
    const first = all();
    assert.deepEqual(readdirSync(apart).sort(), ["MONGO_PASSWORD", "MONGO_ROOT_PASSWORD"]);
    assert.ok(!readdirSync(secrets).some((name) => name.startsWith("MONGO_")));
    assert.equal(readFileSync(join(apart, "MONGO_PASSWORD"), "utf8"), "a".repeat(48));
    execFileSync("sh", [join(ROOT, "deploy/make-secrets.sh"), secrets]);
    assert.deepEqual(all(), first);
  });
});

describe("deploy/backup.sh", () => {
  const DAY_H = 24;
  const at = (hoursAgo: number): Date => new Date(Date.now() - hoursAgo * 3_600_000);
  const nameOf = (hoursAgo: number): string =>
    `kuaichu-${at(hoursAgo).toISOString().slice(0, 19).replaceAll(":", "-")}Z.backup`;
  const lineOf = (kind: string, id: string, hoursAgo: number): string =>
    `${kind}\t${id}\t${at(hoursAgo).toISOString()}`;
  const erasedBefore = [
    lineOf("case", "old", 500 * DAY_H),
    lineOf("person", "old", 500 * DAY_H),
    lineOf("person", "p", DAY_H),
  ];
  const erasedNow = lineOf("case", "new", 0);

  /**
   * Runs a copy of the script that keeps two backups, beside stand-ins of both commands that end with
   * `backup` and `erase`, in a folder with backups of `hoursAgo`. Returns what is there afterwards; `made` is
   * the new one.
   */
  function run({ hoursAgo, backup = 0, erase = 0 }: { hoursAgo: number[]; backup?: number; erase?: number }) {
    const dir = temporaryFolder("backup-script");
    const [folder, lists] = [join(dir, "backups"), join(dir, "lists")];
    for (const name of ["deploy", "dist/src/jobs", "backups", "lists"]) mkdirSync(join(dir, name), { recursive: true });
    cpSync(join(ROOT, "deploy/backup.sh"), join(dir, "deploy/backup.sh"));
    const made = nameOf(0);
    const write = `require("node:fs").writeFileSync(process.argv[2] + "${made}", process.argv.slice(3).join(" "));`;
    writeFileSync(
      join(dir, "dist/src/jobs/backup-command.js"),
      `${backup > 1 ? "" : write} process.exitCode = ${backup};`,
    );
    writeFileSync(
      join(dir, "dist/src/jobs/erase-command.js"),
      `console.log(${JSON.stringify(erasedNow)}); process.exitCode = ${erase};`,
    );
    const before = hoursAgo.map(nameOf);
    for (const name of before) writeFileSync(join(folder, name), "");
    writeFileSync(join(lists, "erased.txt"), `${erasedBefore.join("\n")}\n`);
    const env = { PATH: process.env["PATH"], BACKUP_KEEP: "2", BACKUP_KEY: "age1abc" };
    const { status } = spawnSync("sh", [join(dir, "deploy/backup.sh"), folder, lists], { env });
    const left = readdirSync(folder).sort().reverse();
    assert.deepEqual(readdirSync(lists), ["erased.txt"]);
    const erased = readFileSync(join(lists, "erased.txt"), "utf8").trim().split("\n");
    const args = left.includes(made) ? readFileSync(join(folder, made), "utf8") : null;
    return { status, left, made, before, erased, args };
  }

  it("removes those that are older than so many days, and none of the newest, after a good one", () => {
    const { status, left, made, before, args } = run({ hoursAgo: [21, 22, 30, 100] });
    assert.deepEqual(
      { status, left, args },
      { status: 0, left: [made, ...before.slice(0, 2)], args: "--to-key age1abc" },
    );
    const old = run({ hoursAgo: [900, 1_000] });
    assert.deepEqual(old.left, [old.made, old.before[0]]);
  });

  it("removes none after one with damaged files or one that failed, and ends with its code", () => {
    const damaged = run({ hoursAgo: [30, 60, 90], backup: 1 });
    assert.deepEqual([damaged.status, damaged.left], [1, [damaged.made, ...damaged.before]]);
    const failed = run({ hoursAgo: [30, 60, 90], backup: 3 });
    assert.deepEqual([failed.status, failed.left], [3, failed.before]);
  });

  it("makes none when the newest is of today", () => {
    const { status, left, before, erased } = run({ hoursAgo: [2, 60, 90] });
    assert.deepEqual([status, left], [0, before]);
    assert.ok(erased.includes(erasedNow));
  });

  it("adds to the list of what was erased, forgets its people after thirteen months, keeps it when it fails", () => {
    assert.deepEqual(run({ hoursAgo: [] }).erased, [erasedNow, erasedBefore[0], erasedBefore[2]]);
    const { status, erased } = run({ hoursAgo: [], erase: 3 });
    assert.deepEqual([status, erased], [3, erasedBefore]);
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
