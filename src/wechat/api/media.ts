import Joi from "joi";
import { Invalid, Upstream } from "../../errors.ts";
import type { Caller } from "./caller.ts";
import type { WireAnswer } from "./transport.ts";

export interface MediaFile {
  bytes: Buffer;
  contentType: string;
}

export interface Media {
  /** Keeps a picture with the platform for three days. At most 2 MB, JPEG or PNG. */
  uploadImage(image: { bytes: Buffer; filename: string; contentType: string }): Promise<{ mediaId: string }>;
  /** Fetches what a person sent; pictures only unless `accept` says otherwise. `Invalid` when it is too large or of another kind. */
  getMedia(mediaId: string, limits?: { maxBytes?: number; timeoutMs?: number; accept?: RegExp }): Promise<MediaFile>;
}

// The platform's page names both 2 MB and 10 MB; the smaller one is safe.
const UPLOAD_BYTES = 2_000_000;
const DOWNLOAD_BYTES = 12_000_000;
const MEDIA_TIMEOUT_MS = 20_000;

const uploadSchema = Joi.object<{ media_id: string }>({ media_id: Joi.string().max(256).required() });

export function createMedia(caller: Caller): Media {
  return {
    async uploadImage({ bytes, filename, contentType }) {
      if (bytes.length > UPLOAD_BYTES) throw new Invalid("media-too-large", { limit: UPLOAD_BYTES }, 413);
      const form = new FormData();
      form.append("media", new Blob([new Uint8Array(bytes)], { type: contentType }), filename);
      const made = await caller.json(
        {
          method: "POST",
          path: "/cgi-bin/media/upload",
          query: { type: "image" },
          form,
          timeoutMs: MEDIA_TIMEOUT_MS,
          onTimeout: "caller-may-retry",
        },
        uploadSchema,
      );
      return { mediaId: made.media_id };
    },

    async getMedia(mediaId, { maxBytes = DOWNLOAD_BYTES, timeoutMs = MEDIA_TIMEOUT_MS, accept = /^image\// } = {}) {
      const answer = await caller
        .bytes({
          method: "GET",
          path: "/cgi-bin/media/get",
          query: { media_id: mediaId },
          maxBytes,
          timeoutMs,
          onTimeout: "caller-may-retry",
        })
        .catch((error: unknown) => {
          if (!isTooLarge(error)) throw error;
          throw new Invalid("media-too-large", { limit: maxBytes }, 413);
        });
      const kind = mediaType(answer);
      if (!accept.test(kind)) throw new Invalid("media-type", { contentType: kind }, 415);
      return { bytes: answer.body, contentType: kind };
    },
  };
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Upstream && error.code === "wechat-answer-too-large";
}

function mediaType({ contentType }: WireAnswer): string {
  return contentType.split(";")[0]?.trim() ?? "";
}
