import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import type { InboundMessage } from "../../src/wechat/message.ts";
import { createBot } from "../../src/wechat/puppet/create-bot.ts";
import { capturedLog } from "./captured-log.ts";

/**
 * A worker: sends many messages of many people through a bot and reports what it held afterwards and the
 * heap's growth.
 */
const { messages, people, warmUp } = workerData as { messages: number; people: number; warmUp: number };
const AT_ONCE = 500;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

function heapBytes(): number {
  gc();
  return getHeapStatistics().used_heap_size;
}

const nothing = async (): Promise<void> => {};
const outbound = {
  text: nothing,
  image: nothing,
  news: nothing,
  miniProgram: nothing,
  upload: async () => ({ mediaId: "m" }),
};
const bot = await createBot({ outbound, log: capturedLog().log });
let seen = 0;
bot.onMessage(async (message) => {
  seen += 1;
  await message.say("ok");
});

function textMessage(index: number): InboundMessage {
  const openid = `person-${index % people}`;
  const common = { openid, account: "gh_1", createdAt: new Date(), dedupKey: `${openid}:${index}` };
  return { ...common, kind: "text", content: `text ${index}` };
}

async function send(from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, index) => textMessage(first + index));
    await Promise.all(batch.map((message) => bot.deliver(message, { offer: () => false })));
  }
}

await send(0, warmUp);
const before = heapBytes();
await send(warmUp, messages);
parentPort!.postMessage({ seen, held: bot.held(), growthBytes: heapBytes() - before });
await bot.stop();
