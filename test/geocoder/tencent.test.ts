import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";
import { pino } from "pino";
import { NO_GEOCODER } from "../../src/geocoder/geocoder.ts";
import { createTencentGeocoder } from "../../src/geocoder/tencent.ts";
import { standingClock } from "../support/clocks.ts";
import { listen, type RunningServer } from "../support/platform-server.ts";

const KEY = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF";
const SECRET = "abcdefghijklmnop";
const at = { lat: 31.2333, lng: 121.4667, crs: "WGS-84" as const };

describe("the service that names a road", () => {
  let server: RunningServer;
  let asked: string[] = [];
  let answer: (response: ServerResponse) => void = () => {};
  const lines: string[] = [];
  const clock = standingClock();
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  const made = (more: { secret?: string | null } = {}) =>
    createTencentGeocoder({ url: server.url, key: KEY, secret: SECRET, now: clock.now, timer: clock, log, ...more });

  before(async () => {
    server = await listen((request: IncomingMessage, response: ServerResponse) => {
      asked.push(String(request.url));
      answer(response);
    });
  });
  after(() => server.close());
  beforeEach(() => {
    asked = [];
    answer = (response) =>
      void response.end(JSON.stringify({ status: 0, result: { address: "人民大道", formatted_addresses: {} } }));
  });

  it("is asked with a signed query, once for a place", async () => {
    const geocoder = made();
    assert.deepEqual([await geocoder.addressOf(at), await geocoder.addressOf(at)], ["人民大道", "人民大道"]);
    assert.equal(asked.length, 1);
    const url = new URL(asked[0]!, server.url);
    const { sig, ...params } = Object.fromEntries(url.searchParams);
    assert.deepEqual(params, { coord_type: "1", get_poi: "0", key: KEY, location: "31.233300,121.466700" });
    const raw = `/ws/geocoder/v1/?coord_type=1&get_poi=0&key=${KEY}&location=31.233300,121.466700${SECRET}`;
    assert.equal(sig, createHash("md5").update(raw).digest("hex"));
    geocoder.close();
  });

  it("gives the name that people use before the postal address, as one line", async () => {
    const geocoder = made({ secret: null });
    answer = (response) =>
      void response.end(
        JSON.stringify({ status: 0, result: { address: "x", formatted_addresses: { recommend: " 外滩\u0007附近 " } } }),
      );
    assert.equal(await geocoder.addressOf({ ...at, crs: "GCJ-02" }), "外滩附近");
    assert.match(asked[0]!, /coord_type=5/);
    assert.doesNotMatch(asked[0]!, /sig=/);
    geocoder.close();
  });

  it("is left alone for a minute after three failures, and says of them a code and no place", async () => {
    const geocoder = made();
    answer = (response) => void response.end(JSON.stringify({ status: 121, message: "quota" }));
    for (let n = 0; n < 5; n++) assert.equal(await geocoder.addressOf({ ...at, lat: 30 + n }), null);
    assert.equal(asked.length, 3);
    assert.ok(lines.some((line) => line.includes("status-121")) && !lines.some((line) => line.includes("121.4667")));
    clock.advance(60_001);
    answer = (response) => void response.end("<html>");
    assert.equal(await geocoder.addressOf(at), null);
    assert.equal(asked.length, 4);
    geocoder.close();
  });

  it("does not hold up a page that waits for it", async () => {
    const geocoder = made();
    answer = () => {};
    const waiting = geocoder.addressOf({ ...at, lat: 40 });
    await clock.limitOf(1_500);
    clock.advance(1_500);
    assert.equal(await waiting, null);
    geocoder.close();
  });

  it("that is not configured is nobody", async () => {
    assert.equal(await NO_GEOCODER.addressOf(at), null);
  });
});
