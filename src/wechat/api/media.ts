import Joi from "joi";
import { Invalid, Upstream } from "../../errors.ts";
import { isObject, isText } from "./answer.ts";
import type { Caller } from "./caller.ts";
import type { TokenStore } from "./ports.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";

export interface MediaFile {
  bytes: Buffer;
  contentType: string;
}

export interface Media {
  /** Uploads a picture for three days; at most 2 MB, JPEG or PNG. */
  uploadImage(image: { bytes: Buffer; filename: string; contentType: string }): Promise<{ mediaId: string }>;
  /**
   * Fetches a file that a person sent; its type is detected from its bytes. Throws Invalid when it is too
   * large or a video; Upstream when it is gone (`wechat-media-gone`), when the account is refused
   * (`refusesAccount`) or when the answer is something else (retryable).
   */
  getMedia(mediaId: string, limits?: { maxBytes?: number; timeoutMs?: number }): Promise<MediaFile>;
  /**
   * Returns the code with which the platform last refused files to this account while that may still hold,
   * else null.
   */
  mediaRefusal(): Promise<string | null>;
}

// The platform's page names both 2 MB and 10 MB; the smaller limit is safe.
const UPLOAD_BYTES = 2_000_000;
const DOWNLOAD_BYTES = 12_000_000;
const MEDIA_TIMEOUT_MS = 20_000;

const REFUSED = "media_refused";
/** How long a refusal without an end is believed. Pictures that arrive meanwhile are fetched all the same. */
const BELIEVED_MS = 15 * 60_000;

const uploadSchema = Joi.object<{ media_id: string }>({ media_id: Joi.string().max(256).required() });

/** `store` shares a refusal among all processes. */
export function createMedia(caller: Caller, { store, now }: { store: TokenStore; now: () => number }): Media {
  async function mediaRefusal(): Promise<string | null> {
    const kept = await store.get(REFUSED);
    return kept && kept.expiresAt > now() ? kept.value : null;
  }

  async function noteRefusal({ code, details }: Upstream): Promise<void> {
    const { retryAt } = details;
    const expiresAt = retryAt instanceof Date ? retryAt.getTime() : now() + BELIEVED_MS;
    await store.save(REFUSED, { value: code, fetchedAt: now(), expiresAt });
  }

  async function noteSuccess(): Promise<void> {
    const code = await mediaRefusal();
    if (code) await store.save(REFUSED, { value: code, fetchedAt: now(), expiresAt: now() });
  }

  return {
    mediaRefusal,
    uploadImage: (image) => upload(caller, image),
    async getMedia(mediaId, { maxBytes = DOWNLOAD_BYTES, timeoutMs = MEDIA_TIMEOUT_MS } = {}) {
      const query = { media_id: mediaId };
      const request = { ...GET, query, maxBytes, timeoutMs };
      const answer = await caller.bytes(request).catch(async (error: unknown) => {
        if (!(error instanceof Upstream)) throw error;
        if (error.code === "wechat-answer-too-large") throw new Invalid("media-too-large", { limit: maxBytes }, 413);
        if (error.details["refusesAccount"]) await noteRefusal(error);
        throw error;
      });
      await noteSuccess();
      return fileIn(answer);
    },
  };
}

const GET = { method: "GET", path: "/cgi-bin/media/get", onTimeout: "caller-may-retry" } as const satisfies WireRequest;

/** A video is answered as a JSON object with its address; text is an error page. */
function fileIn(answer: WireAnswer): MediaFile {
  const { body, contentType } = answer;
  if (isObject(answer)) throw new Invalid("media-type", { contentType }, 415);
  if (isText(body)) throw new Upstream("wechat-no-file", { path: GET.path, bytes: body.length }, true);
  return { bytes: body, contentType: contentType.split(";")[0]?.trim() ?? "" };
}

async function upload(caller: Caller, image: Parameters<Media["uploadImage"]>[0]): Promise<{ mediaId: string }> {
  const { bytes, filename, contentType } = image;
  if (bytes.length > UPLOAD_BYTES) throw new Invalid("media-too-large", { limit: UPLOAD_BYTES }, 413);
  const form = new FormData();
  form.append("media", new Blob([new Uint8Array(bytes)], { type: contentType }), filename);
  const made = await caller.json(
    {
      ...{ method: "POST", path: "/cgi-bin/media/upload", query: { type: "image" }, form },
      ...{ timeoutMs: MEDIA_TIMEOUT_MS, onTimeout: "caller-may-retry" },
    },
    uploadSchema,
  );
  return { mediaId: made.media_id };
}
