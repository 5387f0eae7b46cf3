import type { Article } from "../reply.ts";

export interface PictureFile {
  readonly bytes: Buffer;
  readonly filename: string;
  readonly contentType: string;
}

/** A card that opens a mini program; the account must be bound to it. */
export interface MiniProgramCard {
  readonly title: string;
  readonly appid: string;
  readonly pagePath: string;
  readonly thumbMediaId: string;
}

/** How the account speaks when no push waits for an answer: customer messages. Implemented by whoever holds the platform's API. */
export interface Outbound {
  text(openid: string, content: string): Promise<void>;
  image(openid: string, mediaId: string): Promise<void>;
  news(openid: string, article: Article): Promise<void>;
  miniProgram(openid: string, card: MiniProgramCard): Promise<void>;
  upload(picture: PictureFile): Promise<{ mediaId: string }>;
  /** Fetches what a person sent. Without it a picture is read from the address in the push, and other media not at all. */
  download?(mediaId: string): Promise<{ bytes: Buffer; contentType: string }>;
}
