/** A webhook, as it is shown. */
export interface ShownWebhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
}

/** With what its deliveries are signed with: shown when it is made, and never again. */
export interface NewWebhook extends ShownWebhook {
  readonly secret: string;
}

export interface Outcome {
  readonly delivered: boolean;
  /** Null: there was no answer, for the reason that `error` tells. */
  readonly status: number | null;
  readonly answer: string;
  readonly error: string | null;
}

export interface ShownAttempt extends Outcome {
  readonly event: string;
  readonly type: string | null;
  /** 0: an operator has asked for it. */
  readonly attempt: number;
  readonly at: string;
  readonly nextAttemptAt: string | null;
  readonly body: string | null;
}

/** The webhooks of one sender: of the merchant's wallet, or of the log. Each method rejects with a CliError or a StoreError. */
export interface WebhookBook {
  /** The oldest first. */
  list(): Promise<readonly ShownWebhook[]>;
  /** The newest first. */
  deliveries(
    id: string,
    which: { readonly channelId: string | undefined; readonly limit: number },
  ): Promise<readonly ShownAttempt[]>;
  /** `events`: types; undefined: all. */
  add(url: string, events: readonly string[] | undefined): Promise<NewWebhook>;
  rotate(id: string): Promise<NewWebhook>;
  remove(id: string): Promise<void>;
  /** `event`: `<channel>.<sequence>`. */
  redeliver(id: string, event: string): Promise<Outcome>;
  test(id: string): Promise<Outcome>;
}
