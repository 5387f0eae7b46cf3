import type { LicenceField, LicenceKind } from "../../domain/licence.ts";

/** A printed label. `other`: printed too, but its value is not needed; it only ends the value before it. */
export interface Label {
  field: LicenceField | "validity" | "title" | "other";
  /** the licence it belongs to; null: both */
  kind: LicenceKind | null;
  text: string;
}

const DRIVER = "driving-licence";
const CAR = "vehicle-licence";

/**
 * As printed on the cards (GA 482, GA 37), the electronic licences and the identity card, which drivers
 * photograph by mistake.
 */
const PRINTED: readonly [Label["field"], LicenceKind | null, string][] = [
  ["title", DRIVER, "机动车驾驶证|电子驾驶证"],
  ["title", CAR, "机动车行驶证|电子行驶证"],
  ["number", DRIVER, "证号|证件号码|驾驶证号|身份证号|公民身份号码|身份证明号码|License No."],
  ["name", DRIVER, "姓名|Name"],
  ["sex", DRIVER, "性别|Sex"],
  ["nationality", DRIVER, "国籍|Nationality"],
  ["bornOn", DRIVER, "出生日期|Date of Birth"],
  ["firstIssuedOn", DRIVER, "初次领证日期|Date of First Issue"],
  ["carClass", DRIVER, "准驾车型|Class"],
  ["validity", DRIVER, "有效期限|有效期|有效起始日期|Valid Period|Valid From"],
  ["plate", CAR, "号牌号码|Plate No."],
  ["vehicleType", CAR, "车辆类型|Vehicle Type"],
  ["owner", CAR, "所有人|Owner"],
  ["useCharacter", CAR, "使用性质|Use Character"],
  ["model", CAR, "品牌型号|Model"],
  ["vin", CAR, "车辆识别代号|VIN"],
  ["engineNumber", CAR, "发动机号码|Engine No."],
  ["registeredOn", CAR, "注册日期|Register Date"],
  ["issuedOn", CAR, "发证日期|Issue Date"],
  ["other", null, "住址|档案编号|Address|File No.|民族|发证机关"],
  ["other", CAR, "核定载人数|总质量|整备质量|核定载质量|外廓尺寸|准牵引总质量|检验记录"],
  ["other", DRIVER, "累积记分|准驾记录|签发机关"],
];

export const LABELS: readonly Label[] = PRINTED.flatMap(([field, kind, texts]) =>
  texts.split("|").map((text) => ({ field, kind, text })),
);
