import type { IncomingMessage } from "node:http";
import { Busboy } from "@fastify/busboy";
import { Invalid } from "../errors.ts";
import { addField, type Fields } from "./fields-read.ts";
import { FORM_HELD_BYTES, type UploadShare } from "./upload-share.ts";

export interface UploadedFile {
  /** name of the form's field */
  field: string;
  /** as the phone names it; never used as a path */
  filename: string;
  bytes: Buffer;
}

export interface UploadLimits {
  fileBytes: number;
  files: number;
  fields: number;
  fieldBytes: number;
}

export const UPLOAD_LIMITS: UploadLimits = {
  fileBytes: 12 * 1024 * 1024,
  /** one for each slot of the form, including empty ones */
  files: 12,
  fields: 20,
  fieldBytes: 8 * 1024,
};

/**
 * Reads a multipart body into memory under hard limits: 413 for too much, 400 for what is not multipart or
 * ends in the middle. Empty file inputs are left out.
 */
export function readMultipart(
  request: IncomingMessage,
  limits: UploadLimits = UPLOAD_LIMITS,
  share?: UploadShare,
): Promise<{ fields: Fields; files: UploadedFile[] }> {
  return new Promise((resolve, reject) => {
    // Aborted while the person was looked up: no further event will come.
    if (request.destroyed) return reject(malformed());
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced > FORM_HELD_BYTES) return reject(new Invalid("too-large", {}, 413));
    const fields: Fields = Object.create(null);
    const files: UploadedFile[] = [];
    const parser = createParser(request, limits);
    const fail = (error: unknown) => {
      request.unpipe(parser);
      // The remaining bytes are read and discarded, so that the answer arrives.
      request.resume();
      reject(error);
    };
    const guarded = (act: () => void) => {
      try {
        act();
      } catch (error) {
        fail(error);
      }
    };
    parser.on("field", (name: string, value: string, nameCut: boolean, valueCut: boolean) =>
      guarded(() => {
        if (nameCut || valueCut) throw new Invalid("too-large", {}, 413);
        addField(fields, name, value);
      }),
    );
    parser.on("file", (field: string, stream: NodeJS.ReadableStream & { truncated?: boolean }, filename?: string) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) =>
        guarded(() => {
          share?.add(chunk.length);
          chunks.push(chunk);
        }),
      );
      stream.on("limit", () => fail(new Invalid("photo-too-large", { field }, 413)));
      stream.on("end", () => {
        if (chunks.length > 0) files.push({ field, filename: String(filename ?? ""), bytes: Buffer.concat(chunks) });
      });
      stream.on("error", () => fail(malformed()));
    });
    for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"])
      parser.on(limit, () => fail(new Invalid("too-large", {}, 413)));
    parser.on("error", () => fail(malformed()));
    parser.on("finish", () => resolve({ fields, files }));
    request.on("aborted", () => fail(malformed()));
    request.on("error", () => fail(malformed()));
    request.pipe(parser);
  });
}

const malformed = () => new Invalid("malformed-body", {}, 400);

function createParser(request: IncomingMessage, limits: UploadLimits): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers: request.headers as { "content-type": string },
      limits: {
        fieldNameSize: 100,
        fieldSize: limits.fieldBytes,
        fields: limits.fields,
        fileSize: limits.fileBytes,
        files: limits.files,
        parts: limits.fields + limits.files,
        headerPairs: 20,
        headerSize: 8 * 1024,
      },
    });
  } catch {
    throw malformed();
  }
}
