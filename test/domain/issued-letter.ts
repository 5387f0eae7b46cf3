import { createHash } from "node:crypto";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import { type Determination, type DeterminedDegree, determinationOf } from "../../src/domain/determination.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");

export interface Issue {
  number: string;
  at: Date;
  by?: string;
  replaces?: string | null;
  degrees?: Record<Letter, DeterminedDegree>;
}

/** A letter of the case as it is, as the desk issues it. */
export function issuedLetter(accident: Accident, issue: Issue): Determination {
  const { number, at, by = "o1", replaces = null, degrees = { A: "primary", B: "secondary" } } = issue;
  const content = determinationOf(
    accident,
    {
      facts: "甲车由东向西行驶，变更车道时与乙车相撞。",
      causes: "甲车变更车道影响相关车道内车辆行驶。",
      articles: ["《中华人民共和国道路交通安全法实施条例》第四十四条第二款"],
      evidence: [1, 2],
      degrees,
    },
    {
      authority: { name: "上海市公安局交通警察总队", code: "310000" },
      letterNumber: number,
      officer: { name: "张警官", number: "012345" },
      issuedAt: at,
      reviewLastDay: new Date(at.getTime() + 5 * 24 * 3600_000),
      replaces,
    },
  );
  if (!content) throw new Error("the case lacks something that the letter needs");
  return {
    ...{
      number,
      content,
      by,
      issuedAt: at,
      pdfSha256: sha(`pdf-${number}`),
      pngSha256: [sha(`png-${number}`)],
      replaces,
    },
    withdrawn: null,
    served: { A: null, B: null },
    receipts: { A: null, B: null },
    reviews: [],
  };
}
