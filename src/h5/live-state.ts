import { createHash } from "node:crypto";
import type { View } from "../domain/view.ts";
import { LONG_WAIT_MS, mayRemind } from "../domain/waiting.ts";
import type { PageRequest } from "./page.ts";
import { pageUrl } from "./page.ts";
import { isOpen } from "./resume.ts";
import { minutesBetween } from "./times.ts";
import { waitedText } from "./wait.ts";

/** What an open page is told, by its stream or when it asks. */
export interface Live {
  step: string;
  joined: boolean;
  /** what the other driver has to do next, or has done */
  text: string;
  /** when the other driver looked at that step's page; "" where they have nothing to do */
  seen: string;
  /** they have looked within two minutes */
  isNear: boolean;
  /** how long this driver has been waiting; "" where they do not */
  waited: string;
  /** differs when the page shows something that has changed */
  mark: string;
  /**
   * What the page then does: `reload`; `ask` first where something was typed; `self`: its own script renews
   * it.
   */
  renew: "reload" | "ask" | "self";
}

type Asked = Pick<PageRequest, "ctx" | "view" | "person" | "t">;

/** What changes a page on which a driver enters something; every other page shows all of the view. */
const ENTRIES: Record<string, { renew: "ask" | "self"; shows(view: View): unknown }> = {
  photos: { renew: "self", shows: ({ photos, askedPhoto }) => [photos, askedPhoto] },
  extras: { renew: "self", shows: ({ photos }) => photos },
  place: { renew: "ask", shows: ({ open }) => open.includes("place") },
  details: { renew: "ask", shows: ({ open }) => open.includes("details") },
  licence: { renew: "ask", shows: ({ open }) => open.includes("details") },
  statement: { renew: "ask", shows: ({ open }) => open.includes("statement") },
  evidence: { renew: "ask", shows: ({ step, dispute, photos }) => [step, dispute?.application, photos.length] },
  letter: { renew: "ask", shows: ({ dispute, claims }) => [dispute?.letter?.number, dispute?.withdrawn, claims] },
  sign: { renew: "ask", shows: ({ open, agreement }) => [open.includes("sign"), agreement] },
  "way-out": { renew: "ask", shows: ({ step }) => step === "ended" },
};

const NEAR_MINUTES = 2;

/** The page of a case that this request is about: the rest of its path, or what a stream names as `page`. */
export function pageOf({ koa, view }: Pick<PageRequest, "koa" | "view">): string {
  const named = koa.query["page"];
  const path = typeof named === "string" ? named : koa.path.slice(pageUrl(view.id).length + 1);
  return /^[\w-]{1,40}$/.test(path) ? path : "";
}

export function liveOf(asked: Asked, page: string): Live {
  const { view, t } = asked;
  const now = asked.ctx.clock.now();
  const { activity, joined, look } = view.other;
  const minutes = look?.at ? minutesBetween(look.at, now) : null;
  const entry = Object.hasOwn(ENTRIES, page) ? ENTRIES[page] : undefined;
  return {
    step: view.step,
    joined,
    text: t(`h5.activity.${activity}`),
    seen: look ? seenText(minutes, t) : "",
    isNear: joined && (!look || (minutes !== null && minutes < NEAR_MINUTES)),
    waited: view.step === page ? waitedText(asked, page) : "",
    mark: digest([view.step === "ended", entry ? entry.shows(view) : everything(view, now)]),
    renew: entry?.renew ?? "reload",
  };
}

function seenText(minutes: number | null, t: Asked["t"]): string {
  if (minutes === null) return t("h5.seen.never");
  if (minutes < NEAR_MINUTES) return t("h5.seen.just");
  return minutes < 60 ? t("h5.seen.minutes", { n: minutes }) : t("h5.seen.hours", { n: Math.floor(minutes / 60) });
}

/** All that the page may show, without what it is told in words, and what changes with the time alone. */
function everything({ other, open: _, ...view }: View, now: Date): unknown {
  const { invitation, waiting } = view;
  const isAlive = invitation && [invitation.expiresAt > now, invitation.digitsExpireAt > now];
  const isLong = now.getTime() - waiting.since.getTime() >= LONG_WAIT_MS;
  return [view, other.joined, isAlive, isLong, mayRemind(waiting, now), isOpen(view, now)];
}

const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 12);
