import { Fact } from "@p4/pages/view";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import { copyWords } from "../../src/views/copy-words.ts";
import type { CheckView, CopyView, StoreView, SystemAnswer, SystemSample } from "../../src/views/views.ts";
import { askApi } from "./ask-api.ts";
import { LineChart } from "./line-chart.tsx";
import { StaleNotice } from "./notices.tsx";
import { usePolling } from "./use-polling.ts";
import { spanText } from "./words.ts";

/** How the edge that answers, and its broker, do. */
export function SystemView(): VNode {
  const { value, trouble, atMs } = usePolling<SystemAnswer>("system", () => askApi<SystemAnswer>("/system"));
  const storeTrouble = value?.store.ok === false ? value.store.trouble : null;
  return (
    <div class="console system">
      <h1>System</h1>
      {value === null ? <p class="quiet">Asking the server…</p> : <Whole system={value} />}
      <StaleNotice trouble={trouble?.text ?? storeTrouble} asOfMs={atMs} />
    </div>
  );
}

function Whole({ system }: { readonly system: SystemAnswer }): VNode {
  const { ready, nodeId, region, startedAtMs, nowMs, checks, store, samples } = system;
  return (
    <>
      <p>
        <span class={ready ? "chip good" : "chip bad"}>{ready ? "ready" : "not ready"}</span>{" "}
        <span class="quiet small">
          edge <span class="mono">{nodeId.slice(0, 8)}</span>, region {region}, up for{" "}
          {spanText(Math.max(1_000, nowMs - startedAtMs))}
        </span>
      </p>
      <div class="columns">
        <section class="card" aria-label="Checks">
          <h2>Checks</h2>
          <ul class="connections">
            {checks.map((check) => (
              <Check check={check} />
            ))}
          </ul>
        </section>
        <div class="stack">
          <Store store={store} />
          {store.ok && store.copies.length > 0 && <Copies copies={store.copies} />}
        </div>
      </div>
      <section class="card" aria-label="The last hour">
        <h2>The last hour of this edge</h2>
        {samples.length < 2 ? (
          <p class="quiet">The first numbers come ten seconds after the start.</p>
        ) : (
          <Charts samples={samples} />
        )}
      </section>
    </>
  );
}

function Check({ check: { name, ok, detail, facts = {} } }: { readonly check: CheckView }): VNode {
  const told = Object.entries(facts).map(([fact, value]) => `${fact} ${String(value)}`);
  return (
    <li>
      <span>
        <span class={ok ? "chip good" : "chip bad"}>{ok ? "ok" : "failed"}</span> <strong>{name}</strong>
      </span>
      {(detail !== undefined || told.length > 0) && (
        <span class="small quiet">{visibleText([...(detail === undefined ? [] : [detail]), ...told].join(", "))}</span>
      )}
    </li>
  );
}

function Store({ store }: { readonly store: StoreView }): VNode {
  return (
    <section class="card" aria-label="Broker">
      <h2>Broker</h2>
      {store.ok ? (
        <dl class="facts">
          <Fact name="Server">
            nats-server {store.version}
            {store.cluster !== null && `, cluster ${store.cluster}`}
          </Fact>
          <Fact name="Round trip">{store.roundTripMs.toFixed(1)} ms</Fact>
          {store.clockAheadMs !== null && <Fact name="Its clock">{clockText(store.clockAheadMs)}</Fact>}
          <Fact name="Stored">
            {sizeText(store.storedBytes)} in {store.streams} streams, {store.messages.toLocaleString("en")} messages
          </Fact>
          <Fact name="Grows by">{sizeText(store.bytesPerDay)} a day</Fact>
          <Fact name="In the end">
            {store.finalBytes === null
              ? "some of it is kept without end"
              : `about ${sizeText(store.finalBytes)}, once the oldest goes with age`}
          </Fact>
          <Fact name="Disk">{diskText(store)}</Fact>
          <Fact name="Limit">{limitText(store)}</Fact>
        </dl>
      ) : (
        <p class="notice bad">{visibleText(store.trouble)}</p>
      )}
    </section>
  );
}

/** How far the other sites' copies of the log are. */
function Copies({ copies }: { readonly copies: readonly CopyView[] }): VNode {
  return (
    <section class="card" aria-label="Other sites">
      <h2>Other sites</h2>
      <ul class="connections">
        {copies.map((copy) => {
          const { tone, mark, detail } = copyWords(copy);
          return (
            <li key={copy.site}>
              <span>
                <span class={tone === "plain" ? "chip" : `chip ${tone}`}>{mark}</span> <strong>{copy.site}</strong>
              </span>
              <span class="small quiet">{detail}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

type StoreFacts = Extract<StoreView, { ok: true }>;

function diskText({ diskFreeBytes, diskDaysLeft, finalBytes }: StoreFacts): string {
  if (diskFreeBytes === null) return "of the broker's own machine: watch it there";
  const free = `${sizeText(diskFreeBytes)} free`;
  if (diskDaysLeft !== null) return `${free}: ${diskDaysLeft.toLocaleString("en")} days at this rate`;
  return finalBytes === null ? free : `${free}: enough for what is kept`;
}

function limitText({ storeLimitBytes, limitDaysLeft }: StoreFacts): string {
  if (storeLimitBytes === null) return "none of the account";
  return limitDaysLeft === null
    ? `${sizeText(storeLimitBytes)}: never reached at this rate`
    : `${sizeText(storeLimitBytes)}: ${limitDaysLeft.toLocaleString("en")} days left`;
}

function clockText(aheadMs: number): string {
  const apart = Math.round(Math.abs(aheadMs));
  return apart < 50 ? "the same as here" : `${String(apart)} ms ${aheadMs < 0 ? "behind" : "ahead"}`;
}

function Charts({ samples }: { readonly samples: readonly SystemSample[] }): VNode {
  const times = samples.map(({ atMs }) => atMs);
  const of = (name: string, read: (sample: SystemSample) => number | null) => ({ name, values: samples.map(read) });
  return (
    <div class="charts">
      <LineChart
        title="Messages"
        unit="a second"
        times={times}
        series={[
          of("received", ({ received }) => received),
          of("delivered", ({ delivered }) => delivered),
          of("refused", ({ refused }) => refused),
        ]}
      />
      <LineChart
        title="Until stored"
        unit="ms"
        times={times}
        series={[of("half of them", ({ storeP50Ms }) => storeP50Ms), of("95 of 100", ({ storeP95Ms }) => storeP95Ms)]}
      />
      <LineChart
        title="Here now"
        unit=""
        times={times}
        series={[of("connections", ({ connections }) => connections), of("channels", ({ channels }) => channels)]}
      />
      <LineChart
        title="Load"
        unit=""
        times={times}
        series={[of("waiting for the log", ({ backlog }) => backlog), of("ms late", ({ loopLagMs }) => loopLagMs)]}
      />
    </div>
  );
}

function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  for (; value >= 999.5 && unit < units.length - 1; unit += 1) value /= 1_000;
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}
