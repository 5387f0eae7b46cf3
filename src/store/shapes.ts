/**
 * The shape of the database that this code reads and writes: the number of the last migration in
 * `migrations/`.
 */
export const SCHEMA_VERSION = 2;

/**
 * For each collection with sealed values, the schema version that changed the shape of what is sealed there
 * last.
 */
const SEALED_SINCE = {
  accidents: 1,
  audit_findings: 2,
  blobs: 1,
  feedback: 1,
  inbox: 1,
  keys: 2,
  officers: 1,
  people: 1,
  tokens: 1,
  uploads: 1,
} as const;

/**
 * Names the place of a sealed value: collection, version of its shape, document, field. It is authenticated
 * with the value (AAD), so that a value opens in no other place and in no other shape.
 */
export const placeIn = (collection: keyof typeof SEALED_SINCE, id: string, field: string): string =>
  `${collection}@${SEALED_SINCE[collection]}/${id}/${field}`;
