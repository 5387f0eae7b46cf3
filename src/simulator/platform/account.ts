/** The account as both sides know it: what the app's settings say must stand here too. */
export interface Account {
  appid: string;
  secret: string;
  /** The word that pushes are signed with. */
  token: string;
  aesKey: string;
  mode: "plain" | "compatible" | "safe";
  format: "xml" | "json";
  /** Original id of the account (gh_…). */
  account: string;
}

/** Where the two sides find each other; asked at each use, for the ports may be known late. No slash at the end. */
export interface Addresses {
  app(): string;
  platform(): string;
  /** As people see the app's pages, where that is another address: the host that authorisation may lead back to. */
  pages?(): string;
}
