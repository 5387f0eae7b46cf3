import { randomUUID } from "node:crypto";
import { FileBox, type FileBoxInterface } from "file-box";
import { Puppet, type payloads } from "wechaty-puppet";
import { NotFound } from "../../errors.ts";
import type { InboundMessage } from "../message.ts";
import type { Reply } from "../reply.ts";
import type { ReplySink } from "../reply-sink.ts";
import { contactPayload, type OaPayload, type RawMessage, toPayload } from "./oa-payload.ts";
import type { Outbound } from "./outbound.ts";
import { refuseUnsupported, UnsupportedByOfficialAccount } from "./unsupported.ts";

const SELF = "official-account";
const CACHED = 200;

/**
 * An official account as an in-process Wechaty puppet: `accept` takes pushes, replies leave by the push's
 * sink or by the Outbound port.
 */
export class PuppetOfficialAccount extends Puppet {
  static override readonly VERSION = "1.0.0";
  readonly #outbound: Outbound;
  readonly #raw = new Map<string, RawMessage>();
  readonly #sinks = new Map<string, ReplySink>();

  constructor(outbound: Outbound) {
    super({ cache: { contact: CACHED, message: CACHED } });
    this.#outbound = outbound;
  }

  override name(): string {
    return "official-account";
  }

  override version(): string {
    return PuppetOfficialAccount.VERSION;
  }

  async onStart(): Promise<void> {
    this.login(SELF);
    this.emit("ready", { data: this.name() });
  }

  async onStop(): Promise<void> {
    this.#raw.clear();
    this.#sinks.clear();
  }

  /**
   * Keeps a message until `release`. Ids are our own: Wechaty caches by them, and two persons may share a
   * MsgId.
   */
  accept(oa: InboundMessage, sink: ReplySink): string {
    const id = randomUUID();
    this.#raw.set(id, { id, listenerId: SELF, oa });
    this.#sinks.set(oa.openid, sink);
    return id;
  }

  release(id: string, sink: ReplySink): void {
    const openid = this.#raw.get(id)?.oa.openid;
    this.#raw.delete(id);
    if (openid !== undefined && this.#sinks.get(openid) === sink) this.#sinks.delete(openid);
  }

  /** Number of messages and people kept now. */
  get held(): { messages: number; people: number } {
    return { messages: this.#raw.size, people: this.#sinks.size };
  }

  override ding(data?: string): void {
    this.emit("dong", { data: data ?? "" });
  }

  override async contactList(): Promise<string[]> {
    return [];
  }

  override async contactRawPayload(id: string): Promise<payloads.Contact> {
    return contactPayload(id, id === SELF);
  }

  override async contactRawPayloadParser(payload: payloads.Contact): Promise<payloads.Contact> {
    return payload;
  }

  override async roomList(): Promise<string[]> {
    return [];
  }

  override async tagContactList(): Promise<string[]> {
    return [];
  }

  override async messageRawPayload(id: string): Promise<RawMessage> {
    const raw = this.#raw.get(id);
    if (!raw) throw new NotFound("wechat-message-gone");
    return raw;
  }

  override async messageRawPayloadParser(raw: RawMessage): Promise<OaPayload> {
    return toPayload(raw);
  }

  override async messageFile(id: string): Promise<FileBoxInterface> {
    const oa = await this.#oa(id);
    if (!("mediaId" in oa)) throw new UnsupportedByOfficialAccount("messageFile");
    const box = await this.#media(oa);
    box.metadata = { mediaId: oa.mediaId };
    return box;
  }

  override async messageImage(id: string): Promise<FileBoxInterface> {
    return this.messageFile(id);
  }

  override async messageUrl(id: string): Promise<payloads.UrlLink> {
    const oa = await this.#oa(id);
    if (oa.kind !== "link") throw new UnsupportedByOfficialAccount("messageUrl");
    return { title: oa.title, description: oa.description, url: oa.url };
  }

  override async messageLocation(id: string): Promise<payloads.Location> {
    const oa = await this.#oa(id);
    if (oa.kind !== "location" && oa.kind !== "locationSelect")
      throw new UnsupportedByOfficialAccount("messageLocation");
    const { latitude, longitude, label } = oa;
    const name = oa.kind === "locationSelect" ? (oa.poiName ?? label) : label;
    return { latitude, longitude, address: label, name, accuracy: 0 };
  }

  override async messageSendText(openid: string, content: string): Promise<void> {
    if (!this.#answers(openid, { type: "text", content })) await this.#outbound.text(openid, content);
  }

  override async messageSendFile(openid: string, file: FileBoxInterface): Promise<void> {
    const mediaId = await this.#mediaIdOf(file);
    if (!this.#answers(openid, { type: "image", mediaId })) await this.#outbound.image(openid, mediaId);
  }

  override async messageSendUrl(openid: string, link: payloads.UrlLink): Promise<void> {
    const { title, url, description = "", thumbnailUrl: picUrl = "" } = link;
    const article = { title, url, description, picUrl };
    if (!this.#answers(openid, { type: "news", articles: [article] })) await this.#outbound.news(openid, article);
  }

  override async messageSendMiniProgram(openid: string, card: payloads.MiniProgram): Promise<void> {
    const { title = "", appid = "", pagePath = "", thumbKey: thumbMediaId = "" } = card;
    await this.#outbound.miniProgram(openid, { title, appid, pagePath, thumbMediaId });
  }

  override async messageForward(openid: string, id: string): Promise<void> {
    const oa = await this.#oa(id);
    if (oa.kind === "text") return this.messageSendText(openid, oa.content);
    if (oa.kind === "link") return this.messageSendUrl(openid, oa);
    if (oa.kind === "image") return this.messageSendFile(openid, picture(oa.mediaId));
    throw new UnsupportedByOfficialAccount("messageForward");
  }

  async #oa(id: string): Promise<InboundMessage> {
    return ((await this.messagePayload(id)) as OaPayload).oa;
  }

  #answers(openid: string, reply: Reply): boolean {
    return this.#sinks.get(openid)?.offer(reply) ?? false;
  }

  async #media(oa: InboundMessage & { mediaId: string }): Promise<FileBoxInterface> {
    const { bytes, contentType } = (await this.#outbound.download?.(oa.mediaId)) ?? {};
    if (bytes) return FileBox.fromBuffer(bytes, `${oa.kind}.${contentType?.split(/[/;]/)[1] ?? "dat"}`);
    if (oa.kind === "image" && URL.canParse(oa.picUrl)) return FileBox.fromUrl(oa.picUrl, { name: "image.jpg" });
    throw new UnsupportedByOfficialAccount("messageFile");
  }

  async #mediaIdOf(file: FileBoxInterface): Promise<string> {
    const kept = (file.metadata as { mediaId?: unknown }).mediaId;
    if (typeof kept === "string") return kept;
    // A remote file tells its type only when it is fetched; the platform goes by the name's extension.
    if ("ready" in file && typeof file.ready === "function") await file.ready();
    const { mediaType: contentType, name } = file;
    if (!contentType.startsWith("image/")) throw new UnsupportedByOfficialAccount("messageSendFile");
    const filename = name.includes(".") ? name : `${name}.${contentType.slice("image/".length)}`;
    const uploaded = await this.#outbound.upload({ bytes: await file.toBuffer(), filename, contentType });
    return uploaded.mediaId;
  }
}

refuseUnsupported(PuppetOfficialAccount.prototype);

/** Makes a picture that the platform already has sendable by its media id. */
export function picture(mediaId: string): FileBoxInterface {
  const box = FileBox.fromBuffer(Buffer.alloc(0), "picture.jpg");
  box.metadata = { mediaId };
  return box;
}
