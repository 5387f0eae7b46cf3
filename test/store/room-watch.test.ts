import assert from "node:assert/strict";
import { test } from "node:test";
import { createRoomWatch, QUIET_MS } from "../../src/store/room-watch.ts";
import { capturedLog } from "../support/captured-log.ts";

test("a full store is an error once and every hour while it lasts, and room is told when nothing was refused for a while", () => {
  const { log, lines } = capturedLog();
  const start = Date.parse("2026-06-01T08:00:00Z");
  let nowMs = start;
  const room = createRoomWatch({ log, now: () => new Date(nowMs) });
  const told = () => lines.splice(0).map((line) => [JSON.parse(line).msg, JSON.parse(line).level]);
  room.taken();
  assert.deepEqual([told(), room.fullSince()], [[], null]);
  for (let minute = 0; minute < 125; minute++, nowMs += 60_000) {
    room.refused();
    room.taken();
  }
  assert.deepEqual(told(), Array(3).fill(["storage.full", "error"]));
  assert.deepEqual(room.fullSince(), new Date(start));
  nowMs += QUIET_MS;
  assert.deepEqual(room.fullSince(), new Date(start), "as long as nothing was taken");
  room.taken();
  assert.deepEqual([told(), room.fullSince()], [[["storage.room-again", "info"]], null]);
});
