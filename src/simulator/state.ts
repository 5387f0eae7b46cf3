import type { Desk } from "./pages.ts";

/** Everything that the page shows: both chats, the claims at the insurers, the log of what was pushed. */
export function stateOf({ platform, insurers, phones }: Desk): object {
  return {
    phones: phones.map((phone) => ({
      index: phone.index,
      follows: platform.people.find(phone.openid)?.follows ?? false,
      chat: platform.people.find(phone.openid) ? platform.chat(phone.openid) : [],
    })),
    menu: platform.menu(),
    codes: platform.qrs().length,
    claims: insurers.inbox().map((claim) => ({ ...claim, body: JSON.parse(claim.body) })),
    refused: insurers.refused(),
    pushes: platform.pushes.slice(-30),
  };
}
