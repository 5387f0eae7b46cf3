import { readFileSync } from "node:fs";
import type { LetterSheet } from "../../src/domain/letter-sheet.ts";
import { EXAMPLE_DRIVERS } from "./example-drivers.ts";

export const SEAL = readFileSync(new URL("../../../test/fixtures/seal.png", import.meta.url));

/** A change of lanes that met one who was too fast: primary and secondary; names with rare characters. */
export function determinationExample(): LetterSheet {
  return {
    content: {
      authority: { name: "示例市公安局交通警察支队黄浦大队", code: "310101000000" },
      letterNumber: "3101010000002026000123",
      caseNumber: "KC20261123-000042",
      occurredAt: new Date("2026-11-23T12:04:00Z"),
      address: "延安东路近西藏中路，由西向东第二车道",
      weather: "rain",
      parties: {
        A: { ...EXAMPLE_DRIVERS.A, name: "王𠅤国", impact: "right", degree: "primary" },
        B: { ...EXAMPLE_DRIVERS.B, impact: "front-left", degree: "secondary" },
      },
      facts:
        "2026年11月23日20时04分，甲方驾驶沪A62K18小型汽车沿延安东路由西向东行驶至西藏中路西侧约50米处，由第一车道向右变更至第二车道时，" +
        "与沿第二车道同向行驶的乙方驾驶的沪AD05271小型新能源汽车相撞，甲车右侧与乙车左前部接触，两车受损，无人受伤。\n" +
        "双方对变更车道一方是否已完成变道陈述不一致。",
      causes:
        "甲方变更车道时未让所借车道内行驶的车辆先行；乙方雨天未降低行驶速度、未注意前方车辆动态，发现甲车变道后制动不及。",
      articles: [
        "《中华人民共和国道路交通安全法实施条例》第四十四条第二款",
        "《中华人民共和国道路交通安全法》第四十二条第二款",
        "《道路交通事故处理程序规定》第六十条",
      ],
      evidence: [
        { number: 1, photoId: "p1", slot: "scene", by: "A", sha256: "c0ffee".repeat(11).slice(0, 64) },
        { number: 2, photoId: "p2", slot: "own-damage", by: "A", sha256: "decade".repeat(11).slice(0, 64) },
        { number: 6, photoId: "p6", slot: "lane-lines", by: "B", sha256: "facade".repeat(11).slice(0, 64) },
      ],
      officer: { name: "赵䶮", number: "031256" },
      issuedAt: new Date("2026-11-24T02:30:00Z"),
      reviewLastDay: new Date("2026-11-27T15:59:59.999Z"),
      replaces: null,
    },
    insurerNames: { A: { zh: "人保财险", en: "PICC" }, B: { zh: "平安产险", en: "Ping An" } },
    seal: SEAL,
    reviewer: "示例市公安局交通警察总队",
    digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  };
}
