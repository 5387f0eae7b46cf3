import ipaddr from "ipaddr.js";
import Joi from "joi";

/** 32 bytes, written as base64 or as 64 hexadecimal digits; null if they are not. */
function keyBytes(text: string): Buffer | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex");
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, "base64") : null;
}

/** Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes. */
export function isWebhookSecret(text: string): boolean {
  const match = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(text);
  const bytes = match?.[1] ? Buffer.from(match[1], "base64").length : 0;
  return bytes >= 24 && bytes <= 64;
}

/** Never Joi's own sentence for a secret: it repeats the value. */
export const secretText = (pattern: RegExp, sentence: string) =>
  Joi.string().pattern(pattern).messages({ "string.pattern.base": sentence, "string.base": sentence });

export const key = Joi.string()
  .custom((text: string, helpers) => keyBytes(text) ?? helpers.error("key.bytes"))
  .messages({ "key.bytes": "must be 32 bytes as base64 or as 64 hexadecimal digits" });

export const origin = Joi.string()
  .custom((text: string, helpers) => (isOrigin(text) ? text.replace(/\/$/, "") : helpers.error("url.origin")))
  .messages({ "url.origin": "must be http(s)://host[:port] without a path" });

export const address = Joi.string()
  .uri({ scheme: ["http", "https"] })
  .replace(/\/+$/, "");

export const network = Joi.string().custom((text: string, helpers) =>
  ipaddr.isValidCIDR(text) ? text : helpers.message({ custom: "{#label} must be a network such as 10.1.0.0/16" }),
);

const NOBODYS = ["loopback", "linkLocal", "unspecified", "broadcast", "multicast"];

/** A network in which another's server may stand: not this machine, and not everywhere. */
export const othersNetwork = network.custom((text: string, helpers) =>
  NOBODYS.includes(ipaddr.parseCIDR(text)[0].range())
    ? helpers.message({ custom: "{#label} must be a network of others, such as 10.20.0.0/16" })
    : text,
);

export const phone = Joi.string().pattern(/^[0-9+ -]{3,20}$/);

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
}

/** An address of this machine; `{publicUrl}` is one, or is named as a setting of its own. */
export function isLoopback(template: string): boolean {
  const text = template.replaceAll("{publicUrl}", "http://localhost");
  return !URL.canParse(text) || isLoopbackName(new URL(text).hostname);
}

/** As a URL writes host names: lower case, an IPv6 address in brackets. */
const isLoopbackName = (hostname: string): boolean =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
