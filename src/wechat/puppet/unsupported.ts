import { NotAllowed } from "../../errors.ts";

/**
 * Thrown for what an official account does not have: rooms, friends, moments. `details.method` names the
 * method.
 */
export class UnsupportedByOfficialAccount extends NotAllowed {
  constructor(method: string) {
    super("unsupported-by-official-account", { method });
  }
}

/** Puppet methods without a meaning between an account and one person. */
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
