import { behaviourOf } from "./behaviours.ts";
import type { Desk } from "./desk.ts";
import type { ReceivedClaim } from "./insurer/inbox.ts";

/**
 * Everything that the page shows: both chats, the claims at the insurers, undelivered ones, the log of
 * pushes.
 */
export async function stateOf(desk: Desk): Promise<object> {
  const { platform, insurers, phones, rounds, operator } = desk;
  const openids = phones.map(({ openid }) => openid);
  return {
    round: rounds.current().id,
    now: desk.now(),
    phones: phones.map((phone) => ({
      index: phone.index,
      follows: platform.people.find(phone.openid)?.follows ?? false,
      chat: platform.people.find(phone.openid) ? platform.chat(phone.openid) : [],
    })),
    menu: platform.menu(),
    hasCode: rounds.newestCode() !== null,
    insurers: insurersOf(desk),
    claims: insurers.inbox().map((claim) => shownClaim(desk, claim)),
    undelivered: (await operator.undelivered()).map((one) => ({ ...one, isEarlier: rounds.isEarlier(one.createdAt) })),
    circuits: operator.circuits(),
    waiting: await operator.waiting(),
    pushes: platform.pushes.filter(({ openid }) => openids.includes(openid)).slice(-30),
  };
}

const insurersOf = ({ config, insurers }: Desk) =>
  config.insurers
    .filter(({ code }) => config.standIns.insurers.includes(code))
    .map(({ code, zh, en }) => ({ code, zh, en, behaviour: behaviourOf(insurers.modeOf(code)) }));

function shownClaim({ insurers, rounds }: Desk, claim: ReceivedClaim): object {
  const body = JSON.parse(claim.body);
  const tries = insurers.arrivals(claim.code).filter(({ id }) => id === claim.id).length;
  return { ...claim, body, tries, isEarlier: rounds.isEarlier(new Date(body.data.accident.reportedAt)) };
}
