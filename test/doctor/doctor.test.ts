import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, RequestListener } from "node:http";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Config, loadConfig } from "../../src/config.ts";
import type { Context } from "../../src/context.ts";
import type { Check, Finding, State } from "../../src/doctor/check.ts";
import { checksOf } from "../../src/doctor/checks.ts";
import { doctorCommand } from "../../src/doctor/doctor-command.ts";
import { examine } from "../../src/doctor/examine.ts";
import { createPatient, type Patient } from "../../src/doctor/patient.ts";
import { report } from "../../src/doctor/report.ts";
import { Upstream } from "../../src/errors.ts";
import { createRender } from "../../src/render.ts";
import type { DatabaseFacts } from "../../src/store/database-facts.ts";
import type { UpgradeState } from "../../src/upgrade-state.ts";
import { warnAtStart } from "../../src/warn-at-start.ts";
import { readWordTable } from "../../src/words.ts";
import { capturedLog } from "../support/captured-log.ts";
import { standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { LOCALHOST, listenTls } from "../support/localhost.ts";
import { closedUrl, listen, type RunningServer } from "../support/platform-server.ts";
import { type S3Server, startS3 } from "../support/s3-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const render = createRender({}, false);
const TOKEN = "token123";
const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const VERIFY_FILE = "MP_verify_RSfXtFCgJP7kcOwN.txt";
const FIELDS = "{{character_string1.DATA}} {{thing2.DATA}} {{time3.DATA}}";

/** An answer by the path of the request: a body, or a body with a status. */
type Answers = Record<string, unknown>;
interface Answer {
  status: number;
  body: unknown;
  isOurs?: boolean;
}
const isAnswer = (answer: unknown): answer is Answer => (answer as Answer | null)?.status !== undefined;
const status = (code: number, body: unknown = "", isOurs = false): Answer => ({ status: code, body, isOurs });

/** The platform, the public address, an insurer and the geocoder as all should be. */
const HEALTHY: Answers = {
  "/cgi-bin/stable_token": { access_token: "t", expires_in: 7200 },
  "/cgi-bin/template/get_all_private_template": { template_list: [{ template_id: "notice", content: FIELDS }] },
  "/wxaapi/newtmpl/gettemplate": { errcode: 0, data: [{ priTmplId: "notice", content: FIELDS }] },
  "/cgi-bin/callback/check": { dns: [{ ip: "203.0.113.7" }], ping: [{ ip: "203.0.113.7", package_loss: "0%" }] },
  "/cgi-bin/menu/get": { errcode: 46003, errmsg: "menu no exist" },
  "/api/probe": status(200, { bytes: 1 }, true),
  [`/${VERIFY_FILE}`]: status(200, "RSfXtFCgJP7kcOwN", true),
  "/ws/geocoder/v1/": { status: 0, result: { address: "上海市黄浦区人民大道200号" } },
  "/insurer": { accepted: true },
};

let world: RunningServer;
let secure: RunningServer;
let bucket: S3Server;
let nowhere: string;
let answers: Answers = HEALTHY;
let asked: IncomingMessage[] = [];

const listener: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
  asked.push(request);
  request.resume();
  const signed = ["timestamp", "nonce"].map((name) => searchParams.get(name) ?? "");
  const isSigned =
    searchParams.get("signature") ===
    createHash("sha1")
      .update([TOKEN, ...signed].sort().join(""))
      .digest("hex");
  const known =
    pathname === "/wechat" && !answers[pathname]
      ? isSigned
        ? status(200, searchParams.get("echostr"), true)
        : status(401)
      : answers[pathname];
  const {
    status: code,
    body,
    isOurs,
  } = isAnswer(known) && typeof known.body !== "undefined" ? known : status(known ? 200 : 404, known);
  response.statusCode = code;
  if (isOurs) response.setHeader("x-request-id", "1");
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};

before(async () => {
  [world, secure, bucket, nowhere] = await Promise.all([listen(listener), listenTls(listener), startS3(), closedUrl()]);
});
after(async () => {
  await Promise.all([world.close(), secure.close(), bucket.close(), closeDatabase()]);
});

interface Given {
  env?: Record<string, string>;
  insurer?: string;
  answers?: Answers;
  facts?: Partial<DatabaseFacts>;
  config?: (config: Config) => Partial<Config>;
  patient?: (patient: Patient) => Partial<Patient>;
}

const loaded = new Map<string, Promise<Config>>();

/** The settings of most rows are the same. */
async function settingsOf({ env = {}, insurer = "/insurer", config: change }: Given): Promise<Config> {
  const key = JSON.stringify([env, insurer]);
  const config = loaded.get(key) ?? loadSettings(env, insurer);
  loaded.set(key, config);
  return { ...(await config), ...change?.(await config) };
}

async function loadSettings(env: Record<string, string>, insurer: string): Promise<Config> {
  const dir = temporaryFolder("doctor");
  const path = join(dir, "settings.yaml");
  const url = insurer.startsWith("/") ? `${world.url}${insurer}` : insurer;
  const insurers = [
    { code: "PICC", name: "PICC", url, secretEnv: "PICC_SECRET", hotline: "95518" },
    { code: "PAIC", name: "PAIC", hotline: "95511" },
    { code: "NONE", name: "None" },
  ];
  writeFileSync(path, JSON.stringify({ insurers, geocoder: { url: world.url } }));
  return loadConfig({
    ...{ SIMULATOR: "false", DATA_DIR: dir, CONFIG_FILE: path, PUBLIC_URL: world.url, WECHAT_API_URL: world.url },
    ...{ WECHAT_APPID: "wx0123456789abcdef", WECHAT_SECRET: "0123456789abcdef", WECHAT_TOKEN: TOKEN },
    ...{ WECHAT_AES_KEY: "a".repeat(43), PICC_SECRET: SECRET, PHOTO_READER: "false", OPERATOR_PHONE: "021-62731845" },
    MONGODB_URI: "mongodb://127.0.0.1:1/kuaichu",
    ...env,
  });
}

/** In production, where a start changes nothing. */
const behind = (state: Partial<UpgradeState>): Given => ({
  config: () => ({ production: true }),
  patient: () => ({
    upgrade: async () => ({ schema: { version: 2, oldest: 2 }, indexes: [], isEmpty: false, ...state }),
  }),
});

const FACTS: DatabaseFacts = {
  ...{
    version: "8.0.4",
    setName: "rs0",
    members: 3,
    writeFault: null,
    differenceMs: 20,
    schemaVersion: 2,
    schemaOldest: 2,
    isKey: true,
  },
  room: { freeMb: 90_000, totalMb: 100_000 },
};

async function findingOf(name: string, given: Given): Promise<Finding> {
  const config = await settingsOf(given);
  answers = { ...HEALTHY, ...given.answers };
  asked = [];
  const patient = createPatient(config, { isPinging: true, ca: LOCALHOST.cert });
  try {
    const changed = { ...patient, database: async () => ({ ...FACTS, ...given.facts }), ...given.patient?.(patient) };
    const check = checksOf(config, true).find((one) => one.name === name) as Check;
    return await check.run(changed);
  } finally {
    await patient.close();
  }
}

const refused = (errcode: number, path = "/cgi-bin/stable_token", errmsg = "refused"): Given => ({
  answers: { [path]: { errcode, errmsg } },
});
const env = (more: Record<string, string>): Given => ({ env: more });
const operated = (more: object): Given => ({ config: ({ operator }) => ({ operator: { ...operator, ...more } }) });
const template = (content: string, id = "notice"): Given => ({
  ...{ config: ({ wechat }) => ({ wechat: { ...wechat, noticeTemplateId: "notice" } }) },
  answers: { "/cgi-bin/template/get_all_private_template": { template_list: [{ template_id: id, content }] } },
});
const tls = (more: Given = {}): Given => ({ ...more, env: { PUBLIC_URL: secure.url, ...more.env } });
const atEnd = (days: number) => () => ({ now: () => new Date(LOCALHOST.ends.getTime() - days * 86_400_000) });
const untrusted = () => ({ ca: undefined });
const desk = (more: object): Given => ({ config: ({ police }) => ({ police: { ...police, enabled: true, ...more } }) });
const sealed = ({ police }: Config) => ({ ...police.authority, name: "交警支队", seal: Buffer.alloc(1) });
const verified = (body: unknown): Given => ({
  config: ({ wechat }) => ({ wechat: { ...wechat, verifyFile: VERIFY_FILE } }),
  answers: { [`/${VERIFY_FILE}`]: body },
});
const bucketEnv = (name: string) => ({
  ...{
    S3_ENDPOINT: bucket.bucket.endpoint ?? "",
    S3_REGION: "us-east-1",
    S3_BUCKET: name,
    S3_FORCE_PATH_STYLE: "true",
  },
  ...{ AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" },
});
const map = (answer: unknown): Given => ({
  env: { TENCENT_MAP_KEY: "K".repeat(32) },
  answers: { "/ws/geocoder/v1/": answer },
});
const disk = (mb: number | null): Given => ({ patient: () => ({ freeMb: async () => mb }) });
const reader = (isAvailable: boolean, noWall: string | null = null): Given => ({
  ...{
    config: () => ({ photos: { reader: true } }),
    patient: () => ({ reader: async () => ({ isAvailable, noWall }) }),
  },
});
const menuOf = (config: Config, name?: string) => {
  const button = structuredClone(config.menu.button) as { name: string; sub_button?: unknown[] }[];
  for (const one of button) one.sub_button ??= [];
  if (name) button[0]!.name = name;
  return { menu: { button } };
};

/** Each thing that the doctor can say, and the state of the world in which it says so. */
type Row = [check: string, state: State, found: Finding["found"], given?: () => Given | Promise<Given>];
const ROWS: Row[] = [
  ["settings", "ok", "settings"],
  ["settings.placeholders", "ok", "trial"],
  ["settings.placeholders", "ok", "no-placeholders", () => operated({ name: "快处科技有限公司" })],
  ["settings.placeholders", "warn", "placeholders", () => ({ config: () => ({ operatorPhone: "12345" }) })],
  ["settings.placeholders", "warn", "placeholders", () => ({ config: () => ({ operatorPhone: "021-00000000" }) })],
  ["settings.placeholders", "warn", "placeholders", () => operated({ email: "a@kuaichu.example.org" })],
  ["settings.city", "ok", "city"],
  [
    "settings.city",
    "warn",
    "city-without-outline",
    () => ({ config: ({ city }) => ({ city: { ...city, adcode: "999999" } }) }),
  ],
  ["settings.holidays", "ok", "holidays", () => ({ patient: () => ({ now: () => new Date("2026-05-01T00:00:00Z") }) })],
  [
    "settings.holidays",
    "warn",
    "holidays-missing",
    () => ({ patient: () => ({ now: () => new Date("2099-05-01T00:00:00Z") }) }),
  ],
  ["settings.desk", "ok", "desk-off"],
  ["settings.desk", "warn", "desk-without-seal", () => desk({})],
  ["settings.desk", "warn", "desk-open", async () => desk({ authority: sealed(await settingsOf({})) })],
  [
    "settings.desk",
    "ok",
    "desk",
    async () => desk({ authority: sealed(await settingsOf({})), allowFrom: ["10.1.0.0/16"] }),
  ],
  ["database", "ok", "database"],
  [
    "database",
    "fail",
    "database-away",
    () => ({
      ...env({ MONGODB_URI: "mongodb://127.0.0.1:1/x?retryWrites=false" }),
      patient: ({ database }) => ({ database }),
    }),
  ],
  ["database", "ok", "database-embedded", () => ({ config: () => ({ mongodbUri: null }) })],
  ["database.version", "ok", "version"],
  ["database.version", "warn", "version-old", () => ({ facts: { version: "6.0.9" } })],
  ["database.version", "warn", "version-unknown", () => ({ facts: { version: null } })],
  ["database.replica-set", "ok", "replica-set"],
  ["database.replica-set", "warn", "replica-set-small", () => ({ facts: { members: 1 } })],
  ["database.replica-set", "warn", "no-replica-set", () => ({ facts: { setName: null, members: 0 } })],
  ["database.disk", "ok", "database-disk"],
  ["database.disk", "ok", "disk-untold", () => ({ facts: { room: null } })],
  ["database.disk", "warn", "database-disk-low", () => ({ facts: { room: { freeMb: 9_000, totalMb: 100_000 } } })],
  ["database.disk", "fail", "database-disk-full", () => ({ facts: { room: { freeMb: 900, totalMb: 100_000 } } })],
  ["database.writes", "ok", "writes"],
  ["database.writes", "fail", "writes-fail", () => ({ facts: { writeFault: "13" } })],
  ["database.clock", "ok", "clock"],
  ["database.clock", "warn", "clock-differs", () => ({ facts: { differenceMs: -90_000 } })],
  ["database.clock", "fail", "clock-differs", () => ({ facts: { differenceMs: 400_000 } })],
  ["database.schema", "ok", "schema"],
  ["database.schema", "ok", "schema-new", () => ({ facts: { schemaVersion: null, schemaOldest: null } })],
  ["database.schema", "warn", "schema-older", () => ({ facts: { schemaVersion: 1 } })],
  ["database.schema", "ok", "schema", () => ({ facts: { schemaVersion: 99 } })],
  ["database.schema", "fail", "schema-newer", () => ({ facts: { schemaVersion: 99, schemaOldest: 99 } })],
  ["database.schema", "fail", "schema-behind", () => ({ ...behind({}), facts: { schemaVersion: 1 } })],
  ["database.indexes", "ok", "indexes", () => behind({})],
  ["database.indexes", "fail", "indexes-missing", () => behind({ indexes: ["accidents.dueAt_1", "people.seenAt_1"] })],
  ["keys.data", "ok", "key"],
  ["keys.data", "ok", "key-new", () => ({ facts: { isKey: null } })],
  ["keys.data", "fail", "key-wrong", () => ({ facts: { isKey: false } })],
  ["storage", "ok", "storage-database"],
  ["storage", "ok", "bucket", () => env(bucketEnv(bucket.bucket.name))],
  ["storage", "fail", "bucket-fails", () => env(bucketEnv("another"))],
  ["machine.disk", "ok", "disk", () => disk(5_000)],
  ["machine.disk", "warn", "disk-low", () => disk(500)],
  ["machine.disk", "fail", "disk-low", () => disk(5)],
  ["machine.disk", "ok", "disk-untold", () => disk(null)],
  ["machine.fonts", "ok", "fonts"],
  [
    "machine.fonts",
    "fail",
    "fonts-missing",
    () => ({ patient: () => ({ fonts: () => Promise.reject(Object.assign(new Error(), { code: "ENOENT" })) }) }),
  ],
  ["machine.reader", "ok", "reader-off"],
  ["machine.reader", "ok", "reader", () => reader(true)],
  ["machine.reader", "warn", "reader-missing", () => reader(false)],
  ["machine.isolation", "ok", "isolation", () => reader(true)],
  ["machine.isolation", "warn", "no-isolation", () => reader(true, "Operation not permitted")],
  ["geocoder", "ok", "geocoder-off"],
  ["geocoder", "ok", "geocoder", () => ({ env: { TENCENT_MAP_KEY: "K".repeat(32) } })],
  ["geocoder", "fail", "geocoder-fails", () => map({ status: 311, message: "key" })],
  ["public.name", "warn", "name-private"],
  ["public.name", "ok", "name", () => env({ PUBLIC_URL: "https://203.0.114.7" })],
  ["public.name", "fail", "name-nowhere", () => env({ PUBLIC_URL: "https://nothing.invalid" })],
  ["public.certificate", "ok", "certificate", () => tls()],
  ["public.certificate", "warn", "certificate-ends", () => tls({ patient: atEnd(5) })],
  ["public.certificate", "fail", "certificate-bad", () => tls({ patient: untrusted })],
  ["public.certificate", "warn", "no-tls"],
  ["public.certificate", "fail", "public-away", () => env({ PUBLIC_URL: nowhere })],
  ["public.push", "ok", "push"],
  ["public.push", "ok", "push", () => tls()],
  ["public.push", "fail", "push-refused", () => ({ answers: { "/wechat": status(401, "", true) } })],
  ["public.push", "fail", "push-elsewhere", () => ({ answers: { "/wechat": status(404, "<html>nginx") } })],
  ["public.push", "fail", "service-down", () => ({ answers: { "/wechat": status(502, "<html>nginx") } })],
  ["public.push", "fail", "public-away", () => env({ PUBLIC_URL: nowhere })],
  ["public.verify-file", "warn", "verify-file-none"],
  ["public.verify-file", "ok", "verify-file", () => verified(HEALTHY[`/${VERIFY_FILE}`])],
  ["public.verify-file", "fail", "verify-file-absent", () => verified(status(404, "<html>"))],
  ["public.body", "ok", "body"],
  ["public.body", "fail", "body-unsigned", () => ({ answers: { "/api/probe": status(404, {}, true) } })],
  ["public.body", "fail", "public-away", () => env({ PUBLIC_URL: nowhere })],
  ["public.body", "fail", "body-refused", () => ({ answers: { "/api/probe": status(413, "<html>nginx") } })],
  ["public.body", "fail", "body-refused", () => tls({ answers: { "/api/probe": status(413, "<html>nginx") } })],
  ["public.desk", "ok", "desk-off"],
  ["public.desk", "ok", "desk-passed-on", () => ({ ...desk({}), answers: { "/police": status(404, "", true) } })],
  ["public.desk", "warn", "desk-kept-out", () => ({ ...desk({}), answers: { "/police": status(404, "<html>nginx") } })],
  ["public.proxy", "ok", "proxy"],
  ["public.proxy", "warn", "proxy-untrusted", () => ({ config: () => ({ production: true }) })],
  ["wechat.token", "ok", "wechat-token"],
  ["wechat.token", "fail", "wechat-ip", () => refused(40164, undefined, "invalid ip 203.0.113.9, not in whitelist")],
  ["wechat.token", "fail", "wechat-credentials", () => refused(40125)],
  ["wechat.token", "fail", "wechat-restricted", () => refused(50002)],
  ["wechat.token", "fail", "wechat-refuses", () => refused(40002)],
  ["wechat.token", "fail", "wechat-unreachable", () => env({ WECHAT_API_URL: nowhere })],
  ["wechat.notice-template", "warn", "template-none"],
  ["wechat.notice-template", "ok", "template", () => template(FIELDS)],
  ["wechat.notice-template", "fail", "template-unknown", () => template(FIELDS, "another")],
  ["wechat.notice-template", "fail", "template-fields", () => template("{{first.DATA}} {{time3.DATA}}")],
  ["wechat.subscription", "ok", "subscription-none"],
  [
    "wechat.subscription",
    "ok",
    "template",
    () => ({ config: ({ wechat }) => ({ wechat: { ...wechat, subscriptionTemplateId: "notice" } }) }),
  ],
  ["wechat.menu", "warn", "menu-none"],
  ["wechat.menu", "ok", "menu", async () => ({ answers: { "/cgi-bin/menu/get": menuOf(await settingsOf({})) } })],
  [
    "wechat.menu",
    "warn",
    "menu-differs",
    async () => ({ answers: { "/cgi-bin/menu/get": menuOf(await settingsOf({}), "旧") } }),
  ],
  ["wechat.menu", "fail", "wechat-not-authorised", () => refused(48001, "/cgi-bin/menu/get")],
  ["wechat.callback", "ok", "callback"],
  ["wechat.callback", "fail", "callback-none", () => refused(40201, "/cgi-bin/callback/check")],
  [
    "wechat.callback",
    "fail",
    "callback-nowhere",
    () => ({ answers: { "/cgi-bin/callback/check": { dns: [], ping: [] } } }),
  ],
  [
    "wechat.callback",
    "warn",
    "callback-silent",
    () => ({
      answers: { "/cgi-bin/callback/check": { dns: [{ ip: "203.0.113.7" }], ping: [{ package_loss: "100%" }] } },
    }),
  ],
  ["insurer.PICC", "ok", "insurer", () => ({ insurer: `${secure.url}/insurer` })],
  ["insurer.PICC", "warn", "insurer-certificate", () => ({ insurer: `${secure.url}/insurer`, patient: atEnd(5) })],
  ["insurer.PICC", "fail", "insurer-untrusted", () => ({ insurer: `${secure.url}/insurer`, patient: untrusted })],
  ["insurer.PICC", "ok", "insurer-without-tls"],
  ["insurer.PICC", "fail", "insurer-private", () => ({ config: () => ({ allowPrivateAddresses: false }) })],
  ["insurer.PICC", "fail", "insurer-away", () => ({ insurer: nowhere })],
  ["insurer.PAIC", "ok", "insurer-hotline"],
  ["insurer.NONE", "warn", "insurer-nothing"],
  ["insurer.PICC.ping", "ok", "ping"],
  ["insurer.PICC.ping", "ok", "ping", () => ({ answers: { "/insurer": status(204) } })],
  ["insurer.PICC.ping", "warn", "ping-doubtful", () => ({ answers: { "/insurer": status(200, "<html>welcome") } })],
  ["insurer.PICC.ping", "fail", "ping-unsigned", () => ({ answers: { "/insurer": status(401) } })],
  ["insurer.PICC.ping", "fail", "ping-refused", () => ({ answers: { "/insurer": status(500) } })],
];

/** Said by the runner itself, or where there is no patient; each has a test below. */
const ELSEWHERE = ["late", "broken", "settings-fault", "stand-in"];

describe("the doctor says", () => {
  for (const [name, state, found, given = () => ({})] of ROWS)
    it(`${name}: ${state}, ${found}`, async () => {
      const finding = await findingOf(name, await given());
      assert.deepEqual([finding.state, finding.found], [state, found]);
      assert.equal(finding.cure === null, state === "ok");
      const lines: string[] = [];
      const print = (text: string) => void lines.push(text);
      assert.equal(
        report([{ name, finding }], { words: render.words, languages: ["zh", "en"], print }),
        state === "fail" ? 1 : 0,
      );
      assert.doesNotMatch(lines.join(""), /[{}]|undefined|null/);
      assert.equal(lines.join("").trimEnd().split("\n").length, 2);
    });

  it("every sentence in some state of the world", () => {
    const keys = [...readWordTable().keys()].filter((key) => key.startsWith("doctor.found."));
    const said = new Set([...ROWS.map(([, , found]) => found as string), ...ELSEWHERE]);
    assert.deepEqual(
      keys.map((key) => key.slice("doctor.found.".length)).filter((key) => !said.has(key)),
      [],
    );
  });
});

describe("a signed test event", () => {
  it("is sent with --ping alone, and what is not configured is not contacted", async () => {
    const config = await settingsOf({});
    assert.deepEqual(
      checksOf(config, false).filter(({ name }) => name.endsWith(".ping")),
      [],
    );
    await findingOf("insurer.PICC", {});
    assert.equal(asked.length, 0);
    await findingOf("geocoder", {});
    await findingOf("wechat.notice-template", {});
    assert.equal(asked.length, 0);
    await findingOf("insurer.PICC.ping", {});
    assert.match(String(asked[0]?.headers["webhook-id"]), /^ping_/);
  });
});

describe("the runner", () => {
  const named = (name: string, run: Check["run"], needs: string[] = []): Check => ({ name, needs, run });
  const found = async (checks: Check[], timer = standingClock()) => {
    const lines = await examine(checks, { timer } as unknown as Patient);
    return lines.map(({ finding }) => finding?.found ?? null);
  };

  it("leaves out what a failed check makes pointless, and goes on after one that throws", async () => {
    const broken = () => {
      throw new Upstream("somewhere");
    };
    const fine = (): Finding => ({ state: "ok", found: "settings", cure: null, params: {} });
    const checks = [named("a", broken), named("b", fine, ["a"]), named("c", fine, ["b"]), named("d", fine)];
    assert.deepEqual(await found(checks), ["broken", null, null, "settings"]);
  });

  it("waits for a check for a minute at most", async () => {
    const timer = standingClock();
    const finding = found([named("a", () => new Promise<Finding>(() => {}))], timer);
    await timer.limitOf(60_000);
    timer.advance(60_000);
    assert.deepEqual(await finding, ["late"]);
  });
});

describe("the command", () => {
  async function doctor(words: string[], environment: NodeJS.ProcessEnv): Promise<{ code: number; said: string }> {
    const lines: string[] = [];
    const code = await doctorCommand(words, { environment, print: (text) => void lines.push(text) });
    return { code, said: lines.join("") };
  }

  it("looks at a trial without a fault, in both languages or one, and names no secret", async () => {
    const dir = temporaryFolder("doctor");
    const settings = { DATA_DIR: dir, PHOTO_READER: "false" };
    const { code, said } = await doctor(["--lang", "en"], settings);
    assert.equal(code, 0, said);
    assert.match(said, /^ok {4}settings +The settings are complete/);
    assert.match(said, /^ok {4}wechat +The simulator stands in\.$/m);
    assert.match(said, /^ok {4}keys\.data +Nothing is stored yet/m);
    assert.match(said, /\n\d+ ok, \d+ warn, 0 fail\n$/);
    const config = await loadConfig(settings);
    const { keys, wechat, insurers } = config;
    const secrets = [
      keys.data.toString("base64"),
      keys.session.toString("base64"),
      wechat.secret,
      wechat.token,
      wechat.aesKey,
    ];
    for (const secret of [...secrets, ...insurers.flatMap((one) => one.secrets)]) assert.ok(!said.includes(secret));
    assert.equal((await doctor(["--loud"], settings)).code, 2);
  });

  it("says each fault of the settings on a line of its own", async () => {
    const { code, said } = await doctor([], { NODE_ENV: "production", PORT: "eighty" });
    assert.equal(code, 1);
    assert.match(
      said,
      /^fail {2}settings +设置有误：PORT: must be a number。.+ \| A setting is wrong: PORT: must be a number\./m,
    );
    assert.match(said, /MONGODB_URI: required in production/);
  });

  it("asks a database without a change to it", async () => {
    const uri = await databaseUri();
    const key = randomBytes(32).toString("base64");
    const settings = {
      DATA_DIR: temporaryFolder("doctor"),
      PHOTO_READER: "false",
      SIMULATOR: "true",
      MONGODB_URI: uri,
    };
    const keyLine = async (DATA_KEY: string) =>
      (await doctor(["--lang", "en"], { ...settings, DATA_KEY })).said.match(/^(\w+) +keys\.data +(.+)$/m)?.slice(1);
    assert.deepEqual(await keyLine(key), ["ok", "Nothing is stored yet; the first start registers DATA_KEY."]);
    // the first look has registered nothing
    assert.deepEqual(await keyLine(randomBytes(32).toString("base64")), [
      "ok",
      "Nothing is stored yet; the first start registers DATA_KEY.",
    ]);
  });
});

describe("a start in production", () => {
  it("logs examples that were left, a missing template, and an account that is refused", async () => {
    const config = await settingsOf({ env: { OPERATOR_PHONE: "021-00000000" }, config: () => ({ production: true }) });
    const { log, lines } = capturedLog();
    const check = () => Promise.reject(new Upstream("wechat-ip-not-listed", { errcode: 40164, ip: "203.0.113.9" }));
    await warnAtStart({ config, log, wechat: { check } } as unknown as Context);
    const said = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      said.map(({ msg }) => msg),
      ["settings.placeholders", "wechat.no-notice-template", "wechat.account-refused"],
    );
    assert.deepEqual([said[2].errcode, said[2].ip], [40164, "203.0.113.9"]);
  });
});
