import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { after, before, describe, it } from "node:test";
import type { Insurer } from "../../src/config.ts";
import { NotFound, NotSignedIn } from "../../src/errors.ts";
import { createInsurerClient, type InsurerClient } from "../../src/insurers/client.ts";
import { createEvidenceLinks } from "../../src/insurers/evidence-links.ts";
import { retryAfterOf } from "../../src/insurers/outcome.ts";
import { sign, verify } from "../../src/insurers/standard-webhooks.ts";
import { capturedLog } from "../support/captured-log.ts";
import { NOON, standingClock } from "../support/clocks.ts";
import { LOCALHOST, listenTls } from "../support/localhost.ts";
import { closedUrl, listen, type RunningServer } from "../support/platform-server.ts";

const [first, second] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_51TKyHBy5KFY1Ab98GQ8V60BkWnejkWy"] as const;
const clock = standingClock(NOON);
const message = { id: "acc-1-0", body: '{"type":"claim.submitted","plate":"沪AD12345"}' };
const { log, lines } = capturedLog();
let server: RunningServer;
let answer: RequestListener = (_req, res) => res.end();

before(async () => {
  server = await listen((req, res) => answer(req, res));
});
after(() => server.close());

function clientFor(
  url: string | null,
  options: { allow?: boolean; secrets?: string[]; machineDiffersMs?: number; insurer?: Partial<Insurer> } = {},
): InsurerClient {
  const insurer: Insurer = {
    code: "PICC",
    zh: "",
    en: "",
    legalName: null,
    hotline: "",
    url,
    secretEnv: "S",
    schemaVersion: 1,
    promise: null,
    secrets: options.secrets ?? [first, second],
    ...options.insurer,
  };
  return createInsurerClient({
    insurers: [insurer],
    allowPrivateAddresses: options.allow ?? true,
    publicUrl: "https://kuaichu.example",
    sessionKeys: [Buffer.alloc(32, 7)],
    clock,
    machineDiffersMs: () => options.machineDiffersMs ?? 0,
    log,
    timer: clock,
  });
}

/** Posts once to a server that answers so, and returns the result. */
async function post(listener: RequestListener) {
  answer = listener;
  return clientFor(server.url).post("PICC", message);
}

const json =
  (status: number, body: object, headers = {}): RequestListener =>
  (_req, res) => {
    const date = clock.now().toUTCString();
    res.writeHead(status, { "content-type": "application/json", date, ...headers }).end(JSON.stringify(body));
  };
const page =
  (contentType: string): RequestListener =>
  (_req, res) => {
    res.writeHead(200, { "content-type": contentType }).end("<!DOCTYPE html>\n<html><body>请登录</body></html>");
  };
const minutesAhead = (minutes: number) => ({ date: new Date(clock.now().getTime() + minutes * 60_000).toUTCString() });

describe("one attempt to post a claim", () => {
  it("sends the exact bytes, signed at this moment with every live secret, and no more headers than needed", async () => {
    const seen: { headers: Record<string, unknown>; body: Buffer; method: string | undefined }[] = [];
    const outcome = await post(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk);
      seen.push({ headers: req.headers, body: Buffer.concat(chunks), method: req.method });
      res.end('{"accepted":true,"insurerClaimNo":"R-1"}');
    });
    assert.deepEqual([outcome.kind, outcome.code, outcome.insurerClaimNo], ["delivered", "http-200", "R-1"]);
    const [request] = seen;
    assert.ok(request);
    assert.equal(request.method, "POST");
    assert.equal(request.body.toString(), message.body);
    assert.equal(request.headers["content-type"], "application/json; charset=utf-8");
    assert.equal(request.headers["webhook-timestamp"], String(clock.now().getTime() / 1000));
    for (const secret of [first, second]) {
      const headers = request.headers as Record<string, string>;
      assert.equal(verify({ headers, body: request.body, secrets: [secret], now: clock.now() }).id, message.id);
    }
  });

  const answers: [string, RequestListener, string, string][] = [
    ["201", json(201, {}), "delivered", "http-201"],
    ["204 without a body", (_req, res) => res.writeHead(204).end(), "delivered", "http-204"],
    ["200 that is no JSON", (_req, res) => res.end("OK"), "delivered", "http-200"],
    ["409", json(409, {}), "duplicate", "http-409"],
    ["重复报案 in a 200", json(200, { success: false, responseCode: "重复报案" }), "duplicate", "body-____"],
    ["408", json(408, {}), "transient", "http-408"],
    ["425", json(425, {}), "transient", "http-425"],
    ["429", json(429, {}), "transient", "http-429"],
    ["500", json(500, {}), "transient", "http-500"],
    ["503", json(503, { error: { code: "x" } }), "transient", "http-503"],
    [
      "系统繁忙 in a 200",
      json(200, { success: false, responseMessage: "", responseCode: "系统繁忙" }),
      "transient",
      "body-____",
    ],
    ["401", json(401, {}), "hold", "http-401"],
    ["403", json(403, {}), "hold", "http-403"],
    [
      "sign-check-failure in a 200",
      json(200, { success: false, responseCode: "sign-check-failure" }),
      "hold",
      "body-sign-check-failure",
    ],
    ["410", json(410, {}), "gone", "http-410"],
    ["400", json(400, {}), "rejected", "http-400"],
    ["404", json(404, {}), "rejected", "http-404"],
    ["413", json(413, {}), "rejected", "http-413"],
    ["415", json(415, {}), "rejected", "http-415"],
    ["422", json(422, { error: { code: "missing_document" } }), "rejected", "http-422"],
    [
      "policy_not_found in a 200",
      json(200, { accepted: false, error: { code: "policy_not_found" } }),
      "rejected",
      "body-policy_not_found",
    ],
    ["401 from a clock an hour ahead", json(401, {}, minutesAhead(60)), "transient", "clock-differs"],
    ["401 from a clock an hour behind", json(401, {}, minutesAhead(-60)), "transient", "clock-differs"],
    ["401 from a clock that is half a minute off", json(401, {}, minutesAhead(0.5)), "hold", "http-401"],
    ["401 that names no time", json(401, {}, { date: "yesterday" }), "hold", "http-401"],
    ["403 from a clock an hour ahead", json(403, {}, minutesAhead(60)), "hold", "http-403"],
    [
      "sign-check-failure in a 200 from a clock an hour ahead",
      json(200, { success: false, responseCode: "sign-check-failure" }, minutesAhead(60)),
      "transient",
      "clock-differs",
    ],
    ["a page of HTML in a 200", page("text/html; charset=utf-8"), "hold", "answer-html"],
    ["a page of HTML under another name", page("text/plain"), "hold", "answer-html"],
    ["an error of 0 in a 200", json(200, { error: 0, msg: "ok" }), "delivered", "http-200"],
    ["a refusal without a code in a 200", json(200, { success: false }), "rejected", "body-unnamed"],
    ["a connection that breaks without an answer", (req) => req.socket.destroy(), "unknown", "connection-lost"],
    ["no answer in time", () => clock.advance(15_000), "unknown", "timeout"],
    [
      "an answer that is cut",
      (_req, res) => void res.writeHead(200, { "content-length": "50" }).write("{", () => res.destroy()),
      "unknown",
      "answer-cut",
    ],
  ];
  for (const [name, listener, kind, code] of answers) {
    it(`${name} is ${kind}`, async () => {
      const outcome = await post(listener);
      assert.deepEqual([outcome.kind, outcome.code], [kind, code]);
    });
  }

  const codes: [object, string, string][] = [
    [{ code: 0 }, "delivered", "http-200"],
    [{ code: "0", msg: "成功" }, "delivered", "http-200"],
    [{ code: "00000" }, "delivered", "http-200"],
    [{ code: 200, data: {} }, "delivered", "http-200"],
    [{ code: "SUCCESS" }, "delivered", "http-200"],
    [{ status: "ok" }, "delivered", "http-200"],
    [{ accepted: true, code: 1 }, "delivered", "http-200"],
    [{ success: true, code: "9999" }, "delivered", "http-200"],
    [{ code: 500, msg: "失败" }, "hold", "body-500"],
    [{ code: "9999" }, "hold", "body-9999"],
    [{ code: -1 }, "hold", "body--1"],
    [{ errcode: 40001, errmsg: "invalid" }, "hold", "body-40001"],
    [{ result_code: "FAIL" }, "hold", "body-FAIL"],
    [{ code: "A0400" }, "hold", "body-A0400"],
    [{ status: "error" }, "hold", "body-status-error"],
    [{ status: "Failed" }, "hold", "body-status-Failed"],
    [{ code: "duplicate" }, "duplicate", "body-duplicate"],
    [{ code: "system_busy" }, "transient", "body-system_busy"],
  ];
  for (const [body, kind, code] of codes) {
    it(`${JSON.stringify(body)} in a 200 is ${kind}`, async () => {
      const outcome = await post(json(200, body));
      assert.deepEqual([outcome.kind, outcome.code], [kind, code]);
    });
  }

  it("gives a sender of single bytes up in time", async () => {
    let timer: NodeJS.Timeout | undefined;
    const outcome = await post((_req, res) => {
      res.writeHead(200);
      timer = setInterval(() => {
        res.write(" ");
        clock.advance(5_000);
      }, 20);
      res.on("close", () => clearInterval(timer));
    });
    clearInterval(timer);
    assert.equal(outcome.kind, "unknown");
  });

  it("reads no more than 64 KB of an answer without end", async () => {
    let sent = 0;
    const outcome = await post((_req, res) => {
      const pump = () => {
        while (!res.destroyed && res.write("x".repeat(16_384))) sent += 16_384;
      };
      res.on("drain", pump);
      pump();
    });
    assert.equal(outcome.kind, "delivered");
    assert.ok(outcome.head.length <= 300);
    assert.ok(sent < 50_000_000);
  });

  it("follows no redirect", async () => {
    let followed = 0;
    const outcome = await post((req, res) => {
      if (req.url === "/elsewhere") followed++;
      res.writeHead(302, { location: `${server.url}/elsewhere` }).end();
    });
    assert.deepEqual([outcome.kind, outcome.code, followed], ["hold", "http-302", 0]);
  });

  it("keeps long numbers and control characters of the answer out of what is kept", async () => {
    const outcome = await post((_req, res) =>
      res.writeHead(422).end('{"phone":"13800000001","id":"310101199001011237"}\r\n\u001b[31m'),
    );
    assert.equal(outcome.head, '{"phone":"******","id":"******"}   [31m');
  });

  it("tells what failed before anything was sent", async () => {
    assert.deepEqual(await kindAt(await closedUrl()), ["transient", "connect-refused"]);
    assert.deepEqual(await kindAt("http://nowhere.invalid/"), ["transient", "name-not-found"]);
    assert.deepEqual(await kindAt(server.url.replace("http:", "https:")), ["hold", "certificate"]);
    assert.deepEqual(await kindAt(null), ["hold", "insurer-not-configured"]);
    assert.equal((await clientFor(server.url).post("NONE", message)).code, "insurer-not-configured");
  });

  it("goes over a leased line to the insurer's own networks, trusting its own authority alone", async () => {
    const secure = await listenTls((_req, res) => res.end('{"accepted":true}'));
    const sent = async (insurer: Partial<Insurer>) => {
      const { kind, code } = await clientFor(secure.url, { allow: false, insurer }).post("PICC", message);
      return [kind, code];
    };
    const own = ["127.0.0.0/8", "::1/128"];
    assert.deepEqual(await sent({ allow: own, ca: LOCALHOST.cert }), ["delivered", "http-200"]);
    assert.deepEqual(await sent({ allow: own }), ["hold", "certificate"]);
    assert.deepEqual(await sent({ allow: ["10.0.0.0/8"], ca: LOCALHOST.cert }), ["hold", "address-refused"]);
    assert.deepEqual(await sent({ ca: LOCALHOST.cert }), ["hold", "address-refused"]);
    await secure.close();
  });

  it("is unsure of a 401 that names no time while the machine's clock is not the database's", async () => {
    answer = json(401, {}, { date: "yesterday" });
    const { kind, code } = await clientFor(server.url, { machineDiffersMs: 3_600_000 }).post("PICC", message);
    assert.deepEqual([kind, code], ["transient", "clock-differs"]);
  });

  it("rests after three without an answer, probes once a minute, and goes on after the first answer", async () => {
    const client = clientFor(server.url);
    const restsAfter = async (listener: RequestListener) => {
      answer = listener;
      await client.post("PICC", message);
      return [client.places("PICC"), client.probeWaitMs("PICC")];
    };
    const cut: RequestListener = (req) => req.socket.destroy();
    assert.deepEqual(await restsAfter(cut), [4, null]);
    assert.deepEqual(await restsAfter(cut), [4, null]);
    assert.deepEqual(await restsAfter(json(503, {})), [4, null], "an answer, if no good one");
    await restsAfter(cut);
    await restsAfter(cut);
    assert.deepEqual(await restsAfter(cut), [0, 60_000]);
    const since = clock.now().toISOString();
    assert.deepEqual(client.openCircuits(), { PICC: `open since ${since}: no answer` });
    clock.advance(59_999);
    assert.equal(client.places("PICC"), 0);
    clock.advance(1);
    assert.equal(client.places("PICC"), 1);
    assert.deepEqual(await restsAfter(cut), [0, 60_000]);
    clock.advance(-3_600_000);
    assert.equal(client.places("PICC"), 1, "the clock was set back");
    assert.deepEqual(await restsAfter(json(200, {})), [4, null]);
    assert.deepEqual(client.openCircuits(), {});
  });

  it("rests at the first refusal that may be the clock's, says by how much, and once", async () => {
    const client = clientFor(server.url);
    const from = lines.length;
    answer = json(401, {}, minutesAhead(60));
    for (let n = 0; n < 3; n++) await client.post("PICC", message);
    assert.equal(client.places("PICC"), 0);
    assert.match(client.openCircuits().PICC ?? "", /our clock differs by -3600 s$/);
    const said = lines.slice(from).filter((line) => line.includes("insurers.clock-differs"));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /"level":"error".*"differenceS":-3600/);
  });

  it("does not connect to loopback unless it is allowed, by address or by name", async () => {
    let connections = 0;
    answer = (_req, res) => {
      connections++;
      res.end();
    };
    const { port } = new URL(server.url);
    for (const url of [
      server.url,
      "https://127.0.0.1/",
      "https://localhost/",
      `https://localhost:${port}/`,
      "https://[::1]/",
      "http://10.0.0.1/",
    ]) {
      assert.deepEqual(await kindAt(url, false), ["hold", "address-refused"], url);
    }
    assert.equal(connections, 0);
  });

  it("logs the outcome and never the body, the secret or the answer", async () => {
    await post(json(422, { message: "张三" }));
    const text = lines.join("");
    assert.match(text, /"outcome":"rejected"/);
    for (const secret of ["沪AD12345", first, second, "张三"]) assert.ok(!text.includes(secret));
  });

  async function kindAt(url: string | null, allow = true): Promise<string[]> {
    const { kind, code } = await clientFor(url, { allow }).post("PICC", message);
    return [kind, code];
  }
});

describe("Retry-After", () => {
  const now = new Date("2026-11-02T04:00:00Z");
  const cases: [string | undefined, number | null][] = [
    [undefined, null],
    ["120", 120],
    ["0", null],
    ["-5", null],
    ["1e3", null],
    ["soon", null],
    ["259200", 86_400],
    ["99999999999999999999", null],
    ["Mon, 02 Nov 2026 04:01:00 GMT", 60],
    ["Thu, 05 Nov 2026 04:00:00 GMT", 86_400],
    ["Mon, 02 Nov 2026 03:00:00 GMT", null],
  ];
  for (const [header, seconds] of cases) {
    it(`${header} is ${seconds === null ? "as if it were not there" : `${seconds} s`}`, () =>
      assert.equal(retryAfterOf(header, now), seconds));
  }

  it("and 429 or silence slow the next attempt down", async () => {
    const throttled = await post(json(429, {}, { "retry-after": "7" }));
    assert.deepEqual([throttled.slowDown, throttled.retryAfterS], [true, 7]);
    assert.equal((await post(() => clock.advance(15_000))).slowDown, true);
    assert.equal((await post(json(500, {}))).slowDown, false);
  });
});

describe("what an insurer sends us", () => {
  const body = Buffer.from("{}");
  const headers = (secret: string) =>
    sign({ id: "st_1", timestamp: clock.now().getTime() / 1000, body, secrets: [secret] });

  it("is his when either of his live secrets signed it", () => {
    for (const secret of [first, second]) assert.equal(clientFor(null).verify("PICC", headers(secret), body), "st_1");
  });

  it("is refused from somebody else, and from an insurer that we do not know or who has no secret", () => {
    const client = clientFor(null, { secrets: [second] });
    assert.throws(() => client.verify("PICC", headers(first), body), NotSignedIn);
    assert.throws(() => client.verify("PAIC", headers(second), body), NotFound);
    assert.throws(() => clientFor(null, { secrets: [] }).verify("PICC", headers(first), body), NotFound);
  });
});

describe("links to the evidence", () => {
  const { evidence } = clientFor(null);
  const sha256 = "a".repeat(64);
  const link = () => {
    const url = new URL(evidence.url("acc-1", sha256));
    return {
      url,
      accidentId: "acc-1",
      sha256,
      expires: url.searchParams.get("expires"),
      signature: url.searchParams.get("signature"),
    };
  };

  it("say themselves that they end in seven days", () => {
    const given = link();
    assert.equal(given.url.pathname, `/api/evidence/acc-1/${sha256}`);
    assert.deepEqual(evidence.check(given), new Date(clock.now().getTime() + 7 * 86_400_000));
  });

  it("hold for one file of one accident, and cannot be made longer or up", () => {
    const given = link();
    const far = String(Number(given.expires) + 1);
    for (const change of [
      { accidentId: "acc-2" },
      { sha256: "b".repeat(64) },
      { expires: far },
      { expires: `${given.expires}x` },
      { expires: undefined },
      { expires: [given.expires] },
      { signature: undefined },
      { signature: "" },
      { signature: "A".repeat(43) },
    ]) {
      assert.throws(() => evidence.check({ ...given, ...change }), NotSignedIn, JSON.stringify(change));
    }
    const other = createInsurerClient({
      insurers: [],
      allowPrivateAddresses: false,
      publicUrl: "",
      sessionKeys: [Buffer.alloc(32, 8)],
      clock,
      log,
    });
    assert.throws(() => other.evidence.check(given), NotSignedIn);
    const keys = { sessionKeys: [Buffer.alloc(32, 8), Buffer.alloc(32, 7)], publicUrl: "", now: () => clock.now() };
    assert.ok(createEvidenceLinks(keys).check(given), "of a SESSION_KEY that is accepted beside the new one");
  });
});
