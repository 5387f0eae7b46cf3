/** One article of a news reply; at most 8, and WeChat shows one only under a person's own message. */
export interface Article {
  readonly title: string;
  readonly description?: string;
  readonly url: string;
  readonly picUrl?: string;
}

/** What can be said as the answer to a push itself. */
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
  /** Hands the person over to a human agent; to the named one if there is a name. */
  | { readonly type: "transfer"; readonly account?: string };
