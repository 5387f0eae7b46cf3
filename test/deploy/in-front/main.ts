import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request as askHttp } from "node:http";
import { connect } from "node:http2";
import { request } from "node:https";
import { after, before, describe, it } from "node:test";
import { LEFT_OUT } from "../../support/left-out.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type InFront, NAME, PROXIES, startProxy } from "./proxies.ts";
import { type Arrival, startUpstream, type Upstream } from "./upstream.ts";

const PICTURE_BYTES = 12 * 1024 * 1024;
/** stands in every address, as openids and signatures do */
const CANARY = "canary0123456789";
const LIMIT = { timeout: 30_000 };

const [name = ""] = process.argv.slice(2);
const missing = [
  [name, ...(PROXIES[name]?.version ?? [])],
  ["openssl", "version"],
].filter(([file = "", ...args]) => spawnSync(file, args).error);

let proxy: InFront;
let one: Upstream;
let two: Upstream;
let logged = "";

interface Question {
  method?: string;
  path: string;
  body?: Buffer;
  /** the caller's address */
  from?: string;
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  text: string;
}

async function ask({ method = "GET", path, body, from = "127.0.0.1", headers = {} }: Question): Promise<Answer> {
  const sent = request({
    host: "127.0.0.1",
    localAddress: from,
    port: proxy.httpsPort,
    servername: NAME,
    ca: proxy.certificate,
    method,
    path: `${path}?openid=${CANARY}`,
    headers: { host: NAME, ...headers, ...(body && { "content-length": body.length }) },
    agent: false,
  });
  sent.end(body);
  const [answer] = await once(sent, "response");
  let text = "";
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, text };
}

const arrivalsAt = (path: string): number =>
  [one, two].flatMap(({ arrivals }) => arrivals).filter((arrival) => arrival.path === path).length;

function checks(): void {
  before(async () => {
    [one, two] = await Promise.all([startUpstream(), startUpstream()]);
    proxy = await startProxy(name, { dir: temporaryFolder(name), upstreams: [one.port, two.port] });
  });
  after(() => Promise.all([one.stop(), two.stop()]));

  it(
    "hands on a picture of 12 MB, with the caller's own address and nothing that the caller said of it",
    LIMIT,
    async () => {
      const body = randomBytes(PICTURE_BYTES);
      const headers = {
        "content-type": "application/octet-stream",
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-host": "elsewhere.example",
        "x-forwarded-proto": "http",
      };
      const { status, text } = await ask({ method: "POST", path: "/picture", body, from: "127.0.0.3", headers });
      assert.equal(status, 200, text);
      const { sha256, ip, protocol, host } = JSON.parse(text) as Arrival;
      assert.deepEqual(
        { sha256, ip, protocol, host },
        { sha256: createHash("sha256").update(body).digest("hex"), ip: "127.0.0.3", protocol: "https", host: NAME },
      );
    },
  );

  it("hands on each event of a stream as it comes, over HTTP/2", LIMIT, async () => {
    const opened = Promise.race([one.nextStream(), two.nextStream()]);
    const client = connect(`https://127.0.0.1:${proxy.httpsPort}`, { ca: proxy.certificate, servername: NAME });
    try {
      const answer = client.request({ ":path": "/h5/accidents/a/stream", ":authority": NAME });
      const [first] = await once(answer, "data");
      assert.match(String(first), /^retry: /);
      for (const event of ["changed", "ask"]) {
        const next = once(answer, "data");
        (await opened).send(event);
        assert.match(String(await next), new RegExp(`^event: ${event}`));
      }
      (await opened).end();
      await once(answer, "end");
    } finally {
      client.destroy();
    }
  });

  it("hands on /police only from where it is allowed, however it is written, and /metrics never", LIMIT, async () => {
    for (const path of ["/police", "/police/queue", "/Police/queue", "/POLICE", "/%70olice/queue"])
      assert.equal((await ask({ path, from: "127.0.0.2" })).status, 404, path);
    assert.equal((await ask({ path: "/metrics" })).status, 404);
    assert.equal(
      [one, two].flatMap(({ arrivals }) => arrivals).some(({ path }) => /poli|met/i.test(path)),
      false,
    );
    assert.equal((await ask({ path: "/police/queue" })).status, 200);
    assert.equal((await ask({ path: "/policemen", from: "127.0.0.2" })).status, 200);
  });

  it("leads from http to https", LIMIT, async () => {
    const sent = askHttp({
      host: "127.0.0.1",
      port: proxy.httpPort,
      path: "/h5",
      headers: { host: NAME },
      agent: false,
    });
    sent.end();
    const [answer] = await once(sent, "response");
    answer.resume();
    assert.match(
      `${answer.statusCode} ${answer.headers.location}`,
      /^30[18] https:\/\/kuaichu\.example\.org(:\d+)?\/h5$/,
    );
  });

  it("sends again what got no answer when it was a GET, and never a POST", LIMIT, async () => {
    one.isDying = true;
    while (!one.arrivals.some(({ path }) => path === "/dies")) assert.equal((await ask({ path: "/dies" })).status, 200);
    two.isDying = true;
    const known = arrivalsAt("/dies");
    assert.equal((await ask({ method: "POST", path: "/dies", body: Buffer.from("a") })).status, 502);
    assert.equal(arrivalsAt("/dies"), known + 1);
  });

  it("refuses nothing when a process ends, and hands on each POST once", LIMIT, async () => {
    const hasHeard = one.leave();
    if (PROXIES[name]?.asksReady) await hasHeard;
    await one.stop();
    for (let count = 1; count <= 20; count++) {
      const { status, text } = await ask({ method: "POST", path: "/push", body: Buffer.from(String(count)) });
      assert.equal(status, 200, text);
    }
    assert.equal(arrivalsAt("/push"), 20);
  });

  it("says so when no process is there", LIMIT, async () => {
    await two.stop();
    assert.match(String((await ask({ path: "/h5" })).status), /^50[23]$/);
  });

  it("logs no address of a request", LIMIT, async () => {
    logged = await proxy.stop();
    assert.ok(logged.length > 0);
    for (const canary of [CANARY, "127.0.0.3", "/picture"]) assert.equal(logged.includes(canary), false, logged);
  });
}

if (!PROXIES[name]) throw new Error(`usage: main.js ${Object.keys(PROXIES).join("|")}`);
if (missing.length > 0) {
  process.stdout.write(`left out: ${missing.map(([file]) => file).join(" and ")} is not installed\n`);
  process.exitCode = LEFT_OUT;
} else describe(`${name} with the file of deploy/`, checks);
