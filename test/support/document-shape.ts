/** The BSON types of each field; an array's elements are one field, "a.[]". */
export type Shape = Map<string, Set<string>>;

type Bson = { _bsontype?: string };
const NUMBERS: readonly (string | undefined)[] = ["Int32", "Long", "Double"];

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof Date) return "date";
  if (typeof value !== "object") return typeof value;
  const { _bsontype } = value as Bson;
  if (value instanceof Uint8Array || _bsontype === "Binary") return "binary";
  return NUMBERS.includes(_bsontype) ? "number" : (_bsontype ?? "object");
}

/** The shape of one document. */
export function shapeOf(document: object): Shape {
  const shape: Shape = new Map();
  const note = (path: string, value: unknown): void => {
    const type = typeOf(value);
    shape.set(path, (shape.get(path) ?? new Set()).add(type));
    if (type === "array") for (const one of value as unknown[]) note(`${path}.[]`, one);
    if (type === "object") for (const [name, inner] of Object.entries(value as object)) note(`${path}.${name}`, inner);
  };
  for (const [name, value] of Object.entries(document)) note(name, value);
  return shape;
}

/** Fields that all these documents have, each with the types that it has in any of them. */
function always(documents: readonly object[]): Shape {
  const shapes = documents.map(shapeOf);
  const [first = new Map<string, Set<string>>(), ...others] = shapes;
  const paths = [...first.keys()].filter((path) => others.every((shape) => shape.has(path)));
  return new Map(paths.map((path) => [path, new Set(shapes.flatMap((shape) => [...(shape.get(path) ?? [])]))]));
}

/**
 * What a program that knows only the documents `of` would miss in the documents `now`: fields that were in
 * all of them, and types that none of them had there.
 */
export function missedIn(now: readonly object[], of: readonly object[]): string[] {
  const missed = new Set<string>();
  for (const [path, types] of always(of))
    for (const shape of now.map(shapeOf)) {
      const found = shape.get(path);
      if (!found) missed.add(`${path} is gone`);
      for (const type of found ?? [])
        if (!types.has(type)) missed.add(`${path} is ${type}, was ${[...types].join(" or ")}`);
    }
  return [...missed];
}
