import { NotAllowed } from "../../errors.ts";

/** Wechaty knows things that an official account has not: rooms, friends, moments. `details.method` names what was asked for. */
export class UnsupportedByOfficialAccount extends NotAllowed {
  constructor(method: string) {
    super("unsupported-by-official-account", { method });
  }
}

/** The puppet methods that mean nothing between an account and one person. */
export const UNSUPPORTED_METHODS = [
  ...["contactAlias", "contactAvatar", "contactCorporationRemark", "contactDescription", "contactPhone"],
  ...["contactSelfName", "contactSelfQRCode", "contactSelfSignature", "conversationReadMark"],
  ...["friendshipAccept", "friendshipAdd", "friendshipRawPayload", "friendshipRawPayloadParser"],
  ...["friendshipSearchHandle", "friendshipSearchPhone"],
  ...["messageContact", "messageMiniProgram", "messageRecall"],
  ...["messageSendContact", "messageSendLocation", "messageSendPost"],
  ...["postPublish", "postRawPayload", "postRawPayloadParser", "postSearch"],
  ...["roomAdd", "roomAnnounce", "roomAvatar", "roomCreate", "roomDel", "roomInvitationAccept"],
  ...["roomInvitationRawPayload", "roomInvitationRawPayloadParser", "roomMemberList", "roomMemberRawPayload"],
  ...["roomMemberRawPayloadParser", "roomQRCode", "roomQuit", "roomRawPayload", "roomRawPayloadParser", "roomTopic"],
  ...["tagContactAdd", "tagContactDelete", "tagContactRemove", "tap", "tapSearch"],
] as const;

/** Gives a puppet class these methods, each of which rejects. */
export function refuseUnsupported(prototype: object): void {
  for (const method of UNSUPPORTED_METHODS) {
    const value = async (): Promise<never> => {
      throw new UnsupportedByOfficialAccount(method);
    };
    Object.defineProperty(prototype, method, { value, configurable: true, writable: true });
  }
}
