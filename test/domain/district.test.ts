import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type District, districtAfter, districtAt, findDistrict } from "../../src/domain/district.ts";
import type { Position } from "../../src/domain/position.ts";
import { isInside } from "../../src/domain/service-area.ts";
import { cityRules } from "./accident-builder.ts";

const at = (lat: number, lng: number): Position => ({ lat, lng, crs: "WGS-84", accuracyM: 9, label: null });
const square = (lat: number, lng: number, side: number) =>
  [
    [lat, lng],
    [lat, lng + side],
    [lat + side, lng + side],
    [lat + side, lng],
    [lat, lng],
  ] as const;
/** West and east share the border at longitude 122; the west has a hole, the east an island. */
const DISTRICTS: District[] = [
  { code: "990101", zh: "西区", en: "West", polygons: [[square(30, 121, 1), square(30.4, 121.4, 0.2)]] },
  { code: "990102", zh: "东区", en: "East", polygons: [[square(30, 122, 1)], [square(32, 122, 0.1)]] },
  { code: "990103", zh: "新区", en: "New", polygons: [] },
];

describe("the district of a position", () => {
  const cases: [string, Position, string | null][] = [
    ["inside of an outline", at(30.1, 121.1), "990101"],
    ["in another polygon of the same district", at(32.05, 122.05), "990102"],
    ["in a hole", at(30.5, 121.5), null],
    ["outside of all", at(29, 121.5), null],
    ["on the border of two is one of them", at(30.5, 122), "990102"],
  ];
  for (const [what, position, code] of cases)
    it(what, () => assert.equal(districtAt({ A: position, B: null }, DISTRICTS), code));

  it("is that of driver A's phone, else of driver B's", () => {
    const [west, east, nowhere] = [at(30.1, 121.1), at(30.1, 122.1), at(29, 121)];
    assert.equal(districtAt({ A: west, B: east }, DISTRICTS), "990101");
    assert.equal(districtAt({ A: null, B: east }, DISTRICTS), "990102");
    assert.equal(districtAt({ A: nowhere, B: east }, DISTRICTS), "990102");
    assert.equal(districtAt({ A: null, B: null }, DISTRICTS), null);
    assert.equal(districtAt({ A: west, B: east }, []), null);
  });

  it("after a correction follows the positions; one chosen by hand stays where they say nothing", () => {
    const none = { A: null, B: null };
    const west = { A: at(30.1, 121.1), B: null };
    assert.equal(districtAfter({ district: "990103", scene: { positions: none } }, west, DISTRICTS), "990101");
    assert.equal(districtAfter({ district: "990101", scene: { positions: west } }, none, DISTRICTS), null);
    const sea = { A: at(29, 121), B: null };
    assert.equal(districtAfter({ district: "990103", scene: { positions: none } }, sea, DISTRICTS), "990103");
  });
});

describe("the districts of config/", () => {
  let districts: readonly District[];
  before(async () => {
    ({ districts } = await cityRules());
  });

  it("have well-known places where they are", () => {
    const places: [number, number, string][] = [
      [31.2304, 121.4737, "黄浦区"],
      [31.2397, 121.4998, "浦东新区"],
      [31.1434, 121.805, "浦东新区"],
      [31.1979, 121.3363, "长宁区"],
      [31.1953, 121.4372, "徐汇区"],
      [31.2495, 121.4557, "静安区"],
      [31.2697, 121.4817, "虹口区"],
      [31.3016, 121.5019, "杨浦区"],
      [31.2507, 121.396, "普陀区"],
      [31.1128, 121.3817, "闵行区"],
      [31.4049, 121.4893, "宝山区"],
      [31.3756, 121.2655, "嘉定区"],
      [30.7418, 121.342, "金山区"],
      [31.0322, 121.2277, "松江区"],
      [31.1508, 121.1242, "青浦区"],
      [30.9178, 121.4741, "奉贤区"],
      [31.6229, 121.3973, "崇明区"],
    ];
    const found = places.map(([lat, lng]) =>
      findDistrict(districts, districtAt({ A: at(lat, lng), B: null }, districts)),
    );
    assert.deepEqual(
      found.map((district) => district?.zh),
      places.map(([, , zh]) => zh),
    );
  });

  it("do not overlap", () => {
    const twice: string[] = [];
    for (let lat = 30.65; lat < 31.9; lat += 0.0103)
      for (let lng = 120.8; lng < 122.05; lng += 0.0107) {
        const inside = districts.filter(({ polygons }) =>
          polygons.some(([outline]) => isInside({ lat, lng }, outline)),
        );
        if (inside.length > 1) twice.push(`${lat}, ${lng}: ${inside.map(({ en }) => en).join(", ")}`);
      }
    assert.deepEqual(twice, []);
  });
});
