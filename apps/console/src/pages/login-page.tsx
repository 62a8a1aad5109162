import { Page, type Assets } from "@p4/pages";
import type { VNode } from "preact";

interface LoginPageProps {
  readonly assets: Assets;
  /** Where to go on. */
  readonly next: string;
  /** What was wrong with the last try. */
  readonly fault: string | null;
}

export function LoginPage({ assets, next, fault }: LoginPageProps): VNode {
  return (
    <Page title="Console: log in" styles={[assets.url("pages.css"), assets.url("console.css")]}>
      <form class="card login" method="post" action="/console/login">
        <h1>Operator's console</h1>
        {fault !== null && (
          <p class="notice bad" role="alert">
            {fault}
          </p>
        )}
        <input type="hidden" name="next" value={next} />
        <div class="field">
          <label for="key">Operator's key</label>
          <input id="key" name="key" type="password" autocomplete="current-password" required autofocus />
        </div>
        <p class="quiet small">
          The key in <code>secrets/console-key</code> of the server's data directory. It is sent once; this browser then
          keeps a session for twelve hours.
        </p>
        <button type="submit" class="button primary">
          Log in
        </button>
      </form>
    </Page>
  );
}

export function ClosedPage({ assets, text }: { readonly assets: Assets; readonly text: string }): VNode {
  return (
    <Page title="Console" styles={[assets.url("pages.css"), assets.url("console.css")]}>
      <div class="card login">
        <h1>The console is not open here</h1>
        <p>{text}</p>
      </div>
    </Page>
  );
}
