import { toBuffer } from "qrcode";
import { NotFound } from "../errors.ts";
import type { PageRequest, PartyFile } from "./page.ts";

/** The strip under the title: what the other driver is doing, and this driver's present step. */
export const liveFile: PartyFile = {
  path: "live",
  isForNewcomers: true,
  async send({ view, t }: PageRequest) {
    const live = { step: view.step, joined: view.other.joined, text: t(`h5.activity.${view.other.activity}`) };
    return { type: "application/json", bytes: Buffer.from(JSON.stringify(live)) };
  },
};

/**
 * The QR code for the other driver as a picture: the platform's, which makes the scanner a follower, else the
 * address of the page for joining.
 */
export const invitationFile: PartyFile = {
  path: "invitation.png",
  async send({ ctx, view }: PageRequest) {
    if (!view.invitation) throw new NotFound();
    const target = view.invitation.qrUrl ?? `${ctx.config.publicUrl}/h5/join/${view.invitation.code}`;
    const bytes = await toBuffer(target, { type: "png", width: 480, margin: 4, errorCorrectionLevel: "M" });
    return { type: "image/png", bytes };
  },
};
