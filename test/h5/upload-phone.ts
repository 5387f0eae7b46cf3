import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { PIECE_BYTES } from "../../src/http/upload-share.ts";
import { hidden, Phone } from "./phone.ts";

export interface Told {
  status: number;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown> & { error?: { code: string; message: string; field?: string } };
}

interface Asked {
  method?: string;
  bytes?: Buffer;
  fields?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** so many bytes of the body are sent, then the connection is cut */
  cutAfter?: number;
  /** its length is not announced */
  chunked?: boolean;
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
export const piecesOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, n) =>
    bytes.subarray(n * PIECE_BYTES, (n + 1) * PIECE_BYTES),
  );

/** The page's script as the server sees it, on sockets that can be cut. */
export class UploadPhone {
  readonly base: string;
  readonly cookie: string;
  readonly token: string;

  constructor(base: string, { cookie, token }: { cookie: string; token: string }) {
    this.base = base;
    this.cookie = cookie;
    this.token = token;
  }

  /** A driver who has just opened a case, on the page of the photographs. */
  static async open(app: { url: string }, openid: string): Promise<UploadPhone & { caseId: string }> {
    const phone = new Phone(app, openid);
    const { location } = await phone.fill("/h5/start", {
      vehicles: "two",
      condition: "none",
      notice: "yes",
      sensitive: "yes",
    });
    const token = hidden((await phone.get(location)).html, "_csrf");
    const base = `${app.url}${location.replace(/photos$/, "uploads")}`;
    const self = new UploadPhone(base, { cookie: phone.jar.header(), token });
    return Object.assign(self, { caseId: location.split("/")[3] ?? "" });
  }

  /** The same person and case at another server. */
  at(url: string): UploadPhone {
    return new UploadPhone(url + new URL(this.base).pathname, this);
  }

  /** Sends all of so many bytes but the last one: a phone in a tunnel. */
  hang(path: string, length: number): { begun: Promise<unknown>; end(): void } {
    const headers = { ...this.#headers(), "content-type": "application/octet-stream", "content-length": length };
    const sent = request(this.base + path, { method: "POST", headers });
    const begun = new Promise((resolve) => sent.write(Buffer.alloc(length - 1), resolve));
    sent.on("error", () => undefined);
    return { begun, end: () => sent.destroy() };
  }

  #headers(): Record<string, string> {
    return { accept: "application/json", cookie: this.cookie, "x-csrf-token": this.token };
  }

  async ask(
    path: string,
    { method = "POST", bytes, fields, headers = {}, cutAfter, chunked }: Asked = {},
  ): Promise<Told> {
    const body = bytes ?? (fields && Buffer.from(JSON.stringify(fields)));
    const type = bytes ? "application/octet-stream" : "application/json";
    const sent = request(this.base + path, {
      // a connection of its own: one that the server ends for its idleness is not used again
      agent: false,
      method,
      headers: {
        ...this.#headers(),
        ...(body && { "content-type": type }),
        ...(body && !chunked && { "content-length": body.length }),
        ...headers,
      },
    });
    if (cutAfter !== undefined) {
      sent.write(body!.subarray(0, cutAfter), () => sent.destroy());
      await once(sent, "error");
      return { status: 0, headers: {}, body: {} };
    }
    // a server that refuses what it has not read to its end closes the connection: the answer may be lost
    // with it
    const lost = new Promise<null>((resolve) => sent.on("error", () => resolve(null)));
    const answered = new Promise<IncomingMessage>((resolve) => sent.once("response", resolve));
    sent.end(body);
    const answer = await Promise.race([answered, lost]);
    if (!answer) return { status: 0, headers: {}, body: {} };
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString("utf8");
    return {
      status: Number(answer.statusCode),
      headers: answer.headers,
      body: text.startsWith("{") ? JSON.parse(text) : {},
    };
  }

  /** Everything that is missing, until the connection is cut after `until` bytes of the picture. */
  async sendPieces(picture: Buffer, until = Number.POSITIVE_INFINITY): Promise<void> {
    const path = `/${sha256Of(picture)}`;
    const { body } = await this.ask(path, { method: "GET" });
    for (const [n, bytes] of piecesOf(picture).entries()) {
      if ((body["pieces"] as number[]).includes(n)) continue;
      const left = until - n * PIECE_BYTES;
      await this.ask(`${path}/${n}`, {
        method: "PUT",
        bytes,
        ...(left < bytes.length && { cutAfter: Math.max(left, 0) }),
      });
      if (left < bytes.length) return;
    }
  }

  finish(picture: Buffer, slot: string, more: Record<string, unknown> = {}): Promise<Told> {
    return this.ask(`/${sha256Of(picture)}`, { fields: { slot, bytes: picture.length, ...more } });
  }

  whole(picture: Buffer, slot: string, more = ""): Promise<Told> {
    return this.ask(`?slot=${slot}&bytes=${picture.length}${more}`, { bytes: picture });
  }
}
