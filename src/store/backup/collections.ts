/**
 * What a backup copies, in this order, which makes the copy of a running system consistent: what names
 * something comes before what it names, since that is written earlier and removed later. A message that
 * was accepted stands in the inbox until the case has it; a case names its people, deliveries, lookups and
 * files; the counters come after all that was numbered by them. An erasure during the copy is in the last
 * collection.
 */
export const KEPT = [
  "keys",
  "inbox",
  "accidents",
  "deliveries",
  "deliveries_done",
  "lookups",
  "notices",
  "reports",
  "photo_hashes",
  "feedback",
  "audit_findings",
  "audits",
  "people",
  "guests",
  "officers",
  "letter_numbers",
  "access_log",
  "tries",
  "erasures",
  "witness",
  "counters",
  "blobs.files",
  "erased",
] as const;
export type KeptName = (typeof KEPT)[number];

/** The register of files; each entry is followed by the file's sealed bytes, wherever they lie. */
export const FILES = "blobs.files";

/**
 * What a backup leaves out: it is made anew (leases, counts, the platform's tokens, files of pages), sent
 * again (pieces of pictures), signed in anew (officers), or stands elsewhere in the backup (schema, bytes
 * of files).
 */
export const LEFT_OUT = [
  "blobs.chunks",
  "leases",
  "officer_sessions",
  "queue_counts",
  "releases",
  "schema",
  "tokens",
  "uploads",
] as const;
