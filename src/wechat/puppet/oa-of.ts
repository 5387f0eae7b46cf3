import type { InboundMessage } from "../message.ts";

/** Returns the typed push behind a Wechaty message of this puppet. Throws TypeError for any other message. */
export function oaOf(message: object): InboundMessage {
  const { payload } = message as { payload?: { oa?: InboundMessage } };
  if (!payload?.oa) throw new TypeError("not a message of an official account");
  return payload.oa;
}
