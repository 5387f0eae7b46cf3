import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { piecesOf, sha256Of, type Told, UploadPhone } from "../h5/upload-phone.ts";
import { another, largePhoto } from "../support/large-photo.ts";
import { meanwhile, p99Of } from "./push-load.ts";
import { nextPush } from "./push-traffic.ts";
import type { Opened, Usage } from "./upload-server.ts";

/**
 * How a picture comes: as the page's script sends a large one, as it sends a small one, and as the plain form
 * does.
 */
const WAYS = { pieces: sendPieces, whole: sendWhole, form: sendForm };
type Way = keyof typeof WAYS;

export interface UploadLoad extends Usage {
  uploads: number;
  /** bytes of all pictures together */
  totalMb: number;
  /** answers 503 and 429, each of them followed by another attempt */
  sentAway: number;
  /**
   * pictures that were there although they had been sent away, or were not there although they had been
   * taken, or twice
   */
  faults: string[];
  seconds: number;
  /**
   * the account's pushes while the pictures come: how long the slowest hundredth waits, and how many were not
   * answered
   */
  pushP99Ms: number;
  pushesLost: number;
}

const PUSHES_PER_SECOND = 20;

export interface Crowd {
  count: number;
  picture: Buffer;
  ways: readonly Way[];
  /**
   * No wait ends by the clock, at the server or at the phones: a phone that was refused comes again when
   * another's picture is stored.
   */
  calm?: boolean;
}

/**
 * Sends one picture from each of many phones at once, and again after a refusal; in the end each must be
 * stored once, exactly.
 */
export async function loadUploads({ count, picture, ways, calm }: Crowd): Promise<UploadLoad> {
  const program = fileURLToPath(new URL("./upload-server.js", import.meta.url));
  const server = fork(program, calm ? ["calm"] : [], { stdio: "inherit" });
  const again = calm ? createTurns(count) : HURRY;
  try {
    await once(server, "message");
    const phones = await ask<Opened[]>(server, "open", count);
    const start = performance.now();
    const sending = Promise.all(
      phones.map(({ base, ...session }, n) =>
        upload(new UploadPhone(base, session), another(picture), { way: ways[n % ways.length]!, again }),
      ),
    );
    const { port } = new URL(phones[0]!.base);
    const make = () => nextPush("safe");
    const pushes = await meanwhile(Number(port), { perSecond: PUSHES_PER_SECOND, until: sending, make });
    const sent = await sending;
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    const usage = await ask<Usage>(server, "usage");
    const held = await ask<string[][]>(server, "held");
    const lost = held.flatMap((all, n) => (String(all) === sent[n]!.sha256 ? [] : [`phone ${n} has ${all.length}`]));
    return {
      uploads: count,
      totalMb: Math.round((count * picture.length) / 1024 ** 2),
      sentAway: sent.reduce((sum, { sentAway }) => sum + sentAway, 0),
      faults: [...sent.flatMap(({ faults }) => faults), ...lost],
      seconds,
      pushP99Ms: p99Of(pushes),
      pushesLost: pushes.filter(({ ok }) => !ok).length,
      ...usage,
    };
  } finally {
    if (server.connected) await ask(server, "stop");
  }
}

async function ask<T>(server: ChildProcess, name: string, count = 0): Promise<T> {
  const answered = once(server, "message");
  server.send([name, count]);
  return (await answered)[0] as T;
}

/** Decides when a refused phone tries again; notified of each stored picture. */
interface Again {
  wait(retryAfterS: number): Promise<void>;
  done(): void;
}

/** Less than it is asked for: these phones are in a hurry. */
const HURRY: Again = {
  wait: (retryAfterS) => sleep(retryAfterS * 1000 * (0.2 + Math.random() * 0.4)),
  done() {},
};

/**
 * A stored picture wakes all waiting phones, so that none retries without a reason, however slow the machine.
 */
function createTurns(count: number): Again {
  let underWay = count;
  let waiting: (() => void)[] = [];
  const call = () => {
    const called = waiting;
    waiting = [];
    underWay += called.length;
    for (const go of called) go();
  };
  return {
    wait: () =>
      new Promise((go) => {
        waiting.push(go);
        underWay--;
        // an answer may have come after the call that it should have waited for
        if (underWay === 0) call();
      }),
    done() {
      underWay--;
      call();
    },
  };
}

async function upload(phone: UploadPhone, picture: Buffer, { way, again }: { way: Way; again: Again }) {
  const sha256 = sha256Of(picture);
  const faults: string[] = [];
  let sentAway = 0;
  while (true) {
    const told = await WAYS[way](phone, picture);
    const state = await phone.ask(`/${sha256}`, { method: "GET" });
    // where nothing is said of what is there, the picture is sent once more
    const { status, body, headers } = state.status === 200 ? told : state;
    const isThere = String(state.body["slots"]) === "scene";
    if (status === 200 && isThere) {
      again.done();
      return { sha256, sentAway, faults };
    }
    // a page that waited too long for the database does not say what became of it
    if (isThere && body.error?.code !== "database-away") faults.push(`${way}: ${status} and yet there`);
    if (status === 200) faults.push(`${way}: taken and not there`);
    if (status !== 503 && status !== 429) throw new Error(`${way}: ${status} ${body.error?.code}`);
    if (!headers["retry-after"]) faults.push(`${way}: ${status} without Retry-After`);
    sentAway++;
    await again.wait(Number(headers["retry-after"]));
  }
}

async function sendPieces(phone: UploadPhone, picture: Buffer): Promise<Told> {
  const path = `/${sha256Of(picture)}`;
  const state = await phone.ask(path, { method: "GET" });
  if (state.status !== 200) return state;
  const here = state.body["pieces"] as number[];
  for (const [n, bytes] of piecesOf(picture).entries()) {
    if (here.includes(n)) continue;
    const told = await phone.ask(`${path}/${n}`, { method: "PUT", bytes });
    if (told.status !== 200) return told;
  }
  return phone.finish(picture, "scene");
}

function sendWhole(phone: UploadPhone, picture: Buffer): Promise<Told> {
  return phone.whole(picture, "scene");
}

const BOUNDARY = "----kuaichu";
const part = (name: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`;

function sendForm(phone: UploadPhone, picture: Buffer): Promise<Told> {
  const head = `${part("_csrf")}\r\n\r\n${phone.token}\r\n${part("scene")}; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(head), picture, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  return new UploadPhone(phone.base.replace(/uploads$/, "photos"), phone).ask("", { bytes, headers });
}

/**
 * 200 phones with a picture of 12 megapixels each; fails when one is lost or the server holds more than the
 * bound.
 */
export async function benchUploads(): Promise<UploadLoad> {
  const picture = await largePhoto({ width: 4032, height: 3024 });
  const load = await loadUploads({ count: 200, picture, ways: ["pieces", "whole", "form"] });
  if (load.faults.length > 0) throw new Error(load.faults.join("; "));
  return load;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(`${JSON.stringify(await benchUploads())}\n`);
