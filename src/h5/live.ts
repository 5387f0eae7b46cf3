import type Koa from "koa";
import { toBuffer } from "qrcode";
import { noteSeen } from "../actions/note-seen.ts";
import { noteShown } from "../actions/note-shown.ts";
import type { Context } from "../context.ts";
import { markOf } from "../domain/presence.ts";
import { NotFound } from "../errors.ts";
import type { EventStream } from "../http/event-stream.ts";
import { createRateLimit } from "../http/rate-limit.ts";
import { findPerson, sessionOf, withSession } from "../http/session.ts";
import { openParty } from "./controller.ts";
import { liveOf, pageOf } from "./live-state.ts";
import type { CaseRequest, PartyFile } from "./page.ts";

/** For a page without a stream: the same, each time that it asks. */
export const liveFile: PartyFile = {
  path: "live",
  isForNewcomers: true,
  async send(request: CaseRequest) {
    await noteLook(request, pageOf(request));
    await noteShownOn(request);
    return { type: "application/json", bytes: Buffer.from(textOf(request, pageOf(request))) };
  },
};

function textOf(request: CaseRequest, page: string): string {
  const { renew: _, ...live } = liveOf(request, page);
  return JSON.stringify({ ...live, version: request.accident.version });
}

/** A page says so of the version that it was told of and shows. */
async function noteShownOn({ ctx, koa, accident, party: { letter } }: CaseRequest): Promise<void> {
  const { shown } = koa.query;
  if (typeof shown !== "string" || !/^\d{1,9}$/.test(shown)) return;
  await noteShown(ctx, accident, { letter, version: Math.min(Number(shown), accident.version) });
}

/** Only a page of a step that is open to this driver was looked at. */
async function noteLook({ ctx, accident, party: { letter }, view }: CaseRequest, page: string): Promise<void> {
  const step = view.open.find((one) => one === page);
  if (step) await noteSeen(ctx, accident, { letter, step });
}

const OPENINGS = { capacity: 60, perMinute: 60 };
/** Shorter than the time after which proxies end what is silent. */
const BEAT_MS = 15_000;

/**
 * The stream of an open page: `live` at once and after each change, `gone` when this driver is no party any
 * more, `ask` when the page is to ask from now on, `beat` between them.
 */
export function streamRoute(ctx: Context): Koa.Middleware {
  const openings = createRateLimit({ ...OPENINGS, now: () => ctx.clock.now() });
  return async (koa) => {
    const request = await openParty(ctx, koa);
    openings.take(request.person.id);
    const page = pageOf(request);
    await noteLook(request, page);
    const untilMs = sessionOf(koa)?.expiresAt ?? 0;
    follow(request, page, ctx.streams.open(koa, { personId: request.person.id, untilMs }));
  };
}

/** Tells the page how things stand, then of every change, until either side ends the stream. */
function follow(opened: CaseRequest, page: string, stream: EventStream): void {
  const { ctx, koa } = opened;
  let request = opened;
  let told = "";
  const tell = (): boolean => {
    const text = textOf(request, page);
    if (text === told) return false;
    stream.send("live", text);
    told = text;
    return true;
  };
  const look = oneAtATime(async () => {
    await withSession(ctx)(koa, async () => {});
    // The page opens the next stream, is refused, and leads to the sign-in.
    if (!findPerson(koa)) return stream.end();
    request = await openParty(ctx, koa);
    tell();
  });
  const fail = (error: unknown) => {
    if (error instanceof NotFound) stream.send("gone");
    stream.end();
  };
  const changed = () => void look().catch(fail);
  tell();
  const leave = ctx.hub.subscribe(`case/${request.accident.id}`, markOf(request.accident), changed);
  let stopBeat = (): void => {};
  const beat = () => {
    stopBeat = ctx.timer.after(BEAT_MS, () => {
      if (!tell()) stream.send("beat");
      beat();
    });
  };
  beat();
  stream.onEnd(() => {
    leave();
    stopBeat();
  });
}

/** Runs the work again after it when it was asked for meanwhile: the last run saw everything. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return async () => {
    again = running !== null;
    running ??= run().finally(() => {
      running = null;
    });
    await running;
  };
}

/**
 * The QR code for the other driver as a picture: the platform's, which makes the scanner a follower, else the
 * address of the page for joining.
 */
export const invitationFile: PartyFile = {
  path: "invitation.png",
  async send({ ctx, view }: CaseRequest) {
    if (!view.invitation) throw new NotFound();
    const target = view.invitation.qrUrl ?? `${ctx.config.publicUrl}/h5/join/${view.invitation.code}`;
    const bytes = await toBuffer(target, { type: "png", width: 480, margin: 4, errorCorrectionLevel: "M" });
    return { type: "image/png", bytes };
  },
};
