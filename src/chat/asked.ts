import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import type { MessageKind, MessageOf } from "../wechat/message.ts";

/** A message to answer. */
export interface Asked<K extends MessageKind = MessageKind> {
  ctx: Context;
  message: MessageOf<K>;
  person: Person;
  /** True while further pictures of this driver, sent after this message, wait to be processed. */
  morePhotos(): boolean;
}
