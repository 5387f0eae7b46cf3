import ipaddr from "ipaddr.js";

type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Makes a check of addresses against networks such as "10.1.0.0/16"; an empty list lets everybody in. */
export function allowedFrom(networks: readonly string[]): (address: string) => boolean {
  const known: Network[] = networks.map((network) => ipaddr.parseCIDR(network));
  if (known.length === 0) return () => true;
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const from = ipaddr.process(address);
    return known.some(([network, bits]) => network.kind() === from.kind() && from.match(network, bits));
  };
}
