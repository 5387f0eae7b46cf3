/** One article of a news reply; at most 8, and WeChat shows one only under a person's own message. */
export interface Article {
  readonly title: string;
  readonly description?: string;
  readonly url: string;
  readonly picUrl?: string;
}

/** A reply that can be sent as the answer to a push. */
export type Reply =
  | { readonly type: "text"; readonly content: string }
  | { readonly type: "image"; readonly mediaId: string }
  | { readonly type: "voice"; readonly mediaId: string }
  | { readonly type: "video"; readonly mediaId: string; readonly title?: string; readonly description?: string }
  | {
      readonly type: "music";
      readonly title?: string;
      readonly description?: string;
      readonly url?: string;
      readonly hqUrl?: string;
      readonly thumbMediaId: string;
    }
  | { readonly type: "news"; readonly articles: readonly Article[] }
  /** Hands the person over to a human agent, to a named one if given. */
  | { readonly type: "transfer"; readonly account?: string };
