/** Documents that identify a driver; a driving licence has the number of one of the others. */
export const ID_KINDS = [
  "licence",
  "id-card",
  "residence-permit",
  "permanent-residence",
  "hk-macao-permit",
  "taiwan-permit",
  "passport",
] as const;
export type IdKind = (typeof ID_KINDS)[number];
