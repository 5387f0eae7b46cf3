/** A run of what an address is written with; whatever stands between is no part of a link. Brackets round an address stay. */
const RUN = /[!-'*-~]+/g;
/** A scheme, or a name with a top-level domain: WeChat makes a link of either. */
const ADDRESS = /:\/\/|[a-z0-9]\.[a-z]{2,}(?![a-z0-9])/i;

/** Words of somebody else that are to stand in a message of ours: no tag and no address becomes a link in the account's voice. */
export function plainWords(text: string): string {
  const withoutAddresses = text.replace(RUN, (run) => (ADDRESS.test(run) ? "…" : run));
  return withoutAddresses.replaceAll("<", "＜").replaceAll(">", "＞");
}
