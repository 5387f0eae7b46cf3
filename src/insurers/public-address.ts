import dns from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Thrown for an address to which no claim is posted unless the settings allow it (SSRF): anything but public
 * unicast.
 */
export class AddressRefused extends Error {
  readonly code = "EADDRREFUSED";
  constructor() {
    super("address is not public");
    this.name = "AddressRefused";
  }
}

/**
 * True for a public unicast address. IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4,
 * Teredo) are all refused: no insurer needs them.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === "ipv4") return parsed.range() === "unicast";
  const v6 = parsed as ipaddr.IPv6;
  // Only 2000::/3 is assigned as global unicast; ::/8 (compatible), fec0::/10 (site-local) and 5f00::/16
  // (SRv6) lie outside.
  const global = ((v6.parts[0] ?? 0) & 0xe000) === 0x2000;
  return global && v6.range() === "unicast" && v6.zoneId === undefined;
}

/**
 * Where claims may go: true, anywhere (never in production); networks (CIDR), into them alone, as over a
 * leased line; false, to public addresses.
 */
export type Allowed = boolean | readonly string[];

function isAllowed(address: string, allowed: Allowed): boolean {
  if (typeof allowed === "boolean") return allowed || isPublicAddress(address);
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  return allowed.some((network) => {
    const [range, bits] = ipaddr.parseCIDR(network);
    return range.kind() === parsed.kind() && parsed.match(range, bits);
  });
}

/**
 * Makes a `lookup` for the socket itself: the connection goes to the address that was checked, so that a name
 * that changes in between (DNS rebinding) gains nothing. One bad address among several refuses the name.
 */
export function vettedLookup(allowed: Allowed, resolve: typeof dns.lookup = dns.lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const found = addresses as dns.LookupAddress[];
      const refused = found.length === 0 || !found.every(({ address }) => isAllowed(address, allowed));
      if (refused) return callback(new AddressRefused() as NodeJS.ErrnoException, "", 0);
      if (options.all) return callback(null, found);
      const [first] = found as [dns.LookupAddress];
      return callback(null, first.address, first.family);
    });
  };
}

/**
 * Throws AddressRefused unless the URL may be posted to: in production https, on 443 unless into networks of
 * the settings, never credentials, never a literal that is not allowed (a socket does not look up literals,
 * so they are checked here).
 */
export function checkUrl(url: URL, allowed: Allowed): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.username !== "" || url.password !== "") throw new AddressRefused();
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new AddressRefused();
  if (allowed === true) return;
  if (url.protocol !== "https:" || (url.port !== "" && allowed === false)) throw new AddressRefused();
  if (isIP(host) !== 0 && !isAllowed(host, allowed)) throw new AddressRefused();
}
