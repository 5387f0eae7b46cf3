import Joi from "joi";
import { Invalid, Upstream } from "../../errors.ts";
import type { Caller } from "./caller.ts";

export type MenuButton =
  | { name: string; type: "click" | "scancode_push" | "scancode_waitmsg" | "location_select"; key: string }
  | { name: string; type: "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin"; key: string }
  | { name: string; type: "view"; url: string }
  | { name: string; type: "miniprogram"; url: string; appid: string; pagepath: string }
  | { name: string; sub_button: MenuButton[] };

export interface Menu {
  button: MenuButton[];
}

export interface MenuCalls {
  /** Replaces the account's menu. Throws Invalid with the first field that the platform would refuse. */
  createMenu(menu: Menu): Promise<void>;
  getMenu(): Promise<Menu | null>;
  deleteMenu(): Promise<void>;
}

const bytes = (limit: number) => Joi.string().max(limit, "utf8").required();
const url = Joi.string()
  .uri({ scheme: ["http", "https"] })
  .max(1024, "utf8")
  .required();

function leaf(nameBytes: number) {
  const name = bytes(nameBytes);
  const keyed = Joi.string().valid(
    ...["click", "scancode_push", "scancode_waitmsg", "location_select"],
    ...["pic_sysphoto", "pic_photo_or_album", "pic_weixin"],
  );
  return [
    Joi.object({ name, type: keyed.required(), key: bytes(128) }),
    Joi.object({ name, type: Joi.valid("view").required(), url }),
    Joi.object({ name, type: Joi.valid("miniprogram").required(), url, appid: bytes(64), pagepath: bytes(1024) }),
  ];
}

// The platform's limits: three buttons of five entries, names of 16 bytes, in the second level 60.
const schema = Joi.object<Menu>({
  button: Joi.array()
    .min(1)
    .max(3)
    .required()
    .items(
      ...leaf(16),
      Joi.object({
        name: bytes(16),
        sub_button: Joi.array()
          .min(1)
          .max(5)
          .required()
          .items(...leaf(60)),
      }),
    ),
});

const storedSchema = Joi.object<{ menu: Menu }>({
  menu: Joi.object({ button: Joi.array().required() }).unknown().required(),
});

const NO_MENU = 46003;

export function createMenuCalls(caller: Caller): MenuCalls {
  return {
    async createMenu(menu) {
      const { error } = schema.validate(menu);
      if (error) throw new Invalid("menu", { field: error.details[0]?.path.join(".") });
      await caller.done({ method: "POST", path: "/cgi-bin/menu/create", json: menu });
    },
    async getMenu() {
      try {
        const path = "/cgi-bin/menu/get";
        return (await caller.json({ method: "GET", path, onTimeout: "next-host" }, storedSchema)).menu;
      } catch (error) {
        if (hasErrcode(error, NO_MENU)) return null;
        throw error;
      }
    },
    deleteMenu: () => caller.done({ method: "GET", path: "/cgi-bin/menu/delete" }),
  };
}

function hasErrcode(error: unknown, errcode: number): boolean {
  return error instanceof Upstream && error.details["errcode"] === errcode;
}
