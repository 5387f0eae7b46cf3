/** Papers of a virtual person, all invented. */
export interface Papers {
  name: string;
  idNumber: string;
  plate: string;
  vehicleType: string;
  model: string;
  vin: string;
  engineNumber: string;
}

const NAMES = ["张伟", "李娜", "王芳", "刘洋", "陈静", "杨磊"];

/** Returns the papers of the nth virtual person. Check digits are valid, so that forms accept them. */
export function papersOf(index: number): Papers {
  return {
    name: NAMES[index % NAMES.length] ?? "张伟",
    idNumber: idNumberOf(index),
    plate: `沪A${String(10_001 + index)}`,
    vehicleType: "小型轿车",
    model: "大众汽车牌SVW71810",
    vin: vinOf(index),
    engineNumber: `E${String(700_001 + index)}`,
  };
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

// 310100 is the city as a whole: numbers are issued by districts only, so this one belongs to nobody.
function idNumberOf(index: number): string {
  const body = `31010019900101${String((index % 999) + 1).padStart(3, "0")}`;
  const sum = ID_WEIGHTS.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
  return `${body}${"10X98765432"[sum % 11]}`;
}

const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
// Values of the sample's letters in the check sum (GB 16735).
const VIN_LETTERS: Readonly<Record<string, number>> = { L: 3, S: 2, V: 5, A: 1, J: 1 };

function vinOf(index: number): string {
  const vin = `LSVAA49J0620${String(10_001 + index)}`;
  const sum = VIN_WEIGHTS.reduce(
    (total, weight, i) => total + weight * (VIN_LETTERS[vin[i] ?? ""] ?? Number(vin[i])),
    0,
  );
  return `${vin.slice(0, 8)}${"0123456789X"[sum % 11]}${vin.slice(9)}`;
}
