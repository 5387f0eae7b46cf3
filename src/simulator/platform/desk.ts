import type Router from "@koa/router";
import { child, imageType, type Json, readFile, readJsonBody, text } from "./body.ts";
import type { People, Person } from "./people.ts";
import { OK, Refusal } from "./refusal.ts";

const OCR_BYTES = 2_000_000;

export interface DeskOptions {
  people: People;
  now: () => number;
  /** Returns whose papers a picture shows; without it, those of the person who acted last. */
  whoIsPictured?: (image: Buffer) => string | null;
}

export interface Desk {
  menu(): Json | null;
  routes(router: Router): void;
}

/** Serves menu, user information and the reading of documents. */
export function createDesk({ people, now, whoIsPictured }: DeskOptions): Desk {
  let menu: Json | null = null;

  function pictured(image: Buffer): Person {
    const openid = whoIsPictured?.(image);
    const person = openid ? people.find(openid) : people.list().sort((a, b) => b.lastActAt - a.lastActAt)[0];
    if (!person) throw new Refusal(101001, "certificate not found");
    return person;
  }

  return {
    menu: () => menu,
    routes(router) {
      router.post("/cgi-bin/menu/create", async (ctx) => {
        const order = await readJsonBody(ctx);
        const buttons = Array.isArray(order["button"]) ? order["button"].map(child) : [];
        if (buttons.length < 1 || buttons.length > 3) throw new Refusal(40016, "invalid button size");
        for (const { name } of buttons) {
          if (text(name) === "" || Buffer.byteLength(text(name)) > 16)
            throw new Refusal(40018, "invalid button name size");
        }
        menu = order;
        ctx.body = OK;
      });
      router.get("/cgi-bin/menu/get", (ctx) => {
        if (!menu) throw new Refusal(46003, "menu no exist");
        ctx.body = { menu };
      });
      router.get("/cgi-bin/menu/delete", (ctx) => {
        menu = null;
        ctx.body = OK;
      });
      router.post("/cgi-bin/callback/check", (ctx) => {
        const ip = "127.0.0.1";
        const ping = { ip, from_operator: "CAP", package_loss: "0%", time: "0.1ms" };
        ctx.body = { dns: [{ ip, real_operator: "CAP" }], ping: [ping] };
      });
      router.get("/cgi-bin/user/info", (ctx) => {
        const { openid, follows, followedAt } = people.get(ctx.query["openid"]);
        const subscribe_time = Math.floor((followedAt || now()) / 1000);
        ctx.body = follows
          ? { subscribe: 1, openid, language: "zh_CN", subscribe_time, remark: "", groupid: 0, tagid_list: [] }
          : { subscribe: 0, openid };
      });
      for (const [kind, read] of Object.entries(PAPERS)) {
        router.post(`/cv/ocr/${kind}`, async (ctx) => {
          const { bytes } = await readFile(ctx, "img");
          if (!imageType(bytes) || bytes.length > OCR_BYTES) throw new Refusal(101000, "invalid image data");
          ctx.body = { ...OK, ...read(pictured(bytes)) };
        });
      }
    },
  };
}

const PAPERS: Readonly<Record<string, (person: Person) => Record<string, string>>> = {
  driving: ({ papers }) => ({
    plate_num: papers.plate,
    vehicle_type: papers.vehicleType,
    owner: papers.name,
    addr: "上海市黄浦区演示路1号",
    use_character: "非营运",
    model: papers.model,
    vin: papers.vin,
    engine_num: papers.engineNumber,
    register_date: "2021-05-06",
    issue_date: "2021-05-06",
  }),
  drivinglicense: ({ papers }) => ({
    id_num: papers.idNumber,
    name: papers.name,
    nationality: "中国",
    issue_date: "2012-03-04",
    car_class: "C1",
    valid_from: "2022-03-04",
    valid_to: "2032-03-04",
  }),
  idcard: ({ papers }) => ({ type: "Front", name: papers.name, id: papers.idNumber, nationality: "汉" }),
};
