import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import axios, { type AxiosResponse } from "axios";
import { CookieJar } from "../../src/simulator/cookie-jar.ts";

/** A page as a driver's phone got it. */
export interface Page {
  status: number;
  url: string;
  html: string;
  bytes: Buffer;
  type: string;
  /** when it asks to come again, in seconds */
  retryAfterS: number | null;
}

const BROKEN_PAUSE_MS = 250;

interface Request {
  method: string;
  url: string;
  data?: unknown;
}

type Fields = Record<string, string>;
type File = { field: string; bytes: Buffer; filename: string };

/**
 * A driver's browser without a screen: follows redirects, keeps cookies, fills the page's own form (its
 * hidden fields included).
 */
export class DriverPhone {
  readonly #base: string;
  readonly #jar = new CookieJar();
  readonly #isPatient: boolean;
  readonly #isPersistent: boolean;
  /** requests that were sent again */
  resent = 0;

  /**
   * `isPatient`: presses again when the page says that the server is busy at this moment. `isPersistent`: a
   * request whose connection broke is sent again as it was, as the pages' own script does.
   */
  constructor(base: string, openid: string, { isPatient = false, isPersistent = false } = {}) {
    this.#base = base;
    this.#isPatient = isPatient;
    this.#isPersistent = isPersistent;
    // How the stand-in of the platform knows whose phone asks.
    this.#jar.set("phone", openid);
  }

  open(url: string): Promise<Page> {
    return this.#press({ method: "GET", url });
  }

  /** Fills the form of the page that posts to `action` (the page's own address unless given) and sends it. */
  submit(page: Page, fields: Fields, { action, files }: { action?: string; files?: File[] } = {}): Promise<Page> {
    const url = new URL(action ?? page.url, this.#base).href;
    const all = { ...hiddenFields(page.html), ...fields };
    if (!files) return this.#press({ method: "POST", url, data: new URLSearchParams(all) });
    const form = new FormData();
    for (const [name, value] of Object.entries(all)) form.set(name, value);
    for (const { field, bytes, filename } of files) form.append(field, new Blob([new Uint8Array(bytes)]), filename);
    return this.#press({ method: "POST", url, data: form });
  }

  async #press(request: Request): Promise<Page> {
    const page = await this.#send(request);
    if (!this.#isPatient || page.status !== 503 || page.retryAfterS === null) return page;
    await sleep(page.retryAfterS * 1000);
    return this.#press(request);
  }

  async #send(request: Request): Promise<Page> {
    let { method, url, data } = request;
    for (let hop = 0; hop < 12; hop++) {
      const absolute = new URL(url, this.#base).href;
      const answer = await this.#ask({ method, url: absolute, data });
      this.#jar.take([answer.headers["set-cookie"] ?? []].flat());
      if (answer.status < 300 || answer.status >= 400) return pageOf(absolute, answer);
      [method, url, data] = ["GET", new URL(String(answer.headers.location), absolute).href, undefined];
    }
    throw new Error(`too many redirects from ${request.url}`);
  }

  async #ask(request: Request): Promise<AxiosResponse<Buffer>> {
    const asked = {
      ...request,
      headers: { cookie: this.#jar.header(), accept: "text/html,*/*" },
      responseType: "arraybuffer",
      maxRedirects: 0,
      validateStatus: () => true,
      proxy: false,
    } as const;
    for (;;) {
      try {
        return await axios.request<Buffer>(asked);
      } catch (error) {
        if (!this.#isPersistent || !axios.isAxiosError(error)) throw error;
        this.resent++;
        await sleep(BROKEN_PAUSE_MS);
      }
    }
  }
}

interface Answer {
  status: number;
  data: Buffer;
  headers: object;
}

const pageOf = (url: string, { status, data, headers }: Answer): Page => ({
  status,
  retryAfterS: Number((headers as Record<string, unknown>)["retry-after"]) || null,
  url,
  html: data.toString("utf8"),
  bytes: data,
  type: String((headers as Record<string, unknown>)["content-type"]),
});

/**
 * Hidden fields of the page's main form: the token against forged posts, the digest of the text on the
 * screen.
 */
export function hiddenFields(html: string): Fields {
  const inputs = html.match(/<input[^>]*type="hidden"[^>]*>/g) ?? [];
  const entries = inputs.map((input) => [attribute(input, "name"), attribute(input, "value")]);
  return Object.fromEntries(entries.filter(([name]) => ["_csrf", "contentDigest", "askedAt"].includes(name ?? "")));
}

const attribute = (tag: string, name: string): string =>
  (new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "")
    .replaceAll("&amp;", "&")
    .replaceAll("&#34;", '"')
    .replaceAll("&#39;", "'");

/** Returns a page's step: the last part of /h5/accidents/ID/STEP. */
export const stepOf = (page: Page): string => new URL(page.url).pathname.split("/").at(-1) ?? "";

/** The page is there and is that one; else says what came instead. */
export function expectStep(page: Page, step: string): Page {
  assert.equal(page.status, 200, `${step}: ${page.status} at ${page.url}\n${visible(page.html).slice(0, 600)}`);
  assert.equal(stepOf(page), step, visible(page.html).slice(0, 600));
  return page;
}

/** The words of a page, tags and scripts away. */
export const visible = (html: string): string =>
  html
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, " ")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");
