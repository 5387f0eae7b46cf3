import { type payloads, types } from "wechaty-puppet";
import type { InboundMessage, MessageKind } from "../message.ts";

/** Wechaty has no channel for events: they are messages of type Unknown, which oaOf reads. */
const TYPES: Partial<Record<MessageKind, types.Message>> = {
  text: types.Message.Text,
  image: types.Message.Image,
  voice: types.Message.Audio,
  video: types.Message.Video,
  shortvideo: types.Message.Video,
  location: types.Message.Location,
  link: types.Message.Url,
};

export interface RawMessage {
  readonly id: string;
  readonly listenerId: string;
  readonly oa: InboundMessage;
}

/** Wechaty's payload with the typed message as an own property, which its caches keep. */
export type OaPayload = payloads.Message & { readonly oa: InboundMessage };

export function toPayload({ id, listenerId, oa }: RawMessage): OaPayload {
  return {
    id,
    talkerId: oa.openid,
    listenerId,
    timestamp: Math.floor(oa.createdAt.getTime() / 1000),
    type: typeOf(oa),
    text: oa.kind === "text" ? oa.content : "",
    oa,
  };
}

function typeOf(oa: InboundMessage): types.Message {
  if (oa.kind === "unknown" && oa.type === "file") return types.Message.Attachment;
  return TYPES[oa.kind] ?? types.Message.Unknown;
}

/** Since 2021 the platform gives an account only openids, no nickname or avatar, so no call is made. */
export function contactPayload(id: string, isSelf: boolean): payloads.Contact {
  return {
    id,
    name: id,
    avatar: "",
    phone: [],
    gender: types.ContactGender.Unknown,
    type: isSelf ? types.Contact.Official : types.Contact.Individual,
    friend: true,
  };
}
