import type { Details, Position } from "../../src/domain/accident.ts";
import type { District } from "../../src/domain/district.ts";
import type { Random } from "./random.ts";

/** Made-up people, cars and places of a city. */

const SURNAMES = [
  ..."王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾夏韦付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺顾毛郝龚邵万",
];
const GIVEN = [
  ..."伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文斌鹏飞宇浩然子轩雨涵欣怡俊晨曦思远佳琪晓东雪琳嘉豪梓萱",
];
const ROADS = [
  "延安西路",
  "中山北路",
  "淮海中路",
  "四川北路",
  "共和新路",
  "漕溪路",
  "虹桥路",
  "大连路",
  "杨高中路",
  "张杨路",
  "沪闵路",
  "曹安公路",
  "龙吴路",
  "军工路",
  "长宁路",
  "武宁路",
];
const SIDES = ["由东向西", "由西向东", "由南向北", "由北向南"];
const PLATE_SIGNS = [..."ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"];
const DIGITS = [..."0123456789"];
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

const text = (random: Random, of: readonly string[], length: number): string =>
  Array.from({ length }, () => random.pick(of)).join("");

export const aName = (random: Random): string =>
  random.pick(SURNAMES) + text(random, GIVEN, random.chance(0.75) ? 2 : 1);

function anId(random: Random): string {
  const day = String(1 + random.below(28)).padStart(2, "0");
  const month = String(1 + random.below(12)).padStart(2, "0");
  const body = `310101${1960 + random.below(45)}${month}${day}${text(random, DIGITS, 3)}`;
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * ID_WEIGHTS[at]!, 0);
  return body + "10X98765432"[sum % 11];
}

/** A driver with a car; one in eight drives a new-energy one. */
export function aDriver(random: Random, insurers: readonly string[]): Details {
  const isElectric = random.chance(0.125);
  const plate = isElectric
    ? `沪AD${text(random, DIGITS, 5)}`
    : `沪${random.pick([..."ABCDEFGHJKLMN"])}${text(random, PLATE_SIGNS, 5)}`;
  return {
    name: aName(random),
    idKind: "licence",
    idNumber: anId(random),
    phone: `1${random.pick(["38", "39", "50", "86", "99"])}${text(random, DIGITS, 8)}`,
    plate,
    vehicleKind: isElectric ? "52" : "02",
    insurerCode: random.pick(insurers),
    insurerName: null,
    policyNumber: random.chance(0.6) ? `PDZA${2025 + random.below(2)}3101${text(random, DIGITS, 8)}` : null,
  };
}

/** A place in a district, near the middle of its outline; without districts, in the city's middle. */
export function aPlace(random: Random, districts: readonly District[]): { position: Position; address: string } {
  const outlined = districts.filter(({ polygons }) => polygons.length > 0);
  const district = outlined.length > 0 ? random.pick(outlined) : null;
  const outline = district?.polygons[0]?.[0] ?? [[31.23, 121.47] as const];
  const points = outline.map(([lat, lng]) => ({ lat, lng }));
  const middle = (of: "lat" | "lng") => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const near = random.pick(points);
  const share = random.next() * 0.8;
  const between = (of: "lat" | "lng") => Number((middle(of) + (near[of] - middle(of)) * share).toFixed(6));
  const position = { lat: between("lat"), lng: between("lng"), crs: "GCJ-02" as const, accuracyM: 8, label: null };
  const road = `${random.pick(ROADS)}${random.pick(SIDES)}${10 * (1 + random.below(200))}号附近`;
  return { position, address: `${district?.zh ?? ""}${road}` };
}
