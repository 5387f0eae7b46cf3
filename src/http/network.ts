import { isIPv6 } from "node:net";

const GROUPS = 8;
/** Groups of an IPv6 address that name one network (/64): whoever has one address of it has all of them. */
const OF_NETWORK = 4;

/** Returns what a limit on callers counts by: an IPv4 address, or the /64 network of an IPv6 address. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped || !isIPv6(ip)) return mapped ?? ip;
  const [head = "", tail = ""] = (ip.split("%")[0] ?? "").split("::");
  const [first, last] = [head, tail].map((part) => (part === "" ? [] : part.split(":")));
  const missing = GROUPS - first!.length - last!.length;
  const groups = [...first!, ...Array<string>(Math.max(missing, 0)).fill("0"), ...last!];
  const network = groups.slice(0, OF_NETWORK).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}
