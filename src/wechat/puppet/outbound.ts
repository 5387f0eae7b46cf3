import type { Article } from "../reply.ts";

export interface PictureFile {
  readonly bytes: Buffer;
  readonly filename: string;
  readonly contentType: string;
}

/** A card that opens a mini program, which must be bound to the account. */
export interface MiniProgramCard {
  readonly title: string;
  readonly appid: string;
  readonly pagePath: string;
  readonly thumbMediaId: string;
}

/** Port for customer messages, used when no push waits for an answer. Implemented over the platform's API. */
export interface Outbound {
  text(openid: string, content: string): Promise<void>;
  image(openid: string, mediaId: string): Promise<void>;
  news(openid: string, article: Article): Promise<void>;
  miniProgram(openid: string, card: MiniProgramCard): Promise<void>;
  upload(picture: PictureFile): Promise<{ mediaId: string }>;
  /**
   * Fetches media that a person sent. Without it pictures are read from the push's address and other media
   * not at all.
   */
  download?(mediaId: string): Promise<{ bytes: Buffer; contentType: string }>;
}
