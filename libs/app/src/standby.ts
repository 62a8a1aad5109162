import { connectBroker, watchHome, type HomeWatch } from "@p4/nats";
import { closeInOrder, type Logger } from "@p4/telemetry";
import type { Config } from "@p4/config";
import { brokerAccessOf } from "./broker-access-of.ts";
import { siteNamesOf } from "./node-settings.ts";

/** What a process is while its region's home is at another site. */
export interface Standby {
  /** Resolves when this site may be the home, as far as its first stream tells, and with the signal. */
  untilHome(signal: AbortSignal): Promise<void>;
  /** The app may listen. Sockets that wait here are sent on when it is closed. */
  leaveAddress(): void;
  close(): Promise<void>;
}

export interface StandIn {
  leaveAddress(): void;
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly home: HomeWatch;
  /** To be called before it listens: the app leaves its address. */
  readonly beforeListen: () => void;
}

/** What answers in an app's place meanwhile. */
export type StartStandIn = (options: StandInOptions) => Promise<StandIn>;

/** What an app has of its own while it stands by. */
export interface StandbyTraits {
  readonly standIn?: StartStandIn;
  /** Which of the region's streams tells of the home, where the log is none of the app's business. */
  readonly homeStream?: (region: string) => string;
}

export interface StandbyOptions extends Omit<StandInOptions, "home">, StandbyTraits {
  readonly natsUrl: string;
  /** Of the connection. */
  readonly name: string;
}

/** Several streams are promoted side by side: the first one may be ahead. */
const othersFollowMs = 20;

/** @throws StoreError when the broker cannot be reached, HttpServerError when the stand-in has no address. */
export async function openStandby({
  natsUrl,
  name,
  standIn,
  homeStream,
  ...options
}: StandbyOptions): Promise<Standby> {
  const { config } = options;
  const broker = await connectBroker({ url: natsUrl, name, access: brokerAccessOf(config) });
  const { region } = config;
  const stream = homeStream?.(region);
  const home = watchHome(broker, { region, sites: siteNamesOf(config), ...(stream === undefined ? {} : { stream }) });
  const leave = (): Promise<void> => {
    home.stop();
    return broker.close();
  };
  const server = await standIn?.({ ...options, home }).catch(async (error: unknown) => {
    await leave();
    throw error;
  });
  return {
    async untilHome(signal) {
      await new Promise((resolve) => setTimeout(resolve, othersFollowMs));
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (home.state?.kind !== "here" && !signal.aborted) return;
          stop();
          resolve();
        };
        const stop = home.onChange(look);
        signal.addEventListener("abort", look, { once: true });
        home.ask();
        look();
      });
    },
    leaveAddress: () => server?.leaveAddress(),
    close: () => closeInOrder(() => server?.close(), leave),
  };
}
