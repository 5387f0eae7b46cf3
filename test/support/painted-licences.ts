import { fileURLToPath } from "node:url";
import sharp from "sharp";

/**
 * Licences of persons who do not exist, painted after the public form (GA 482, GA 37) in a layout of our own
 * and marked 样本. Drawn as text, not as SVG: the product disables sharp's SVG reader.
 */
export interface DriverCard {
  number: string;
  name: string;
  sex: "男" | "女";
  bornOn: string;
  issuedOn: string;
  carClass: string;
  validFrom: string;
  validTo: string;
}

export interface VehicleCard {
  plate: string;
  vehicleType: string;
  owner: string;
  useCharacter: string;
  model: string;
  vin: string;
  engineNumber: string;
  registeredOn: string;
  issuedOn: string;
}

interface Piece {
  text: string;
  x: number;
  y: number;
  size?: number;
  colour?: string;
  weight?: keyof typeof FONTS;
}

const FONTS = {
  regular: ["400Regular/NotoSansSC_400Regular.ttf", "Noto Sans SC"],
  medium: ["500Medium/NotoSansSC_500Medium.ttf", "Noto Sans SC Medium"],
  bold: ["700Bold/NotoSansSC_700Bold.ttf", "Noto Sans SC Bold"],
} as const;

const CARD = { width: 1056, height: 720 };
const INK = "#23282e";
const RED = "#b8443c";

const zh = (text: string, x: number, y: number): Piece => ({ text, x, y, size: 22, colour: INK, weight: "medium" });
const en = (text: string, x: number, y: number): Piece => ({ text, x, y: y + 27, size: 13, colour: "#555" });
const value = (text: string, x: number, y: number, size = 27): Piece => ({ text, x, y: y - 4, size, colour: "#111" });
const title = (text: string, english: string): Piece[] => [
  { text, x: 262, y: 28, size: 42, colour: INK, weight: "bold" },
  { text: english, x: 300, y: 84, size: 20, colour: "#444" },
];

export function drivingLicence(card: DriverCard): Promise<Buffer> {
  const pieces: Piece[] = [
    ...title("中华人民共和国机动车驾驶证", "Driving License of the People's Republic of China"),
    ...[zh("证号", 190, 132), en("License No.", 190, 132), value(card.number, 420, 130, 32)],
    ...[zh("姓名", 60, 196), en("Name", 60, 196), value(card.name, 150, 196)],
    ...[zh("性别", 520, 196), en("Sex", 520, 196), value(card.sex, 600, 196)],
    ...[zh("国籍", 700, 196), en("Nationality", 700, 196), value("中国", 820, 196)],
    ...[zh("住址", 60, 262), en("Address", 60, 262), value("上海市黄浦区样本路123弄4号567室", 150, 262)],
    ...[zh("出生日期", 420, 352), en("Date of Birth", 420, 352), value(card.bornOn, 610, 352)],
    ...[zh("初次领证日期", 420, 428), en("Date of First Issue", 420, 428), value(card.issuedOn, 610, 428)],
    ...[zh("准驾车型", 420, 504), en("Class", 420, 504), value(card.carClass, 610, 504)],
    ...[zh("有效期限", 60, 636), en("Valid Period", 60, 636), value(card.validFrom, 210, 636)],
    ...[zh("至", 412, 636), value(card.validTo, 470, 636)],
    ...["上海市公安", "局交通警", "察总队"].map((text, row) => ({
      text,
      x: 90,
      y: 380 + row * 44,
      size: 32,
      colour: RED,
    })),
    { text: "样本", x: 872, y: 440, size: 40, colour: "#9aa3ad" },
  ];
  return paint(pieces, [
    { x: 62, y: 356, width: 220, height: 180, colour: RED, isFrame: true },
    { x: 826, y: 330, width: 190, height: 270, colour: "#dfe4ea", isFrame: false },
  ]);
}

export function vehicleLicence(card: VehicleCard): Promise<Buffer> {
  const pieces: Piece[] = [
    ...title("中华人民共和国机动车行驶证", "Vehicle License of the People's Republic of China"),
    ...[zh("号牌号码", 60, 140), en("Plate No.", 60, 140), value(card.plate, 190, 140)],
    ...[zh("车辆类型", 530, 140), en("Vehicle Type", 530, 140), value(card.vehicleType, 670, 140)],
    ...[zh("所有人", 60, 216), en("Owner", 60, 216), value(card.owner, 190, 216)],
    ...[zh("住址", 60, 292), en("Address", 60, 292), value("上海市浦东新区样本大道89号", 190, 292)],
    ...[zh("使用性质", 60, 368), en("Use Character", 60, 368), value(card.useCharacter, 190, 368)],
    ...[zh("品牌型号", 430, 368), en("Model", 430, 368), value(card.model, 570, 368)],
    ...[zh("车辆识别代号", 370, 454), en("VIN", 370, 454), value(card.vin, 560, 454)],
    ...[zh("发动机号码", 370, 540), en("Engine No.", 370, 540), value(card.engineNumber, 560, 540)],
    ...[zh("注册日期", 370, 626), en("Register Date", 370, 626), value(card.registeredOn, 500, 626)],
    ...[zh("发证日期", 700, 626), en("Issue Date", 700, 626), value(card.issuedOn, 830, 626)],
    ...["上海市公安", "局交通警", "察总队"].map((text, row) => ({
      text,
      x: 90,
      y: 480 + row * 44,
      size: 32,
      colour: RED,
    })),
    { text: "样本", x: 920, y: 232, size: 40, colour: "#9aa3ad" },
  ];
  return paint(pieces, [{ x: 62, y: 456, width: 220, height: 180, colour: RED, isFrame: true }]);
}

/** Any sheet with lines of text, such as one that is no licence at all. */
export const sheetOf = (lines: readonly string[]): Promise<Buffer> =>
  paint(
    lines.map((text, row) => value(text, 80, 80 + row * 70)),
    [],
  );

interface Block {
  x: number;
  y: number;
  width: number;
  height: number;
  colour: string;
  isFrame: boolean;
}

async function paint(pieces: readonly Piece[], blocks: readonly Block[]): Promise<Buffer> {
  const layers = await Promise.all([...blocks.map(drawBlock), ...pieces.map(drawText)]);
  return sharp({ create: { ...CARD, channels: 3, background: "#f3f1e6" } })
    .composite(layers)
    .png()
    .toBuffer();
}

async function drawText({ text, x, y, size = 22, colour = INK, weight = "regular" }: Piece) {
  const [file, family] = FONTS[weight];
  const fontfile = fileURLToPath(import.meta.resolve(`@expo-google-fonts/noto-sans-sc/${file}`));
  const markup = `<span foreground="${colour}">${text.replaceAll("&", "&amp;")}</span>`;
  const input = await sharp({ text: { text: markup, font: `${family} ${size}`, fontfile, dpi: 72, rgba: true } })
    .png()
    .toBuffer();
  return { input, left: x, top: y };
}

async function drawBlock({ x, y, width, height, colour, isFrame }: Block) {
  const full = sharp({ create: { width, height, channels: 3, background: colour } });
  const inner = { create: { width: width - 6, height: height - 6, channels: 3 as const, background: "#f3f1e6" } };
  const hollow = isFrame ? full.composite([{ input: await sharp(inner).png().toBuffer() }]) : full;
  return { input: await hollow.png().toBuffer(), left: x, top: y };
}
