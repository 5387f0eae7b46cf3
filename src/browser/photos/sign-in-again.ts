const MARK = "kc-signed-in-again";
const EVERY_MS = 60000;

/** A new page brings a new session; once a minute at most, or a server that refuses for good would make the page spin. */
export function signInAgain(): void {
  const last = Number(sessionStorage.getItem(MARK) || 0);
  if (Date.now() - last < EVERY_MS) return;
  sessionStorage.setItem(MARK, String(Date.now()));
  location.reload();
}
