import { randomBytes } from "node:crypto";
import type Router from "@koa/router";
import { toBuffer } from "qrcode";
import { child, readJsonBody, text } from "./body.ts";
import { Refusal } from "./refusal.ts";

const LONGEST_S = 2_592_000;

export interface IssuedQr {
  ticket: string;
  scene: string;
  url: string;
  expiresAt: number;
}

export interface QrDesk {
  /** Finds by ticket, by the picture's content, or by scene; null when unknown or expired. */
  find(ticketUrlOrScene: string): IssuedQr | null;
  list(): IssuedQr[];
  routes(router: Router): void;
  publicRoutes(router: Router): void;
}

/** Creates QR codes with a scene. */
export function createQrDesk(now: () => number): QrDesk {
  const issued = new Map<string, IssuedQr>();
  const living = () => [...issued.values()].filter(({ expiresAt }) => expiresAt > now());

  return {
    list: living,
    find: (wanted) =>
      living().find(({ ticket, url, scene }) => ticket === wanted || url === wanted || scene === wanted) ?? null,
    routes(router) {
      router.post("/cgi-bin/qrcode/create", async (ctx) => {
        const order = await readJsonBody(ctx);
        const scene = child(child(order["action_info"])["scene"]);
        const permanent = order["action_name"] === "QR_LIMIT_STR_SCENE";
        if (!permanent && order["action_name"] !== "QR_STR_SCENE") throw new Refusal(40053, "invalid action info");
        const word = text(scene["scene_str"]);
        if (word.length < 1 || word.length > 64) throw new Refusal(40053, "invalid action info");
        const seconds = permanent ? Number.MAX_SAFE_INTEGER / 2000 : lifeOf(order["expire_seconds"]);
        for (const qr of issued.values()) if (qr.expiresAt <= now()) issued.delete(qr.ticket);
        const qr: IssuedQr = {
          ticket: `g${randomBytes(60).toString("base64")}==`,
          scene: word,
          url: `http://weixin.qq.com/q/02${randomBytes(16).toString("base64url")}`,
          expiresAt: now() + seconds * 1000,
        };
        issued.set(qr.ticket, qr);
        ctx.body = { ticket: qr.ticket, url: qr.url, ...(permanent ? {} : { expire_seconds: seconds }) };
      });
    },
    publicRoutes(router) {
      router.get("/cgi-bin/showqrcode", async (ctx) => {
        const ticket = ctx.query["ticket"];
        const qr = typeof ticket === "string" ? issued.get(ticket) : undefined;
        if (!qr) return;
        ctx.type = "image/png";
        ctx.body = await toBuffer(qr.url, { width: 430, margin: 2 });
      });
    },
  };
}

function lifeOf(seconds: unknown): number {
  if (typeof seconds !== "number") return 60;
  return Math.min(Math.max(1, Math.floor(seconds)), LONGEST_S);
}
