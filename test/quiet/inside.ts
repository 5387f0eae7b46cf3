import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { resolve4 } from "node:dns/promises";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildWall } from "../../src/photos/lane/wall.ts";
import { createPlateReader } from "../../src/photos/plates/reader.ts";
import { PAINTED_KINDS } from "../bench/plates/plate-kinds.ts";
import { paintScene } from "../bench/plates/scene.ts";
import { ServerProcess } from "../demo/server-process.ts";
import { freePort } from "../support/database.ts";
import { type DriverCard, drivingLicence } from "../support/painted-licences.ts";
import { startWatch, type Tried, type Watch } from "./watch.ts";

const DEMO = fileURLToPath(new URL("../demo/main.js", import.meta.url));
/**
 * Tried by this process itself, to prove that the watch sees it: a name and addresses reserved for
 * documentation.
 */
const CONTROL = { name: "control.invalid", addresses: ["192.0.2.1", "2001:db8::1"] };

const DRIVER: DriverCard = {
  number: "310101199001010011",
  name: "张三",
  sex: "男",
  bornOn: "1990-01-01",
  issuedOn: "2015-05-05",
  carClass: "C1",
  validFrom: "2021-05-05",
  validTo: "2031-05-05",
};

/**
 * Runs in a closed world, for the given seconds: a server as `npm start` starts it, the demo again and again,
 * and the reader on plates and a licence.
 */
async function main(dir: string, seconds: number): Promise<void> {
  const watch = await startWatch();
  const control = await tryControl(watch);
  assert.notEqual(buildWall([]).fault, null, "a wall would hide what the picture processes try");
  const until = performance.now() + seconds * 1000;
  const isOver = () => performance.now() >= until;
  const port = await freePort();
  const server = new ServerProcess(`http://127.0.0.1:${port}`, {
    PORT: String(port),
    DATA_DIR: join(dir, "data"),
    LOG_LEVEL: "error",
  });
  await server.start();
  try {
    const [settled, read] = await Promise.all([settleUntil(isOver, join(dir, "out")), readUntil(isOver)]);
    process.stdout.write(`${seconds} s with a server, ${settled} settlements and ${read} pictures read\n`);
  } finally {
    await server.stop();
  }
  const { names, addresses } = watch.tried();
  watch.close();
  report({ names, addresses }, control);
}

/** Tries a name and addresses and gives what the watch has to have seen of it, now and at the end. */
async function tryControl(watch: Watch): Promise<Tried> {
  await assert.rejects(resolve4(CONTROL.name));
  const addresses = CONTROL.addresses.filter((address) => !address.includes(":") || existsSync("/proc/net/if_inet6"));
  // each fails when nobody at the cable's other end has answered for its address
  for (const host of addresses) await once(connect({ host, port: 443 }), "error").catch(() => {});
  const seen = watch.tried();
  assert.deepEqual([[...seen.names.keys()], seen.addresses], [[CONTROL.name], addresses]);
  return { names: new Map(seen.names), addresses };
}

async function settleUntil(isOver: () => boolean, out: string): Promise<number> {
  for (let settled = 0; ; settled++) {
    if (settled > 0 && isOver()) return settled;
    const demo = spawn(process.execPath, [DEMO, "--out", out], { stdio: ["ignore", "ignore", "inherit"] });
    const [code] = await once(demo, "exit");
    assert.equal(code, 0, "the demo");
  }
}

async function readUntil(isOver: () => boolean): Promise<number> {
  const reader = createPlateReader();
  assert.ok(await reader.isAvailable(), "the reader's packages are not installed");
  try {
    for (let read = 0; ; read++) {
      if (read > 1 && isOver()) return read;
      if (read % 4 === 3) await reader.readLicence(await drivingLicence(DRIVER), "driving-licence");
      else await reader.read((await paintScene(PAINTED_KINDS[read % PAINTED_KINDS.length]!, read, null)).bytes);
    }
  } finally {
    await reader.close();
  }
}

/** Ends the process with 1 for any name or address but the control's own. */
function report({ names, addresses }: Tried, control: Tried): void {
  for (const [name] of control.names) assert.ok(names.has(name), "the watch has lost what it had seen");
  for (const address of control.addresses)
    assert.ok(addresses.includes(address), "the watch has lost what it had seen");
  const foreign = [
    ...[...names].filter(([name]) => !control.names.has(name)).map(([name, times]) => `name ${name}, ${times} times`),
    ...addresses.filter((address) => !control.addresses.includes(address)).map((address) => `address ${address}`),
  ];
  if (foreign.length > 0) process.exitCode = 1;
  const verdict =
    foreign.length > 0 ? `not quiet:\n  ${foreign.join("\n  ")}` : "quiet: no name and no address was tried";
  process.stdout.write(`${verdict}\n`);
}

const [dir = "", seconds = ""] = process.argv.slice(2);
await main(dir, Number(seconds));
