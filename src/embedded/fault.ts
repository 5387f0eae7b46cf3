import { Doc, docOf, int } from "./values/value.ts";

const CODE_NAMES: Readonly<Record<number, string>> = {
  2: "BadValue",
  9: "FailedToParse",
  14: "TypeMismatch",
  16: "InvalidLength",
  22: "InvalidBSON",
  26: "NamespaceNotFound",
  28: "PathNotViable",
  40: "ConflictingUpdateOperators",
  43: "CursorNotFound",
  50: "MaxTimeMSExpired",
  52: "DollarPrefixedFieldName",
  53: "InvalidIdField",
  54: "NotSingleValueField",
  56: "EmptyFieldName",
  59: "CommandNotFound",
  66: "ImmutableField",
  67: "CannotCreateIndex",
  73: "InvalidNamespace",
  85: "IndexOptionsConflict",
  86: "IndexKeySpecsConflict",
  171: "CannotIndexParallelArrays",
  197: "InvalidIndexSpecificationOption",
  263: "OperationNotSupportedInTransaction",
  292: "QueryExceededMemoryLimitNoDiskUseAllowed",
  352: "UnsupportedOpQueryCommand",
  10334: "BSONObjectTooLarge",
  11000: "DuplicateKey",
  14031: "OutOfDiskSpace",
  17280: "KeyTooLong",
};

/**
 * An error that the client gets under MongoDB's code and name. `extra`: further fields of the answer
 * (keyPattern, keyValue).
 */
export class Fault extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly extra: Doc | undefined;

  constructor(code: number, message: string, extra?: Doc) {
    super(message);
    this.name = "Fault";
    this.code = code;
    this.codeName = CODE_NAMES[code] ?? `Location${code}`;
    this.extra = extra;
  }
  /** Makes the answer to a failed command. */
  answer(): Doc {
    const { code, codeName, message, extra } = this;
    return new Doc([...docOf({ ok: 0, errmsg: message, code: int(code), codeName }), ...(extra ?? [])]);
  }
}
