import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, before, describe, it } from "node:test";
import Joi from "joi";
import Koa from "koa";
import { AppError } from "../../src/errors.ts";
import { readPosted } from "../../src/http/body.ts";
import { readCookie, readValue, sameSecret, setCookie, signValue } from "../../src/http/cookies.ts";
import { line, name, note, phone, plate } from "../../src/http/fields.ts";
import { createRateLimit } from "../../src/http/rate-limit.ts";
import { readMultipart } from "../../src/http/upload.ts";
import { validate } from "../../src/http/validate.ts";
import { createRender } from "../../src/render.ts";

type Config = Parameters<typeof setCookie>[1];
const key = Buffer.alloc(32, 7);
const t = createRender().words("en");

/** A real server whose one route reads a body and says what it read, or which error that made. */
const app = new Koa();
app.silent = true;
app.use(async (koa) => {
  try {
    const limits = { fileBytes: 1000, files: 2, fields: 3, fieldBytes: 100 };
    const { fields, files } =
      koa.path === "/multipart" ? await readMultipart(koa.req, limits) : await readPosted(koa, { maxBytes: 100 });
    koa.body = { fields, files: files.map(({ field, bytes }) => [field, bytes.length]) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    koa.status = error.status;
    koa.set("Connection", "close");
    koa.body = { code: error.code, field: error.details["field"] };
  }
});
const server = createServer(app.callback());
let base: string;
before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function post(path: string, body: string | FormData, type?: string) {
  const answer = await fetch(base + path, { method: "POST", body, headers: type ? { "content-type": type } : {} });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const part = (headers: string, content = "x") => `--b\r\n${headers}\r\n\r\n${content}\r\n`;
const field = (fieldName: string, content = "x") =>
  part(`Content-Disposition: form-data; name="${fieldName}"`, content);
const multipart = (body: string) => post("/multipart", body, "multipart/form-data; boundary=b");

describe("multipart bodies", () => {
  it("gives fields and files, leaves empty file inputs out", async () => {
    const body = new FormData();
    body.set("note", "好");
    body.set("scene", new Blob(["abc"]), "../../etc/passwd");
    body.set("extra", new Blob([]), "");
    const { status, body: read } = await post("/multipart", body);
    assert.equal(status, 200);
    assert.deepEqual(read, { fields: { note: "好" }, files: [["scene", 3]] });
  });

  it("stops at every limit: file size, files, fields, length of a field, parts", async () => {
    const file = (n: number, size: number) =>
      part(`Content-Disposition: form-data; name="f${n}"; filename="a.jpg"`, "x".repeat(size));
    const cases = {
      size: file(1, 1001),
      files: file(1, 1) + file(2, 1) + file(3, 1),
      fields: ["a", "b", "c", "d"].map((fieldName) => field(fieldName)).join(""),
      length: field("a", "x".repeat(101)),
      parts: Array.from({ length: 10_000 }, (_, n) => field(`f${n}`)).join(""),
    };
    for (const [limit, body] of Object.entries(cases))
      assert.equal((await multipart(`${body}--b--\r\n`)).status, 413, limit);
  });

  it("says which file was too large", async () => {
    const body = part('Content-Disposition: form-data; name="scene"; filename="a.jpg"', "x".repeat(2000));
    assert.deepEqual((await multipart(`${body}--b--\r\n`)).body, { code: "photo-too-large", field: "scene" });
  });

  it("refuses forbidden names, bodies that end in the middle and those without a boundary", async () => {
    for (const forbidden of ["__proto__", "constructor", "prototype"])
      assert.deepEqual(await multipart(`${field(forbidden)}--b--\r\n`), {
        status: 422,
        body: { code: "unknown-field", field: forbidden },
      });
    assert.equal((await multipart(field("a"))).status, 400);
    assert.equal(
      (await multipart('--b\r\nContent-Disposition: form-data; name="scene"; filename="a"\r\n\r\nab')).status,
      400,
    );
    assert.equal((await post("/multipart", "x", "multipart/form-data")).status, 400);
    assert.equal((await post("/multipart", "x", "text/plain")).status, 400);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  it("survives a sender who goes away, and serves the next one", async () => {
    const socket = connect(Number(new URL(base).port), "127.0.0.1");
    const head =
      "POST /multipart HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999\r\n\r\n";
    socket.write(head + field("a"));
    socket.destroy();
    await once(socket, "close");
    assert.equal((await multipart(`${field("a")}--b--\r\n`)).status, 200);
  });
});

describe("plain bodies", () => {
  const form = "application/x-www-form-urlencoded";
  it("a name that comes twice becomes a list, which no field takes", async () => {
    const { body } = await post("/", "a=1&a=2&b=%E5%A5%BD", form);
    assert.deepEqual(body["fields"], { a: ["1", "2"], b: "好" });
  });

  it("knows its limits and its kinds", async () => {
    assert.equal((await post("/", `a=${"x".repeat(100)}`, form)).status, 413);
    assert.equal((await post("/", "a", "text/plain")).status, 415);
    assert.equal((await post("/", "--b\r\n", "multipart/form-data; boundary=b")).status, 415);
    for (const body of ["[]", "null", "{", '"a"'])
      assert.equal((await post("/", body, "application/json")).status, 400, body);
    assert.equal((await post("/", '{"__proto__":{"polluted":1}}', "application/json")).status, 422);
    assert.deepEqual((await post("/", '{"a":{"$ne":null}}', "application/json")).body["fields"], { a: { $ne: null } });
  });
});

describe("fields", () => {
  const schema = Joi.object({ name, note, plate, phone, place: line(5) });
  const check = (fields: Record<string, unknown>) => validate(schema, fields, t);
  const faulty = (fields: Record<string, unknown>) => {
    const checked = check(fields);
    return "errors" in checked ? Object.keys(checked.errors) : [];
  };

  it("normalises what people type", () => {
    const checked = check({
      name: " 张伟 ",
      note: "a\r\nb",
      plate: " 沪a·12345",
      phone: "+86 138-0013-8000",
      place: "延安东路",
    });
    assert.deepEqual("body" in checked && checked.body, {
      name: "张伟",
      note: "a\nb",
      plate: "沪A12345",
      phone: "13800138000",
      place: "延安东路",
    });
  });

  it("takes off marks without width, as they come with what is copied", () => {
    const checked = check({ place: "\u2066延安\u200b东路\u2069\ufeff" });
    assert.equal("body" in checked && checked.body.place, "延安东路");
  });

  it("refuses everything that is not text, by its name", () => {
    for (const value of [{ $ne: null }, ["a"], { $gt: "" }, null, 5, true])
      for (const fieldName of ["name", "note", "plate", "phone", "place"])
        assert.deepEqual(faulty({ [fieldName]: value }), [fieldName], JSON.stringify(value));
  });

  it("refuses control and turning characters, too much text, unknown names", () => {
    for (const text of ["a\u0000", "a\u202eb", "\u200fa", "a\nb\u0007"])
      assert.deepEqual(faulty({ name: text }), ["name"]);
    assert.deepEqual(faulty({ note: "x".repeat(201), place: "123456", name: "x".repeat(51) }), [
      "name",
      "note",
      "place",
    ]);
    assert.deepEqual(faulty({ admin: "1" }), ["admin"]);
    assert.deepEqual(faulty({ plate: "'; drop", phone: "12345" }), ["plate", "phone"]);
  });

  it("keeps what was typed, texts only, and says each fault in words", () => {
    const checked = check({ name: "x", phone: "12", plate: ["a"] });
    assert.ok("errors" in checked);
    assert.deepEqual(checked.values, { name: "x", phone: "12" });
    assert.equal(
      checked.errors["phone"],
      "A mobile number has 11 digits; one from abroad begins with its country code",
    );
    assert.match(String(checked.errors["plate"]), /plate/);
  });
});

describe("signed values", () => {
  it("are read only as they were written, for what they were written", () => {
    const signed = signValue(key, "session", { id: "1" });
    assert.deepEqual(readValue([key], "session", signed), { id: "1" });
    const [text, mac] = signed.split(".");
    for (const other of [
      undefined,
      "",
      "a",
      `${text}.`,
      `.${mac}`,
      `${signed}.x`,
      `${text}x.${mac}`,
      signed.slice(0, -1),
    ])
      assert.equal(readValue([key], "session", other), null, String(other));
    assert.equal(readValue([key], "oauth", signed), null);
    assert.equal(readValue([Buffer.alloc(32, 8)], "session", signed), null);
  });

  it("compares secrets of unequal lengths", () => {
    assert.ok(sameSecret("a", "a"));
    assert.ok(!sameSecret("a", "aa"));
    assert.ok(!sameSecret("", "a"));
  });
});

describe("cookies", () => {
  it("are bound to the host and to https where the address is https", async () => {
    for (const [publicUrl, expected] of [
      ["https://kuaichu.example", "__Host-kc=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"],
      ["http://localhost:8080", "kc=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"],
    ]) {
      const config = { publicUrl } as Config;
      const one = new Koa();
      let read: string | undefined;
      one.use((koa) => {
        read = readCookie(koa, config, "kc");
        setCookie(koa, config, { name: "kc", value: "v", maxAgeS: 60 });
        koa.body = "";
      });
      const listening = createServer(one.callback()).listen(0, "127.0.0.1");
      await once(listening, "listening");
      const { port } = listening.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie: "kc=plain; __Host-kc=bound" } });
      listening.closeAllConnections();
      listening.close();
      assert.deepEqual(answer.headers.getSetCookie(), [expected]);
      assert.equal(read, publicUrl!.startsWith("https") ? "bound" : "plain");
    }
  });
});

describe("the brake for costly calls", () => {
  it("lets a burst through, then a trickle, each caller on his own", () => {
    let now = 0;
    const limit = createRateLimit({ capacity: 3, perMinute: 2, now: () => new Date(now) });
    const mayTake = (caller: string) => {
      try {
        limit.take(caller);
        return true;
      } catch (error) {
        assert.equal((error as AppError).status, 429);
        return false;
      }
    };
    assert.deepEqual(
      [1, 2, 3, 4].map(() => mayTake("a")),
      [true, true, true, false],
    );
    assert.ok(mayTake("b"));
    now += 30_000;
    assert.deepEqual(
      [1, 2].map(() => mayTake("a")),
      [true, false],
    );
    now += 3_600_000;
    assert.deepEqual(
      [1, 2, 3, 4].map(() => mayTake("a")),
      [true, true, true, false],
    );
  });
});
