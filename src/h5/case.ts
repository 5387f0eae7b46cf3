import type { Language } from "../domain/accident.ts";
import { saidStep } from "../domain/dispute-view.ts";
import { LIFETIME_HOURS } from "../domain/expiry.ts";
import { DIGITS_MINUTES, INVITATION_MINUTES } from "../domain/invitation.ts";
import type { TimelineEntry } from "../domain/timeline.ts";
import type { View } from "../domain/view.ts";
import { IDLE_MS, LIFE_MS } from "../http/session.ts";
import type { Translate } from "../render.ts";
import { claimLine } from "./claims.ts";
import type { PartyPage } from "./page.ts";
import { seenPhotos } from "./seen-photos.ts";
import { dayTimeText, timeText, yearTimeText } from "./times.ts";

/** What both drivers say of where, when and in which weather; null while something of it lacks. */
function sceneOf({ scene }: View, language: Language): object | null {
  const { occurredAt, address, weather, weatherWord } = scene;
  if (!occurredAt || !address || !weather) return null;
  return { time: yearTimeText(occurredAt, language), address, weather, word: weatherWord };
}

/** How long the case, the codes and a sign-in last. */
const LIFETIMES = {
  case: LIFETIME_HOURS,
  code: INVITATION_MINUTES,
  digits: DIGITS_MINUTES,
  session: LIFE_MS / 3600_000,
  idle: IDLE_MS / 60_000,
};

/** The case page: what happened so far, how the claim stands, and always one answer to "what now?". */
export const casePage: PartyPage = {
  path: "",
  template: "h5/case.njk",
  show: ({ ctx, view, person, t }) => {
    const now = ctx.clock.now();
    const { language } = person;
    return {
      now: t(`h5.case.step.${saidStep(view)}`),
      act: t(`h5.case.act.${view.step}`),
      opened: dayTimeText(view.openedAt, now, language),
      // read from the latest on
      timeline: view.timeline
        .toReversed()
        .map((entry) => ({ ...entry, words: eventText(entry, t), time: timeText(entry.at, now, language) })),
      scene: sceneOf(view, language),
      shown: seenPhotos(view),
      car: carText(view, t),
      lifetimes: !view.isRunning ? null : t("h5.case.lifetimes", LIFETIMES),
      line: view.concludedAt || view.claims.length > 0 ? claimLine(view, { config: ctx.config, now, language }) : null,
    };
  },
};

function eventText({ type, status, count }: TimelineEntry, t: Translate): string {
  if (type === "photos-stored") return t("h5.case.event.photos-stored", { n: count });
  if (type === "claim-status-changed")
    return t("h5.case.event.claim-status-changed", { status: status ? t(`h5.claim.${status}`) : "" });
  return t(`h5.case.event.${type}`);
}

/** Whose car it is and what for, as this driver said; null: nothing was said. */
function carText({ me: { details } }: View, t: Translate): string | null {
  const owner = details?.owner && t("h5.car.saidOwner", { owner: t(`h5.car.owner.${details.owner}`) });
  const use = details?.use && t("h5.car.saidUse", { use: t(`h5.car.use.${details.use}`) });
  return [owner, use].filter(Boolean).join(" · ") || null;
}
