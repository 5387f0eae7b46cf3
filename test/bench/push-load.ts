import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Post } from "./push-traffic.ts";

/** The answer to one push. */
export interface Answered {
  ok: boolean;
  /** from the time at which it was due */
  ms: number;
}

/** The platform hangs up after five seconds. */
const ANSWER_MS = 5_000;

/** The platform sends to a busy account over many connections at once. */
const IN_FLIGHT = 32;

/**
 * Pushes as fast as the server answers, `inFlight` at a time. Throws when one is not answered with 200 and a
 * body.
 */
export async function closedLoop(port: number, posts: Post[], inFlight = IN_FLIGHT): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  let next = 0;
  const one = async () => {
    for (let post = posts[next++]; post; post = posts[next++]) {
      if (!(await send(agent, port, post)).ok) throw new Error("a push was not answered");
    }
  };
  const rest = stayAwake();
  try {
    await Promise.all(Array.from({ length: inFlight }, one));
  } finally {
    rest();
    agent.destroy();
  }
}

/**
 * A load generator that sleeps is woken by each answer at the writer's cost: always for a slow server, seldom
 * for a fast one. This keeps it awake.
 */
function stayAwake(): () => void {
  let awake = true;
  const spin = () => awake && setImmediate(spin);
  spin();
  return () => {
    awake = false;
  };
}

/** Pushes at their own pace, whether the server keeps up or not. */
export async function openLoop(
  port: number,
  { perSecond, seconds, make }: { perSecond: number; seconds: number; make: () => Post },
): Promise<Answered[]> {
  const agent = roomy();
  const start = performance.now();
  const answers: Promise<Answered>[] = [];
  for (let index = 0; index < perSecond * seconds; index++) {
    const due = start + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    answers.push(send(agent, port, make(), due));
  }
  const all = await Promise.all(answers);
  agent.destroy();
  return all;
}

/** Sends that many pushes per second until `until` is done. */
export async function meanwhile(
  port: number,
  { perSecond, until, make }: { perSecond: number; until: Promise<unknown>; make: () => Post },
): Promise<Answered[]> {
  const agent = roomy();
  const answers: Promise<Answered>[] = [];
  let isDone = false;
  until
    .finally(() => {
      isDone = true;
    })
    .catch(() => undefined);
  for (const start = performance.now(); !isDone; await sleep(Math.max(0, dueAt(answers, perSecond) - since(start))))
    answers.push(send(agent, port, make()));
  const all = await Promise.all(answers);
  agent.destroy();
  return all;
}

const dueAt = ({ length }: unknown[], perSecond: number) => (length * 1000) / perSecond;
const since = (start: number) => performance.now() - start;
const roomy = () => new Agent({ keepAlive: true, maxSockets: 512 });

/** The longest of all but the slowest hundredth. */
export function p99Of(answers: Answered[]): number {
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return Number((times[Math.ceil(times.length * P99) - 1] ?? 0).toFixed(1));
}
const P99 = 0.99;

function send(agent: Agent, port: number, { path, body }: Post, due = performance.now()): Promise<Answered> {
  return new Promise((resolve) => {
    const done = (ok: boolean) => resolve({ ok, ms: performance.now() - due });
    const headers = { "content-type": "text/xml", "content-length": Buffer.byteLength(body) };
    const sent = request({ agent, host: "127.0.0.1", port, method: "POST", path, headers }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      // `success` is an answer too, but not the one that this text is owed.
      answer.on("end", () => done(answer.statusCode === 200 && bytes > "success".length));
    });
    sent.setTimeout(ANSWER_MS, () => sent.destroy());
    sent.on("error", () => done(false));
    sent.end(body);
  });
}
