/** What the other driver is told of a step (key of the words h5.activity); reveals nothing that was typed. */
export type Activity =
  | "joining"
  | "asking"
  | "deciding"
  | "photos"
  | "moving"
  | "place"
  | "details"
  | "statement"
  | "evidence"
  | "comparing"
  | "reading"
  | "signed"
  | "waiting"
  | "done";
