import Joi from "joi";

/** The account's menu in the platform's own form. */
export interface Menu {
  button: MenuButton[];
}
export type MenuButton = MenuLeaf | { name: string; sub_button: MenuLeaf[] };
type MenuLeaf =
  | { name: string; type: "view"; url: string }
  | { name: string; type: "click" | "pic_photo_or_album" | "location_select"; key: string };

/** As written in config/menu.yaml: an address, or a key, or buttons below. */
export interface WrittenMenu {
  buttons: WrittenButton[];
}
interface WrittenButton {
  name: string;
  url?: string;
  key?: string;
  opens?: "album" | "map";
  buttons?: WrittenButton[];
}

// The platform's limits: three by five, names of 16 bytes and, one level down, 60.
const leaf = (nameBytes: number) => ({
  name: Joi.string().max(nameBytes, "utf8").required(),
  url: Joi.string()
    .pattern(/^(\{publicUrl\}|https:\/\/[^/]+)\/\S*$/)
    .max(1024, "utf8")
    .messages({ "string.pattern.base": "must begin with {publicUrl}/ or https://" }),
  key: Joi.string().pattern(/^[a-z-]{1,64}$/),
  opens: Joi.string().valid("album", "map"),
});

export const menuSchema = Joi.object({
  buttons: Joi.array()
    .min(1)
    .max(3)
    .required()
    .items(
      Joi.object({
        ...leaf(16),
        buttons: Joi.array()
          .min(1)
          .max(5)
          .items(Joi.object(leaf(60)).xor("url", "key").with("opens", "key")),
      })
        .xor("url", "key", "buttons")
        .with("opens", "key"),
    ),
});

const KINDS = { album: "pic_photo_or_album", map: "location_select" } as const;

export const menuOf = ({ buttons }: WrittenMenu, publicUrl: string): Menu => ({
  button: buttons.map(({ name, buttons: below, ...rest }) =>
    below ? { name, sub_button: below.map((one) => leafOf(one, publicUrl)) } : leafOf({ name, ...rest }, publicUrl),
  ),
});

function leafOf({ name, url, key = "", opens }: WrittenButton, publicUrl: string): MenuLeaf {
  if (url) return { name, type: "view", url: url.replaceAll("{publicUrl}", publicUrl) };
  return { name, type: opens ? KINDS[opens] : "click", key };
}
