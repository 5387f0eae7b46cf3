import type { AgreementParty } from "../../src/domain/agreement.ts";
import type { Letter } from "../../src/domain/letter.ts";

type Driver = Omit<AgreementParty, "impact" | "act" | "degree" | "note">;

/** The drivers of both papers, without their part in the accident; B has no policy number at hand. */
export const EXAMPLE_DRIVERS: Record<Letter, Driver> = {
  A: {
    name: "王建国",
    idKind: "licence",
    idNumber: "310101198501011234",
    phone: "13800138000",
    vehicleKind: "02",
    plate: "沪A62K18",
    insurerCode: "PICC",
    insurerName: null,
    policyNumber: "PDZA202631010000012345",
  },
  B: {
    name: "Katharina Müller",
    idKind: "passport",
    idNumber: "C01X00T47",
    phone: "13900139000",
    vehicleKind: "52",
    plate: "沪AD05271",
    insurerCode: "PAIC",
    insurerName: null,
    policyNumber: null,
  },
};
