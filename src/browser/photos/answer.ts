/** A plate as it is drawn: the colour of its sheet, and its text in runs, of which some are red. */
export interface ShownPlate {
  plate: string;
  sure: boolean;
  sheet: string;
  runs: { text: string; red: boolean }[];
}

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
  plate: ShownPlate | null;
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
