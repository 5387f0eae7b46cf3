import { readFileSync } from "node:fs";
import type { Details, Letter } from "../../src/domain/accident.ts";

/** Two made-up drivers with identity numbers whose check digits hold. */
export const DETAILS: Record<Letter, Details> = {
  A: {
    name: "张伟",
    idKind: "licence",
    idNumber: "310101199003077413",
    phone: "13800138000",
    plate: "沪A12345",
    vehicleKind: "02",
    insurerCode: "PICC",
    insurerName: null,
    policyNumber: "PDZA20263100000001",
  },
  B: {
    name: "欧阳娜娜",
    idKind: "licence",
    idNumber: "310115194910010031",
    phone: "13900139000",
    plate: "沪AD12345",
    vehicleKind: "52",
    insurerCode: "CPIC",
    insurerName: null,
    policyNumber: null,
  },
};

/** A drawn signature, as the pad posts it. */
export const SIGNATURE = `data:image/png;base64,${readFileSync(new URL("../../../test/fixtures/signature.png", import.meta.url)).toString("base64")}`;
