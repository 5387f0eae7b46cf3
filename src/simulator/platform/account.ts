/** The account as both sides know it; must equal the app's settings. */
export interface Account {
  appid: string;
  secret: string;
  /** The token that pushes are signed with. */
  token: string;
  aesKey: string;
  mode: "plain" | "compatible" | "safe";
  format: "xml" | "json";
  /** Original id of the account (gh_…). */
  account: string;
}

/** Addresses of both sides, read at each use because ports may be known late. No slash at the end. */
export interface Addresses {
  app(): string;
  platform(): string;
  /**
   * The app's pages as people see them, if that is another address: the host to which authorisation may
   * return.
   */
  pages?(): string;
}
