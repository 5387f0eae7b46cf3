import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ID_KINDS, type IdKind } from "../../src/domain/id-kind.ts";
import { checkIdNumber, type IdFault, isDriversAge } from "../../src/domain/identity-number.ts";

/** A number of 18 characters, its check digit worked out here. */
function whole(first17: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return first17 + "10X98765432"[weights.reduce((sum, w, at) => sum + w * Number(first17[at]), 0) % 11];
}
const HONG_KONG_RESIDENT = whole("81000019900307741");
const TAIWAN_RESIDENT = whole("83000019851201002");
const PERMANENT = whole("91184019800101001");

describe("the number of a document", () => {
  const RIGHT: [IdKind, string, string?][] = [
    ["licence", "310101199003077413"],
    ["licence", "310115194910010031"],
    ["licence", "１１０１０５ 19491231 002x", "11010519491231002X"],
    ["licence", "310101199OO3O774l3", "310101199003077413"],
    ["licence", "11010519491231002Х", "11010519491231002X"],
    ["licence", "\u202d310101199003077413\u202c", "310101199003077413"],
    ["licence", "310101900307741"],
    ["licence", HONG_KONG_RESIDENT],
    ["licence", PERMANENT],
    ["licence", "USA110180010112"],
    ["licence", "H12345678"],
    ["licence", "e 1234 5678", "E12345678"],
    ["licence", "0012345678(B)", "0012345678B"],
    ["id-card", "310101199003077413"],
    ["id-card", whole("31010120000229001")],
    ["id-card", whole("31010119960229001")],
    ["residence-permit", HONG_KONG_RESIDENT],
    ["residence-permit", TAIWAN_RESIDENT],
    ["permanent-residence", PERMANENT],
    ["permanent-residence", "usa110180010112", "USA110180010112"],
    ["permanent-residence", "USA11018OO1O112", "USA110180010112"],
    ["hk-macao-permit", "H12345678"],
    ["hk-macao-permit", "m1234567801", "M1234567801"],
    ["hk-macao-permit", "HO1234567", "H01234567"],
    ["taiwan-permit", "12345678"],
    ["taiwan-permit", "12345678 01", "1234567801"],
    ["taiwan-permit", "0012345678(B)", "0012345678B"],
    ["passport", "e 1234 5678", "E12345678"],
    ["passport", "EA1234567"],
    ["passport", "C01X00T47"],
    ["passport", "531234567"],
  ];
  for (const [kind, typed, stored = typed] of RIGHT) {
    it(`${kind}: ${typed} is ${stored}`, () =>
      assert.deepEqual(checkIdNumber(kind, typed), { number: stored, fault: null }));
  }

  const WRONG: [IdKind, string, IdFault][] = [
    ["licence", "31010119900307741", "form"],
    ["licence", "3101011990030774130", "form"],
    ["licence", "3101011990030774", "form"],
    ["licence", "13800138000", "form"],
    ["licence", "310012345678", "file-number"],
    ["licence", "12345678", "form"],
    ["licence", "", "form"],
    ["licence", "E12<45678", "form"],
    ["licence", "310101199003077414", "checksum"],
    ["licence", "310101209903077413", "checksum"],
    ["licence", "310101901307741", "date"],
    ["id-card", "310105190002290022", "date"],
    ["id-card", "310101199013077413", "date"],
    ["id-card", "310101199004317413", "date"],
    ["id-card", "310101199003007413", "date"],
    ["id-card", whole("31010119970229001"), "date"],
    ["id-card", "310101199003077414", "checksum"],
    ["id-card", "310101199003074713", "checksum"],
    ["id-card", "000101199003077413", "form"],
    ["id-card", "31010119900307741A", "form"],
    ["id-card", "310101900307741", "form"],
    ["id-card", "H12345678", "form"],
    ["id-card", HONG_KONG_RESIDENT, "form"],
    ["id-card", "3".repeat(100_000), "form"],
    ["residence-permit", "310101199003077413", "form"],
    ["residence-permit", `${HONG_KONG_RESIDENT.slice(0, 17)}0`, "checksum"],
    ["permanent-residence", "310101199003077413", "form"],
    ["permanent-residence", "US1101180010112", "form"],
    ["hk-macao-permit", "C12345678", "form"],
    ["hk-macao-permit", "H1234567", "form"],
    ["taiwan-permit", "1234567", "form"],
    ["passport", "E1", "form"],
    ["passport", "E1234567890", "form"],
    ["passport", "E12<45678", "form"],
    ["passport", "ABCDEFGH", "form"],
    ["passport", "13800138000", "form"],
  ];
  for (const [kind, typed, fault] of WRONG) {
    it(`${kind}: ${typed.slice(0, 20)} is refused: ${fault}`, () => {
      assert.deepEqual(checkIdNumber(kind, typed), { number: null, fault });
    });
  }

  const AGES: [string, string, boolean][] = [
    [whole("31010120081129001"), "2026-11-28T15:59:00Z", false], // eighteen tomorrow, in China
    [whole("31010120081129001"), "2026-11-28T16:01:00Z", true],
    [whole("31010119260101001"), "2026-11-29T00:00:00Z", true],
    [whole("31010119251128001"), "2026-11-29T00:00:00Z", false],
    [whole("31010120990307741"), "2026-11-29T00:00:00Z", false],
    [whole("31010120210307741"), "2026-11-29T00:00:00Z", false],
    ["310101900307741", "2026-11-29T00:00:00Z", true],
    ["310101200503077", "2026-11-29T00:00:00Z", false],
    ["E12345678", "2026-11-29T00:00:00Z", true],
  ];
  for (const [number, now, may] of AGES) {
    it(`${number} is ${may ? "" : "not "}a driver's at ${now}`, () => {
      assert.equal(isDriversAge(number, new Date(now)), may);
    });
  }

  for (const kind of ID_KINDS) {
    it(`${kind}: is judged in no time, whatever is typed`, { timeout: 20_000 }, () => {
      for (const part of ["1", "A", "X", " ", "-", "(", "O", "\u202d", "\n"]) checkIdNumber(kind, part.repeat(100_000));
      for (const part of ["1", "A", "O", "("]) checkIdNumber(kind, part.repeat(40));
    });
  }
});
