import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { it } from "node:test";
import { diskAt } from "../../src/embedded/disk/disk.ts";
import { Room } from "../../src/embedded/disk/room.ts";

const MB = 1024 * 1024;
const FULL = { code: 14031 };

it("a disk that is nearly full takes no photograph, and still the small things of a case", () => {
  const room = new Room(() => 10 * MB);
  assert.throws(() => room.take(MB), FULL);
  for (let n = 0; n < 50; n++) room.take(2_000);
});

it("what is on its way to the disk is counted until it is there", () => {
  const room = new Room(() => 20 * MB);
  room.take(3 * MB);
  assert.throws(() => room.take(3 * MB), FULL);
  room.written(room.taken);
  room.take(3 * MB);
});

it("the last room is refused to everybody: the database lives on", () => {
  const room = new Room(() => 4 * MB);
  assert.throws(() => room.take(1), FULL);
});

it("the free bytes of a folder are those of its disk", () => {
  assert.ok(diskAt(tmpdir()).freeBytes() > 0);
});
