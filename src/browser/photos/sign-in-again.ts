const MARK = "kc-signed-in-again";
const EVERY_MS = 60000;

/**
 * Reloads the page for a new session; at most once a minute, or a server that always refuses would make the
 * page reload for ever.
 */
export function signInAgain(): void {
  const last = Number(sessionStorage.getItem(MARK) || 0);
  if (Date.now() - last < EVERY_MS) return;
  sessionStorage.setItem(MARK, String(Date.now()));
  location.reload();
}
