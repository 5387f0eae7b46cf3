import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Embedded, startEmbedded } from "../../../src/embedded/embedded.ts";
import { type PictureProcess, startPictureProcess } from "../../../src/photos/lane/picture-process.ts";
import { buildWall, NO_WALL, type Wall } from "../../../src/photos/lane/wall.ts";
import { createPlateReader } from "../../../src/photos/plates/reader.ts";
import { PAINTED_KINDS } from "../../bench/plates/plate-kinds.ts";
import { paintScene } from "../../bench/plates/scene.ts";
import { childrenOf, descriptorsOf, environmentOf, internetSocketsOf } from "../../support/process-facts.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ENVIRONMENT = ["MALLOC_ARENA_MAX=2", "ORT_DISABLE_TELEMETRY=1", "UV_THREADPOOL_SIZE=2"];
const PRYING = new URL("./prying-process.js", import.meta.url);
const dir = temporaryFolder("wall");
const secret = join(dir, "data-key");
const open = join(dir, "open");
const database = join(dir, "database");
const wall = buildWall([database, secret, join(dir, "is-not-there")]);
const door = createServer((socket) => socket.on("error", () => {}).end());
let embedded: Embedded;
let processes: PictureProcess[] = [];

before(async () => {
  embedded = await startEmbedded({ dir: database });
  writeFileSync(secret, "of all the rest");
  writeFileSync(open, "of the program");
  await new Promise<void>((listening) => door.listen(0, "127.0.0.1", listening));
});
after(async () => {
  await Promise.all(processes.map((one) => one.end()));
  door.close();
  await embedded.close();
});

/** Starts one and gives its number, too. */
function start(behind: Wall): { process: PictureProcess; pid: number } {
  const known = childrenOf(process.pid);
  const started = startPictureProcess(PRYING, { wall: behind, niceness: 0 });
  processes = [...processes, started];
  const [pid] = childrenOf(process.pid).filter((child) => !known.includes(child));
  return { process: started, pid: pid! };
}

async function pry({ process: of }: { process: PictureProcess }) {
  const { port } = door.address() as AddressInfo;
  const head = {
    read: [open, secret, database, `/proc/${process.pid}/environ`],
    write: [open],
    connect: [{ port, host: "127.0.0.1" }, { path: join(database, "mongodb.sock") }],
  };
  return (await of.run({ head, parts: [] })).head as Record<keyof typeof head, string[]>;
}

/** Other systems have neither /proc nor namespaces; what is said there is tested below. */
const onLinux = process.platform === "linux" ? describe : () => {};

onLinux("a process that decodes strangers' bytes", () => {
  it("has an environment of three names and no descriptor of the database, behind the wall and without it", async () => {
    for (const behind of [NO_WALL, wall]) {
      const started = start(behind);
      await started.process.run({ head: { read: [], write: [], connect: [] }, parts: [] });
      assert.deepEqual(environmentOf(started.pid).sort(), ENVIRONMENT);
      const held = descriptorsOf(started.pid);
      assert.ok(held.length > 3);
      assert.deepEqual(
        held.filter((target) => !/^(\/dev\/null|(socket|pipe):\[\d+\]|anon_inode:.*)$/.test(target)),
        [],
      );
      assert.deepEqual(internetSocketsOf(started.pid), []);
    }
  });

  it("behind the wall reaches nobody, reads neither keys nor data, and writes into no file", async () => {
    const { read, write, connect } = await pry(start(wall));
    const [openRead, ...closed] = read;
    assert.equal(openRead, "done");
    if (wall.fault === null) {
      assert.ok(!closed.includes("done"), String(closed));
      assert.deepEqual(write, ["EFBIG"]);
      assert.equal(connect[0], "ENETUNREACH");
      assert.match(String(connect[1]), /^(EACCES|ENOENT)$/);
    } else {
      // this machine allows none: the same program runs as it is
      assert.deepEqual(new Set([...closed, ...write, ...connect]), new Set(["done"]));
    }
  });
});

describe("the wall", () => {
  it("says why there is none, and then starts programs as they are", () => {
    // more than the kernel takes in one argument
    const none = buildWall([`/${"x".repeat(200_000)}`]);
    assert.match(String(none.fault), /./);
    assert.deepEqual(none.around(["node", "x.js"], { A: "1" }), ["node", "x.js"]);
  });
});

onLinux("the reader", () => {
  for (const [name, behind] of [
    ["without a wall", NO_WALL],
    ["behind the wall", wall],
  ] as const) {
    it(`${name} reads a plate, keeps no file open and has no socket to the internet`, async () => {
      const known = childrenOf(process.pid);
      const reader = createPlateReader({ wall: behind, niceness: 0 });
      const scene = await paintScene(PAINTED_KINDS[0]!, 3, null);
      assert.equal((await reader.read(scene.bytes))?.best?.plate, scene.plate);
      const [pid] = childrenOf(process.pid).filter((child) => !known.includes(child));
      assert.deepEqual(environmentOf(pid!).sort(), ENVIRONMENT);
      // its maker's reports would wait in a database in the home folder
      assert.deepEqual(
        descriptorsOf(pid!).filter((target) => /^\/(?!dev\/)/.test(target)),
        [],
      );
      assert.deepEqual(internetSocketsOf(pid!), []);
      assert.match(readFileSync(`/proc/${pid}/maps`, "utf8"), /onnxruntime/);
      await reader.close();
    });
  }
});
