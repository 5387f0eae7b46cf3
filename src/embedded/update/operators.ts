import { Fault } from "../fault.ts";
import { compare } from "../values/compare.ts";
import { calculate } from "../values/numbers.ts";
import { type DateTime, Doc, Int32, isNumeric, Opaque, TYPE, typeName, type Value } from "../values/value.ts";
import { addToSet, pop, pull, pullAll, push } from "./array-operators.ts";

/** Computes the new value from the old one (undefined: missing); undefined as a result leaves everything as it is. */
export type Change = (current: Value | undefined, path: string) => Value | undefined;
type Make = (operand: Value, now: DateTime) => Change;

/** The operators that compute one value; those that create a missing path are marked. */
export const OPERATORS: Readonly<Record<string, { creates: boolean; make: Make }>> = {
  $set: { creates: true, make: (operand) => () => operand },
  $setOnInsert: { creates: true, make: (operand) => () => operand },
  $inc: { creates: true, make: arithmetic("$inc", "add", "increment") },
  $mul: { creates: true, make: arithmetic("$mul", "multiply", "multiply") },
  $min: { creates: true, make: keepBy((difference) => difference < 0) },
  $max: { creates: true, make: keepBy((difference) => difference > 0) },
  $currentDate: { creates: true, make: currentDate },
  $push: { creates: true, make: push },
  $addToSet: { creates: true, make: addToSet },
  $pull: { creates: false, make: pull },
  $pullAll: { creates: false, make: pullAll },
  $pop: { creates: false, make: pop },
};

function arithmetic(op: string, kind: "add" | "multiply", verb: string): Make {
  return (operand) => {
    if (!isNumeric(operand)) throw new Fault(14, `Cannot ${verb} with non-numeric argument: ${typeName(operand)}`);
    return (current, path) => {
      if (current === undefined) return kind === "add" ? operand : calculate("multiply", operand, ZERO);
      if (!isNumeric(current)) {
        const type = typeName(current);
        throw new Fault(
          14,
          `Cannot apply ${op} to a value of non-numeric type. The field '${path}' has non-numeric type ${type}`,
        );
      }
      const result = calculate(kind, current, operand);
      if (result === undefined)
        throw new Fault(2, `Failed to apply ${op} operations to current value: the long at '${path}' overflows`);
      return result;
    };
  };
}

const ZERO = new Int32(0);

function keepBy(better: (difference: number) => boolean): Make {
  return (operand) => (current) => (current === undefined || better(compare(operand, current)) ? operand : undefined);
}

function currentDate(operand: Value, now: DateTime): Change {
  if (operand === true || operand === false) return () => now;
  const type = operand instanceof Doc && operand.size === 1 ? operand.get("$type") : undefined;
  if (type === "date") return () => now;
  if (type === "timestamp") return () => timestamp(now);
  throw new Fault(2, "$currentDate takes true or {$type: 'date' or 'timestamp'}");
}

function timestamp(now: DateTime): Opaque {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE(Math.floor(now.ms / 1000), 4);
  return new Opaque(TYPE.timestamp, bytes);
}
