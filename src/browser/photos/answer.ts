/** The server's answer about one picture (src/h5/photo-answer.ts), as far as the page reads it. */
export interface PhotoAnswer {
  photo: string;
  slot: string;
  state: "announced" | "stored" | "refused";
  /** why it was refused */
  refusal: string | null;
  findings: { text: string }[];
  /** accepted in spite of a finding, at the third try */
  asItIs: boolean;
  plate: { plate: string; sure: boolean } | null;
  thumb: string | null;
  step: string;
}

/** The `error` of an answer that refuses a picture. */
export interface PhotoError {
  code: string;
  /** in the reader's language */
  message: string;
  /** code of the finding */
  finding?: string;
}
