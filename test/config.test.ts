import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { SECRETS } from "../src/config/secret-files.ts";
import { ConfigFault, loadConfig } from "../src/config.ts";
import { isWorked } from "../src/domain/working-days.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

/** 32 bytes that look drawn, always the same ones for a name. */
const drawn = (name: string) => createHash("sha256").update(name).digest();
const KEY = drawn("data").toString("base64");
const AES_KEY = drawn("aes").toString("hex").slice(0, 43);
const SECRET = `whsec_${drawn("one").subarray(0, 24).toString("base64")}`;
const OTHER_SECRET = `whsec_${drawn("other").toString("base64")}`;

let dir: string;
before(async () => {
  dir = temporaryFolder("config");
});

const file = async (name: string, text: string) => {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
};
const load = (env: NodeJS.ProcessEnv) => loadConfig({ DATA_DIR: join(dir, "data"), ...env });

async function faultsOf(env: NodeJS.ProcessEnv): Promise<string[]> {
  const fault = await load(env).then(
    () => assert.fail("it loaded"),
    (error: unknown) => error,
  );
  assert.ok(fault instanceof ConfigFault, String(fault));
  for (const line of fault.faults) assert.ok(fault.message.split("\n").some((l) => l.trim() === line));
  return fault.faults;
}
const namesOf = (faults: string[]) => faults.map((fault) => fault.split(": ")[0]);

async function productionEnv(): Promise<NodeJS.ProcessEnv> {
  const CONFIG_FILE = await file(
    "production.yaml",
    `insurers:
  - { code: PICC, name: 人保财险, legalName: 中国人民财产保险股份有限公司, url: "https://claims.insurer.example/in", secretEnv: PICC_SECRET }
  - { code: CPIC, name: { zh: 太保产险, en: CPIC }, legalName: 中国太平洋财产保险股份有限公司, hotline: "95500" }
`,
  );
  return {
    NODE_ENV: "production",
    CONFIG_FILE,
    PUBLIC_URL: "https://kuaichu.example.org/",
    MONGODB_URI: "mongodb://db.example/kuaichu",
    DATA_KEY: KEY,
    SESSION_KEY: drawn("session").toString("hex"),
    WECHAT_APPID: "wx0123456789abcdef",
    WECHAT_SECRET: "0123456789abcdef0123456789abcdef",
    WECHAT_TOKEN: "token123",
    WECHAT_AES_KEY: AES_KEY,
    PICC_SECRET: `${SECRET} ${OTHER_SECRET}`,
    OPERATOR_NAME: "示例科技（上海）有限公司",
    OPERATOR_ADDRESS: "上海市示例路 1 号",
    OPERATOR_EMAIL: "privacy@kuaichu.example.org",
    OPERATOR_PHONE: "021-00000000",
  };
}

describe("settings in development", () => {
  it("need nothing: the simulator is on, everything points to ourselves", async () => {
    const config = await load({});
    assert.deepEqual([config.production, config.host], [false, "127.0.0.1"]);
    assert.equal(config.publicUrl, "http://localhost:8080");
    assert.equal(config.mongodbUri, null);
    assert.ok(config.simulator && config.allowPrivateAddresses);
    assert.deepEqual(config.wechat.apiUrls, ["http://localhost:8080/simulator/platform"]);
    assert.equal(config.wechat.openUrl, "http://localhost:8080/simulator/platform");
    assert.equal(config.wechat.mode, "safe");
    assert.equal(config.city.zh, "上海市");
    assert.equal(config.insurers[0]?.url, "http://localhost:8080/simulator/insurers/PICC");
    assert.match(config.insurers[0]?.secrets[0] ?? "", /^whsec_/);
  });

  it("serve everything unless told which parts, and refuse a part that there is not, or nothing", async () => {
    const rolesOf = async (env: NodeJS.ProcessEnv) => (await load(env)).roles;
    assert.deepEqual(await rolesOf({}), ["web", "jobs", "desk"]);
    assert.deepEqual(await rolesOf({ ROLES: "desk, web" }), ["web", "desk"]);
    assert.deepEqual(namesOf(await faultsOf({ ROLES: "web,police" })), ["ROLES"]);
    assert.deepEqual(namesOf(await faultsOf({ ROLES: "web,web" })), ["ROLES"]);
    assert.deepEqual(namesOf(await faultsOf({ ROLES: "desk", POLICE_DESK: "false" })), ["ROLES"]);
    assert.deepEqual(await rolesOf({ ROLES: "desk" }), ["desk"]);
  });

  it("list at least twelve insurers, each with a hotline, and those without an interface have no secret", async () => {
    const { insurers } = await load({});
    assert.ok(insurers.length >= 12);
    assert.equal(new Set(insurers.map(({ code }) => code)).size, insurers.length);
    for (const { zh, en, hotline, url, secrets } of insurers) {
      assert.ok(zh && en && /^\d{5}$/.test(hotline));
      assert.equal(secrets.length, url ? 1 : 0);
    }
  });

  it("make missing keys once, keep them readable by the owner only, and use them again", async () => {
    const DATA_DIR = join(dir, "kept");
    const [first, second] = [await load({ DATA_DIR }), await load({ DATA_DIR })];
    assert.deepEqual(first.keys, second.keys);
    assert.equal(first.keys.data.length, 32);
    assert.notDeepEqual(first.keys.data, first.keys.session);
    assert.deepEqual(first.wechat, second.wechat);
    assert.deepEqual(first.insurers, second.insurers);
    assert.match(first.wechat.aesKey, /^[A-Za-z0-9]{43}$/);
    assert.equal((await stat(join(DATA_DIR, "development-keys.json"))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(DATA_DIR), ["development-keys.json"]);
  });

  it("several processes that start together agree on the keys", async () => {
    const DATA_DIR = join(dir, "together");
    const all = await Promise.all(Array.from({ length: 8 }, () => load({ DATA_DIR })));
    for (const { keys, wechat } of all) {
      assert.deepEqual(keys, all[0]?.keys);
      assert.deepEqual(wechat, all[0]?.wechat);
    }
    assert.deepEqual(await readdir(DATA_DIR), ["development-keys.json"]);
  });

  it("a new insurer gets a secret, the old keys stay", async () => {
    const DATA_DIR = join(dir, "grows");
    const old = await load({ DATA_DIR });
    const CONFIG_FILE = await file(
      "new-insurer.yaml",
      'insurers: [{ code: NEW, name: New, url: "{publicUrl}/x", secretEnv: NEW_SECRET }]',
    );
    const grown = await load({ DATA_DIR, CONFIG_FILE });
    assert.deepEqual(grown.keys, old.keys);
    assert.equal(grown.insurers[0]?.secrets.length, 1);
  });

  it("given keys are not made, and broken kept ones are a fault, never overwritten", async () => {
    const DATA_DIR = join(dir, "broken");
    await load({ DATA_DIR, DATA_KEY: KEY });
    const path = join(DATA_DIR, "development-keys.json");
    assert.equal("DATA_KEY" in JSON.parse(await readFile(path, "utf8")), false);
    await writeFile(path, "{");
    assert.deepEqual(namesOf(await faultsOf({ DATA_DIR })), ["DATA_DIR"]);
    assert.equal(await readFile(path, "utf8"), "{");
  });
});

describe("the simulator", () => {
  const ACCOUNT = {
    WECHAT_APPID: "wx0123456789abcdef",
    WECHAT_SECRET: "0123456789abcdef0123456789abcdef",
    WECHAT_TOKEN: "token123",
    WECHAT_AES_KEY: AES_KEY,
  };
  const real: [string, NodeJS.ProcessEnv | string][] = [
    ["MONGODB_URI", { MONGODB_URI: "mongodb://db.example/kuaichu" }],
    ["PUBLIC_URL", { PUBLIC_URL: "https://kuaichu.example.org" }],
    ["PUBLIC_URL", { PUBLIC_URL: "http://192.168.1.7:8080" }],
    ["S3_BUCKET", { S3_BUCKET: "evidence", S3_REGION: "cn-shanghai" }],
    ["WECHAT_API_URL", { WECHAT_API_URL: "https://api.weixin.qq.com" }],
    ["INSURER_PICC_SECRET", { INSURER_PICC_SECRET: SECRET }],
    ...Object.entries(ACCOUNT).map(([name, value]): [string, NodeJS.ProcessEnv] => [name, { [name]: value }]),
    ["MONGODB_URI", "mongodbUri: mongodb://db.example/kuaichu"],
    ["PUBLIC_URL", "publicUrl: https://kuaichu.example.org"],
    ["WECHAT_TOKEN", "wechat: { token: token123 }"],
    ["wechat.noticeTemplateId", "wechat: { noticeTemplateId: abc }"],
    [
      "insurers.AB.url",
      "insurers: [{ code: AB, name: A, url: 'https://claims.insurer.example', secretEnv: AB_SECRET }]",
    ],
  ];
  for (const [name, given] of real) {
    it(`is off beside ${typeof given === "string" ? given : JSON.stringify(given)} until it is asked for by name`, async () => {
      const env = typeof given === "string" ? { CONFIG_FILE: await file("real.yaml", given) } : given;
      const faults = await faultsOf(env);
      assert.match(faults.find((fault) => fault.startsWith("SIMULATOR: off")) ?? "", new RegExp(`\\b${name}\\b`));
      const missing = namesOf(faults).filter((fault) => fault?.startsWith("WECHAT_"));
      assert.equal(missing.length, name in ACCOUNT ? 3 : 4, faults.join("; "));
      assert.ok(!faults.join().includes("db.example"));
      assert.equal((await load({ ...env, SIMULATOR: "true" })).simulator, true);
      assert.equal((await load({ ...env, CONFIG_FILE: await file("asked.yaml", "simulator: true") })).simulator, true);
    });
  }

  const own: NodeJS.ProcessEnv[] = [
    { PUBLIC_URL: "http://127.0.0.1:9000" },
    { PUBLIC_URL: "http://[::1]:9000" },
    { PUBLIC_URL: "http://kuaichu.localhost" },
    { AWS_ACCESS_KEY_ID: "AKIA0", AWS_SECRET_ACCESS_KEY: "xyz" },
    { DATA_KEY: KEY, PORT: "9001", HOST: "0.0.0.0" },
  ];
  for (const env of own) {
    it(`is on beside ${JSON.stringify(Object.keys(env))} of this machine`, async () => {
      assert.equal((await load(env)).simulator, true);
    });
  }

  it("may be off without any setting of production, when all that it stood in for is given", async () => {
    const CONFIG_FILE = await file("insurers.yaml", "insurers: [{ code: AB, name: A, hotline: '95518' }]");
    for (const SIMULATOR of ["", "false"]) {
      const config = await load({ ...ACCOUNT, CONFIG_FILE, SIMULATOR });
      assert.deepEqual([config.simulator, config.standIns], [false, { platform: false, insurers: [] }]);
      assert.equal(config.wechat.apiUrls[0], "https://api.weixin.qq.com");
      assert.equal(config.wechat.noticeTemplateId, null);
    }
    const faults = await faultsOf({ SIMULATOR: "false" });
    assert.ok(namesOf(faults).includes("WECHAT_SECRET") && namesOf(faults).includes("insurers.PICC.url"));
  });

  it("stands in for nobody whose secret is configured", async () => {
    const { standIns } = await load({});
    assert.deepEqual(standIns, { platform: true, insurers: ["PICC", "PAIC", "CPIC", "GPIC"] });
    const config = await load({ SIMULATOR: "true", INSURER_PICC_SECRET: SECRET, WECHAT_TOKEN: "token123" });
    assert.deepEqual(config.standIns, { platform: false, insurers: ["PAIC", "CPIC", "GPIC"] });
    assert.equal(config.wechat.apiUrls[0], "https://api.weixin.qq.com");
  });

  it("is refused in production, however it is asked for", async () => {
    assert.deepEqual(namesOf(await faultsOf({ ...(await productionEnv()), SIMULATOR: "true" })), ["SIMULATOR"]);
  });
});

describe("where files are kept", () => {
  const BUCKET = {
    SIMULATOR: "true",
    STORAGE: "s3",
    S3_ENDPOINT: "https://oss-cn-shanghai.aliyuncs.com/",
    S3_REGION: "cn-shanghai",
    S3_BUCKET: "evidence",
    S3_PREFIX: "kuaichu/one/",
    S3_FORCE_PATH_STYLE: "true",
    AWS_ACCESS_KEY_ID: "AKIA0123456789",
    AWS_SECRET_ACCESS_KEY: "a-secret-of-the-bucket",
  };

  it("the database, unless a bucket is named", async () => {
    const config = await load({});
    assert.deepEqual([config.storage, config.bucket], ["gridfs", null]);
    assert.deepEqual(config.scrub, { perMinute: 20, everyDays: 30 });
    const { storage, bucket } = await load(BUCKET);
    assert.equal(storage, "s3");
    assert.deepEqual(bucket, {
      endpoint: "https://oss-cn-shanghai.aliyuncs.com",
      region: "cn-shanghai",
      name: "evidence",
      prefix: "kuaichu/one/",
      forcePathStyle: true,
      accessKeyId: "AKIA0123456789",
      secretAccessKey: "a-secret-of-the-bucket",
    });
    // a bucket that is left behind is still read
    assert.equal((await load({ ...BUCKET, STORAGE: "gridfs" })).bucket?.name, "evidence");
    assert.equal((await load({ AWS_ACCESS_KEY_ID: "AKIA0", AWS_SECRET_ACCESS_KEY: "xyz" })).bucket, null);
  });

  it("every fault is named by its variable, and no secret is repeated", async () => {
    const faults: [NodeJS.ProcessEnv, string][] = [
      [{ STORAGE: "disk" }, "STORAGE"],
      [{ S3_BUCKET: "" }, "S3_BUCKET"],
      [{ S3_BUCKET: "Not_A_Bucket" }, "S3_BUCKET"],
      // none abroad by default, nor anywhere else
      [{ S3_REGION: undefined }, "S3_REGION"],
      [{ S3_ENDPOINT: "oss-cn-shanghai.aliyuncs.com" }, "S3_ENDPOINT"],
      [{ S3_PREFIX: "../x" }, "S3_PREFIX"],
      [{ S3_FORCE_PATH_STYLE: "perhaps" }, "S3_FORCE_PATH_STYLE"],
      [{ AWS_SECRET_ACCESS_KEY: "" }, "bucket"],
      [{ AWS_SECRET_ACCESS_KEY: "a secret with spaces" }, "AWS_SECRET_ACCESS_KEY"],
    ];
    for (const [env, name] of faults) {
      const found = await faultsOf({ ...BUCKET, ...env });
      assert.ok(namesOf(found).includes(name), `${JSON.stringify(env)}: ${found.join("; ")}`);
      assert.ok(!found.join().includes("secret with spaces"));
    }
  });
});

describe("the three layers", () => {
  it("the file goes over the defaults, the environment over the file; maps merge, lists replace", async () => {
    const CONFIG_FILE = await file(
      "layers.yaml",
      "port: 9001\nhost: 0.0.0.0\nwechat: { mode: plain, account: gh_abc }\ninsurers: [{ code: AB, name: A }]\n",
    );
    const asked = { SIMULATOR: "true", WECHAT_API_URL: "http://a.example http://b.example/x/" };
    const config = await load({ CONFIG_FILE, PORT: "9002", ...asked });
    assert.equal(config.port, 9002);
    assert.equal(config.host, "0.0.0.0");
    assert.equal(config.publicUrl, "http://localhost:9002");
    assert.equal(config.wechat.mode, "plain");
    assert.equal(config.wechat.account, "gh_abc");
    assert.equal(config.operatorPhone, "12345");
    assert.deepEqual(config.wechat.apiUrls, ["http://a.example", "http://b.example/x"]);
    assert.equal(config.wechat.openUrl, "http://a.example");
    assert.deepEqual(config.insurers, [
      {
        code: "AB",
        zh: "A",
        en: "A",
        legalName: null,
        hotline: "",
        url: null,
        allow: [],
        ca: null,
        secretEnv: null,
        secrets: [],
        schemaVersion: 1,
        promise: null,
      },
    ]);
  });

  it("an empty variable counts as not set", async () => {
    const config = await load({ PORT: "", PUBLIC_URL: "", CONFIG_FILE: "", MONGODB_URI: "" });
    assert.equal(config.port, 8080);
    assert.equal(config.mongodbUri, null);
  });

  it("previous token and key are for the time of a change", async () => {
    const previous = { WECHAT_PREVIOUS_TOKEN: "old123", WECHAT_PREVIOUS_AES_KEY: "b".repeat(43) };
    const { wechat } = await load({ SIMULATOR: "true", ...previous });
    assert.deepEqual([wechat.previousToken, wechat.previousAesKey], ["old123", "b".repeat(43)]);
  });

  it("the result cannot be changed", async () => {
    const config = await load({});
    assert.throws(() => Object.assign(config, { port: 1 }), TypeError);
    assert.throws(() => config.insurers.push(config.insurers[0] as never), TypeError);
    assert.throws(() => Object.assign(config.rules.catalogue.acts[0] as object, { zh: "" }), TypeError);
  });
});

describe("faults", () => {
  it("are all reported at once, by name, and never with a secret's value", async () => {
    const CONFIG_FILE = await file(
      "faults.yaml",
      `typo: 1
city: { adcode: "31" }
wechat: { tken: x }
insurers:
  - { code: picc, name: P }
  - { code: AAA, name: A, url: "ftp://x", secretEnv: AAA_SECRET }
  - { code: AAA, name: A, url: "https://x" }
`,
    );
    const env = {
      NODE_ENV: "prod",
      CONFIG_FILE,
      PORT: "99999",
      PUBLIC_URL: "https://x.example/path",
      MONGODB_URI: "postgres://u:hush-hush@x",
      LOG_LEVEL: "loud",
      DATA_KEY: "hush-hush",
      SESSION_KEY: "00",
      WECHAT_TOKEN: "hush-hush",
      WECHAT_AES_KEY: "hush-hush",
      WECHAT_MODE: "unsafe",
      WECHAT_API_URL: "api.weixin.qq.com",
      AAA_SECRET: "hush-hush",
    };
    const faults = await faultsOf(env);
    const names =
      "AAA_SECRET DATA_KEY LOG_LEVEL MONGODB_URI NODE_ENV PORT PUBLIC_URL SESSION_KEY SIMULATOR WECHAT_AES_KEY WECHAT_API_URL WECHAT_APPID " +
      "WECHAT_MODE WECHAT_SECRET WECHAT_TOKEN city.adcode insurers.AAA insurers.AAA insurers.AAA.url insurers.picc.code typo wechat.tken";
    assert.deepEqual(namesOf(faults).sort(), names.split(" "));
    assert.ok(!faults.join().includes("hush-hush"));
  });

  const shapes = [
    "[]",
    "wechat: 5",
    "insurers: 5",
    "insurers: [null, 3, []]",
    "keys: [x]",
    "{",
    "insurers: []",
    "port: {}",
  ];
  for (const [at, text] of shapes.entries()) {
    for (const NODE_ENV of ["production", "development"]) {
      it(`a file of the wrong shape is told, not tripped over: ${text} (${NODE_ENV})`, async () => {
        const faults = await faultsOf({ NODE_ENV, CONFIG_FILE: await file(`shape-${at}.yaml`, text) });
        assert.ok(faults.length > 0);
      });
    }
  }

  it("a file that is not there", async () => {
    assert.deepEqual(namesOf(await faultsOf({ CONFIG_FILE: join(dir, "nowhere.yaml") })), ["CONFIG_FILE"]);
  });

  it("port 0 needs an address to be told to others", async () => {
    assert.deepEqual(namesOf(await faultsOf({ PORT: "0" })), ["PUBLIC_URL"]);
    assert.equal((await load({ PORT: "0", PUBLIC_URL: "http://127.0.0.1:1" })).port, 0);
  });
});

describe("production", () => {
  it("takes a complete set", async () => {
    const config = await load(await productionEnv());
    assert.deepEqual([config.production, config.host], [true, "0.0.0.0"]);
    assert.equal(config.publicUrl, "https://kuaichu.example.org");
    assert.deepEqual([config.simulator, config.allowPrivateAddresses], [false, false]);
    assert.equal(config.wechat.apiUrls[0], "https://api.weixin.qq.com");
    assert.ok(config.wechat.apiUrls.length > 1);
    assert.equal(config.wechat.openUrl, "https://open.weixin.qq.com");
    assert.deepEqual(config.insurers[0]?.secrets, [SECRET, OTHER_SECRET]);
    assert.deepEqual(config.keys.session, drawn("session"));
    assert.deepEqual(config.operator, {
      name: "示例科技（上海）有限公司",
      address: "上海市示例路 1 号",
      email: "privacy@kuaichu.example.org",
    });
    assert.deepEqual(
      config.insurers.map(({ legalName }) => legalName),
      ["中国人民财产保险股份有限公司", "中国太平洋财产保险股份有限公司"],
    );
  });

  it("makes no keys", async () => {
    const DATA_DIR = join(dir, "untouched");
    await load({ ...(await productionEnv()), DATA_DIR });
    await assert.rejects(stat(DATA_DIR));
  });

  const required =
    "PUBLIC_URL MONGODB_URI DATA_KEY SESSION_KEY WECHAT_APPID WECHAT_SECRET WECHAT_TOKEN WECHAT_AES_KEY PICC_SECRET OPERATOR_NAME OPERATOR_ADDRESS OPERATOR_EMAIL OPERATOR_PHONE".split(
      " ",
    );
  it("names everything that is missing at once", async () => {
    const env = Object.fromEntries(Object.entries(await productionEnv()).filter(([name]) => !required.includes(name)));
    assert.deepEqual(namesOf(await faultsOf(env)).sort(), [...required].sort());
  });

  it("takes an insurer on a leased line with its networks and its own authority, and no network of its own machine", async () => {
    const certificate = fileURLToPath(new URL("../../test/fixtures/localhost/certificate.pem", import.meta.url));
    const listed = async (more: string) => {
      const one = `{ code: AAA, name: A, legalName: A, url: "https://10.20.0.5:8443/in", secretEnv: PICC_SECRET, ${more} }`;
      return { ...(await productionEnv()), CONFIG_FILE: await file("leased.yaml", `insurers: [${one}]`) };
    };
    const [insurer] = (await load(await listed(`allow: ["10.20.0.0/16"], caFile: ${certificate}`))).insurers;
    assert.deepEqual(insurer?.allow, ["10.20.0.0/16"]);
    assert.match(insurer?.ca ?? "", /^-----BEGIN CERTIFICATE/);
    const faults = async (more: string) => (await faultsOf(await listed(more))).join("\n");
    assert.match(
      await faults('allow: ["10.21.0.0/16"]'),
      /^insurers\.AAA\.url: must be https, and lie in the networks/,
    );
    for (const network of ["127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/0", "::1/128", "10.20.0.5"])
      assert.match(await faults(`allow: ["${network}"]`), /^insurers\.AAA\.allow/, network);
    assert.match(
      await faults('allow: ["10.20.0.0/16"], caFile: /nowhere.pem'),
      /^insurers\.AAA\.caFile: cannot be read/,
    );
    assert.match(
      await faults('allow: ["10.20.0.0/16"], caFile: package.json'),
      /^insurers\.AAA\.caFile: must be a certificate/,
    );
  });

  it("refuses the development's insurers until its own are named", async () => {
    const faults = await faultsOf({ ...(await productionEnv()), CONFIG_FILE: "" });
    assert.ok(namesOf(faults).includes("insurers.PICC.url"));
  });

  const refused: [string, NodeJS.ProcessEnv | string][] = [
    ["SIMULATOR", "simulator: true"],
    ["allowPrivateAddresses", "allowPrivateAddresses: true"],
    [
      "insurers.AAA.url",
      'insurers: [{ code: AAA, name: A, legalName: A, url: "http://a.example", secretEnv: PICC_SECRET }]',
    ],
    ["insurers.AAA.legalName", "insurers: [{ code: AAA, name: A }]"],
    ...[
      "https://10.0.0.8/in",
      "https://[::1]/in",
      "https://localhost/in",
      "https://claims.insurer.example:8443/in",
      "https://user:word@claims.insurer.example/in",
    ].map((url): [string, string] => [
      "insurers.AAA.url",
      `insurers: [{ code: AAA, name: A, legalName: A, url: "${url}", secretEnv: PICC_SECRET }]`,
    ]),
    ["OPERATOR_EMAIL", { OPERATOR_EMAIL: "nobody" }],
    ...["12345", "122", "1 10"].map((OPERATOR_PHONE): [string, NodeJS.ProcessEnv] => [
      "OPERATOR_PHONE",
      { OPERATOR_PHONE },
    ]),
    ["PUBLIC_URL", { PUBLIC_URL: "http://kuaichu.example.org" }],
    ["WECHAT_MODE", { WECHAT_MODE: "plain" }],
    ["WECHAT_MODE", { WECHAT_MODE: "compatible" }],
    ["WECHAT_API_URL", { WECHAT_API_URL: "http://api.weixin.qq.com" }],
    ["SESSION_KEY", { SESSION_KEY: KEY }],
    ["DATA_KEY", { DATA_KEY: "00".repeat(32) }],
    ["DATA_KEY", { DATA_KEY: Buffer.from(Array.from({ length: 32 }, (_, n) => 3 * n)).toString("base64") }],
    ["DATA_KEY", { DATA_KEY: Buffer.from("correct horse battery staple 123").toString("base64") }],
    ["WECHAT_AES_KEY", { WECHAT_AES_KEY: "A".repeat(43) }],
    ["PICC_SECRET", { PICC_SECRET: `${SECRET} whsec_${Buffer.alloc(32).toString("base64")}` }],
  ];
  for (const [name, change] of refused) {
    it(`refuses ${typeof change === "string" ? change : JSON.stringify(change)}`, async () => {
      const env = await productionEnv();
      const insurers = await readFile(env.CONFIG_FILE as string, "utf8");
      const overlay =
        typeof change === "string"
          ? {
              CONFIG_FILE: await file(
                "refused.yaml",
                change.startsWith("insurers") ? change : `${insurers}\n${change}`,
              ),
            }
          : change;
      assert.deepEqual(namesOf(await faultsOf({ ...env, ...overlay })), [name]);
    });
  }

  it("the pattern in config/ is complete but for what is secret", async () => {
    const env = await productionEnv();
    const pattern = new URL("../../config/production.example.yaml", import.meta.url).pathname;
    const config = await load({ ...env, CONFIG_FILE: pattern, INSURER_PICC_SECRET: SECRET });
    assert.equal(config.insurers[0]?.url, "https://claims.insurer.example/kuaichu");
  });
});

describe("an address to which no claim would be posted", () => {
  it("is a fault at the start in development, too: a user in it, or a private one where these are not allowed", async () => {
    const insurer = (url: string) => `insurers: [{ code: AAA, name: A, url: "${url}", secretEnv: AAA_SECRET }]`;
    const faultyWith = async (text: string) =>
      namesOf(await faultsOf({ SIMULATOR: "true", CONFIG_FILE: await file("address.yaml", text) }));
    assert.deepEqual(await faultyWith(insurer("http://user@localhost/in")), ["insurers.AAA.url"]);
    assert.deepEqual(await faultyWith(`${insurer("http://192.168.1.9/in")}\nallowPrivateAddresses: false`), [
      "insurers.AAA.url",
    ]);
    assert.deepEqual(await faultyWith(`${insurer("{publicUrl}/in")}\nallowPrivateAddresses: false`), [
      "insurers.AAA.url",
    ]);
    const CONFIG_FILE = await file("address.yaml", insurer("http://192.168.1.9/in"));
    assert.equal((await load({ SIMULATOR: "true", CONFIG_FILE })).insurers[0]?.url, "http://192.168.1.9/in");
  });
});

describe("a folder of rules", () => {
  const CITY = new URL("../../test/fixtures/second-city/", import.meta.url).pathname;

  it("goes over those of the project file by file", async () => {
    const CONFIG_FILE = new URL("../../test/fixtures/second-city.yaml", import.meta.url).pathname;
    const [ours, theirs] = [await load({}), await load({ RULES_DIR: CITY, CONFIG_FILE })];
    assert.deepEqual(
      theirs.menu.button.map(({ name }) => name),
      ["报案 Report", "进度 Status"],
    );
    assert.deepEqual(
      theirs.rules.conditions.map(({ id }) => id),
      ["hurt", "flooded-road"],
    );
    assert.deepEqual(
      theirs.rules.catalogue.acts.map(({ id }) => id),
      ["QS-02", "QS-01", "none"],
    );
    await mkdir(join(dir, "menu-alone"));
    await file("menu-alone/menu.yaml", "buttons: [{ name: Help, key: help }]");
    const alone = await load({ RULES_DIR: join(dir, "menu-alone") });
    assert.deepEqual([alone.menu.button.length, alone.rules], [1, ours.rules]);
  });

  it("is a fault where it is gone, holds a file of another name, or a rule that does not hold together", async () => {
    assert.deepEqual(await faultsOf({ RULES_DIR: join(dir, "nowhere") }), ["RULES_DIR: cannot be read (ENOENT)"]);
    const RULES_DIR = join(dir, "rules");
    await mkdir(RULES_DIR);
    await file("rules/eligiblity.yaml", "conditions: []");
    assert.deepEqual(namesOf(await faultsOf({ RULES_DIR })), ["RULES_DIR"]);
    await rm(join(RULES_DIR, "eligiblity.yaml"));
    const act = (id: string) => `{ id: ${id}, zh: x, en: x, category: other, legalBasis: [], settledHere: true }`;
    await file("rules/liability.yaml", `acts: [${act("QS-01")}, ${act("QS-02")}]\nnotEqual: [[QS-01, QS-03]]\n`);
    assert.deepEqual(namesOf(await faultsOf({ RULES_DIR })), ["RULES_DIR/liability.yaml", "RULES_DIR/liability.yaml"]);
  });

  it("has the districts of its own city; those of another are left out, or refused where they are its own", async () => {
    const CONFIG_FILE = new URL("../../test/fixtures/second-city.yaml", import.meta.url).pathname;
    const codes = async (env: Record<string, string>) => (await load(env)).rules.districts.map(({ code }) => code);
    assert.equal((await codes({})).length, 16);
    assert.deepEqual(await codes({ CONFIG_FILE, RULES_DIR: CITY }), ["990101", "990102"]);
    assert.deepEqual(await codes({ CONFIG_FILE }), []);
    assert.deepEqual(await faultsOf({ RULES_DIR: CITY }), [
      "RULES_DIR/districts.yaml: adcode 990000 is not that of the city, 310000",
    ]);
  });

  it("holds the authority's seal, a PNG", async () => {
    const RULES_DIR = join(dir, "authority");
    await mkdir(RULES_DIR);
    const named = "name: 某市公安局交通警察支队, code: '990000000000'";
    const settings = (seal: string) => file("authority.txt", `police: { authority: { ${named}, seal: ${seal} } }`);
    const png = await readFile(new URL("../../test/fixtures/seal.png", import.meta.url));
    await writeFile(join(RULES_DIR, "seal.png"), png);
    await writeFile(join(RULES_DIR, "seal.jpg"), "no picture");
    const { authority } = (await load({ RULES_DIR, CONFIG_FILE: await settings("seal.png") })).police;
    assert.deepEqual(authority, { name: "某市公安局交通警察支队", code: "990000000000", reviewer: null, seal: png });
    assert.equal((await load({})).police.authority.seal, null);
    for (const [seal, fault] of [
      ["seal.jpg", "police.authority.seal: must be a PNG of at most 1 MB"],
      ["nowhere.png", "police.authority.seal: cannot be read (ENOENT)"],
    ] as const)
      assert.deepEqual(await faultsOf({ RULES_DIR, CONFIG_FILE: await settings(seal) }), [fault]);
  });

  it("of a desk in production has an authority", async () => {
    assert.deepEqual(await faultsOf({ ...(await productionEnv()), POLICE_DESK: "true" }), [
      "police.authority.name: required in production with POLICE_DESK",
      "police.authority.code: required in production with POLICE_DESK",
    ]);
  });

  it("goes over the holidays that are known, day by day", async () => {
    const RULES_DIR = join(dir, "holidays");
    await mkdir(RULES_DIR);
    await file("holidays/holidays.yaml", "years: [2027]\noff: [2026-10-10, 2027-01-01]\nworked: [2026-10-07]\n");
    const { calendar } = (await load({ RULES_DIR })).rules;
    const known = (await load({})).rules.calendar;
    assert.deepEqual([known.years.has(2026), known.years.has(2027), calendar.years.has(2027)], [true, false, true]);
    const days = ["2026-10-06", "2026-10-07", "2026-10-10", "2027-01-01"];
    assert.deepEqual(
      days.map((day) => isWorked(day, known)),
      [false, false, true, false],
    );
    assert.deepEqual(
      days.map((day) => isWorked(day, calendar)),
      [false, true, false, false],
    );
  });

  for (const [what, text] of [
    ["a day that is none", "off: [2027-02-29]"],
    ["a day in another form", "off: [1 January]"],
    ["a day that is both", "off: [2027-02-06]\nworked: [2027-02-06]"],
    ["a word that is none of its own", "free: []"],
  ] as const)
    it(`refuses holidays with ${what}`, async () => {
      const RULES_DIR = join(dir, `holidays ${what}`);
      await mkdir(RULES_DIR);
      await file(`holidays ${what}/holidays.yaml`, text);
      assert.ok((await faultsOf({ RULES_DIR })).length > 0);
    });

  const CLOSED = "[[121.0, 31.0], [122.0, 31.0], [122.0, 32.0], [121.0, 31.0]]";
  const district = (polygons: string, code = "310101") => `{ code: "${code}", zh: 区, en: D, polygons: ${polygons} }`;
  const wrong: [string, string, RegExp][] = [
    ["an open ring", district(`[[${CLOSED.replace(/31.0\]\]$/, "31.1]]")}]]`), /is not closed: its last point must be/],
    ["a ring of three points", district("[[[[121, 31], [122, 31], [121, 31]]]]"), /needs at least four points/],
    [
      "latitude first",
      district(`[[${CLOSED.replaceAll(/\[(\d+\.0), (\d+\.0)\]/g, "[$2, $1]")}]]`),
      /\[longitude, latitude\]/,
    ],
    ["a point of one number", district("[[[[121], [122, 31], [122, 32], [121]]]]"), /polygons/],
    ["a code twice", `${district(`[[${CLOSED}]]`)}, ${district("[]")}`, /districts/],
    ["a code of five digits", district("[]", "31010"), /must be six digits/],
    ["a name in one language", '{ code: "310101", zh: 区 }', /en/],
  ];
  for (const [what, districts, fault] of wrong)
    it(`refuses districts with ${what}, and says where`, async () => {
      const folder = `districts-${wrong.findIndex(([one]) => one === what)}`;
      await mkdir(join(dir, folder));
      await file(`${folder}/districts.yaml`, `adcode: "310000"\ndistricts: [${districts}]\n`);
      const faults = await faultsOf({ RULES_DIR: join(dir, folder) });
      assert.ok(faults.every((one) => one.startsWith("districts.")));
      assert.match(faults.join("\n"), fault);
    });
});

describe("secrets from files", () => {
  const SECRET_NAMES = [...SECRETS, "PICC_SECRET"];
  const PREVIOUS_AES_KEY = drawn("previous").toString("hex").slice(0, 43);

  it("give each secret, an insurer's too, without the newline at the end", async () => {
    const { PICC_SECRET, ...env } = await productionEnv();
    const values: Record<string, string> = {
      ...(env as Record<string, string>),
      PICC_SECRET: String(PICC_SECRET),
      AWS_ACCESS_KEY_ID: "an-access-key",
      AWS_SECRET_ACCESS_KEY: "a-secret-access-key",
      AWS_SESSION_TOKEN: "a-session-token",
      TENCENT_MAP_KEY: "AAAAA-BBBBB-CCCCC-DDDDD",
      TENCENT_MAP_SECRET: "abcdefghijklmnop",
      WECHAT_PREVIOUS_TOKEN: "token122",
      WECHAT_PREVIOUS_AES_KEY: PREVIOUS_AES_KEY,
      OTHER_DATA_KEY: drawn("other data").toString("base64"),
      OTHER_SESSION_KEY: drawn("other session").toString("base64"),
    };
    const paths: string[] = [];
    for (const name of SECRET_NAMES) {
      paths.push(await file(`${name}.txt`, `${values[name]}\n`));
      delete values[name];
      values[`${name}_FILE`] = paths.at(-1) as string;
    }
    const config = await load({ ...values, S3_BUCKET: "kuaichu", S3_REGION: "cn-shanghai" });
    assert.equal(config.mongodbUri, "mongodb://db.example/kuaichu");
    const others = { otherData: drawn("other data"), otherSession: drawn("other session") };
    assert.deepEqual(config.keys, { data: drawn("data"), session: drawn("session"), ...others });
    const { secret, token, aesKey, previousToken, previousAesKey } = config.wechat;
    assert.deepEqual(
      [secret, token, aesKey, previousToken, previousAesKey],
      ["0123456789abcdef0123456789abcdef", "token123", AES_KEY, "token122", PREVIOUS_AES_KEY],
    );
    const { accessKeyId, secretAccessKey, sessionToken } = config.bucket ?? {};
    assert.deepEqual(
      [accessKeyId, secretAccessKey, sessionToken],
      ["an-access-key", "a-secret-access-key", "a-session-token"],
    );
    const { key, secret: mapSecret } = config.geocoder ?? {};
    assert.deepEqual([key, mapSecret], ["AAAAA-BBBBB-CCCCC-DDDDD", "abcdefghijklmnop"]);
    assert.deepEqual(config.insurers[0]?.secrets, [SECRET, OTHER_SECRET]);
    assert.deepEqual([...config.secretFiles].sort(), [...paths, String(env.CONFIG_FILE)].sort());
  });

  it("are faults by the variable's name, never with the content: given twice, gone, empty, of a wrong form", async () => {
    const env = await productionEnv();
    const hidden = "what-nobody-may-read";
    const faults = await faultsOf({
      ...env,
      SESSION_KEY_FILE: await file("twice.txt", hidden),
      DATA_KEY: undefined,
      DATA_KEY_FILE: join(dir, "is-not-there"),
      WECHAT_TOKEN: undefined,
      WECHAT_TOKEN_FILE: await file("empty.txt", "\n"),
      WECHAT_AES_KEY: undefined,
      WECHAT_AES_KEY_FILE: await file("wrong.txt", hidden),
      PICC_SECRET: undefined,
      PICC_SECRET_FILE: dir,
    });
    assert.deepEqual(faults.sort(), [
      "DATA_KEY_FILE: cannot be read (ENOENT)",
      "PICC_SECRET_FILE: cannot be read (EISDIR)",
      "SESSION_KEY_FILE: SESSION_KEY is given as well",
      "WECHAT_AES_KEY: must be 43 letters and digits",
      "WECHAT_TOKEN_FILE: is empty",
    ]);
    assert.ok(!faults.join().includes(hidden));
  });

  it("leave the environment as it was", async () => {
    const env = { DATA_KEY_FILE: await file("key.txt", KEY) };
    const config = await load(env);
    assert.deepEqual(Object.keys(env), ["DATA_KEY_FILE"]);
    assert.deepEqual(config.keys.data, drawn("data"));
  });
});
