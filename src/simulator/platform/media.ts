import { randomBytes } from "node:crypto";
import type Router from "@koa/router";
import { imageType, readFile } from "./body.ts";
import { Refusal } from "./refusal.ts";

const LIFE_MS = 3 * 24 * 60 * 60_000;
const SHELF = 500;
const IMAGE_BYTES = 2_000_000;

export interface StoredMedia {
  id: string;
  bytes: Buffer;
  contentType: string;
  expiresAt: number;
}

export interface MediaShelf {
  put(bytes: Buffer, contentType: string): StoredMedia;
  /** Refuses with 40007 when it is unknown or gone. */
  get(id: unknown): StoredMedia;
  /** Expires all media, as after three days. */
  expireMedia(): void;
  routes(router: Router): void;
  publicRoutes(router: Router): void;
}

/** Temporary media that people send and the app uploads, three days each. */
export function createMediaShelf(now: () => number): MediaShelf {
  const shelf = new Map<string, StoredMedia>();

  function put(bytes: Buffer, contentType: string): StoredMedia {
    const stored = { id: randomBytes(48).toString("base64url"), bytes, contentType, expiresAt: now() + LIFE_MS };
    shelf.set(stored.id, stored);
    const [oldest] = shelf.keys();
    if (shelf.size > SHELF && oldest) shelf.delete(oldest);
    return stored;
  }

  function get(id: unknown): StoredMedia {
    const stored = typeof id === "string" ? shelf.get(id) : undefined;
    if (!stored || stored.expiresAt <= now()) throw new Refusal(40007, "invalid media_id");
    return stored;
  }

  return {
    put,
    get,
    expireMedia() {
      for (const stored of shelf.values()) stored.expiresAt = now();
    },
    routes(router) {
      router.post("/cgi-bin/media/upload", async (ctx) => {
        if (ctx.query["type"] !== "image") throw new Refusal(40004, "invalid media type");
        const { bytes } = await readFile(ctx, "media");
        const contentType = imageType(bytes);
        if (!contentType) throw new Refusal(40005, "invalid file type");
        if (bytes.length > IMAGE_BYTES) throw new Refusal(40009, "invalid image size");
        const stored = put(bytes, contentType);
        ctx.body = { type: "image", media_id: stored.id, created_at: Math.floor(now() / 1000) };
      });
      router.get("/cgi-bin/media/get", (ctx) => {
        try {
          const { bytes, contentType, id } = get(ctx.query["media_id"]);
          ctx.set("content-disposition", `attachment; filename="${id.slice(0, 20)}.${contentType.split("/")[1]}"`);
          ctx.type = contentType;
          ctx.body = bytes;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          // As the real platform does: an error with HTTP 200 that is not labelled JSON.
          ctx.type = "text/plain";
          ctx.body = JSON.stringify(error.body());
        }
      });
    },
    publicRoutes(router) {
      router.get("/pic/:id", (ctx) => {
        const stored = shelf.get(ctx.params["id"] ?? "");
        if (!stored) return;
        ctx.type = stored.contentType;
        ctx.body = stored.bytes;
      });
    },
  };
}
