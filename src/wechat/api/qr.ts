import Joi from "joi";
import { toBuffer } from "qrcode";
import { Invalid } from "../../errors.ts";
import type { Caller } from "./caller.ts";

export interface SceneQr {
  ticket: string;
  /** Content of the QR code; it is drawn here, so no picture has to be fetched. */
  url: string;
  expiresAt: Date;
}

export interface Qr {
  /** Creates a temporary code that delivers `scene` with a subscription or a scan. */
  createQr(order: { scene: string; expireSeconds: number }): Promise<SceneQr>;
  /** Returns the platform's own picture of a ticket, for pages that load from it. */
  qrImageUrl(ticket: string): string;
}

// 30 days; the platform's default is one minute.
const LONGEST_S = 2_592_000;

const schema = Joi.object<{ ticket: string; url: string; expire_seconds: number }>({
  ticket: Joi.string().max(512).required(),
  url: Joi.string().max(1024).required(),
  expire_seconds: Joi.number().integer().positive().required(),
});

/** Creates scene QR codes. A scene must be an invitation code that cannot be guessed, never a case number. */
export function createQrCalls(caller: Caller, { mpUrl, now }: { mpUrl: string; now: () => number }): Qr {
  return {
    async createQr({ scene, expireSeconds }) {
      if (!/^[\x21-\x7e]{1,64}$/.test(scene)) throw new Invalid("qr-scene");
      const seconds = Math.min(Math.max(Math.floor(expireSeconds), 1), LONGEST_S);
      const json = {
        expire_seconds: seconds,
        action_name: "QR_STR_SCENE",
        action_info: { scene: { scene_str: scene } },
      };
      const made = await caller.json(
        { method: "POST", path: "/cgi-bin/qrcode/create", json, onTimeout: "next-host" },
        schema,
      );
      return { ticket: made.ticket, url: made.url, expiresAt: new Date(now() + made.expire_seconds * 1000) };
    },
    qrImageUrl: (ticket) => `${mpUrl}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`,
  };
}

/** Draws a QR code as PNG, dark on white with the quiet zone that phones need. */
export function qrPng(text: string, widthPx = 480): Promise<Buffer> {
  return toBuffer(text, { type: "png", width: widthPx, margin: 4, errorCorrectionLevel: "M" });
}
