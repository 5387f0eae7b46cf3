import type { InboundMessage } from "../message.ts";

/** The typed push behind a Wechaty message of this puppet. Throws TypeError for a message of another one. */
export function oaOf(message: object): InboundMessage {
  const { payload } = message as { payload?: { oa?: InboundMessage } };
  if (!payload?.oa) throw new TypeError("not a message of an official account");
  return payload.oa;
}
