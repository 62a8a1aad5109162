import type { HomeWatch } from "@p4/nats";
import type { CheckResult, Metrics } from "@p4/telemetry";

type Watched = Pick<HomeWatch, "site" | "state" | "trouble" | "copyAgeMs" | "confirmers" | "copyClass" | "leaseLeftMs">;

/** How long this site may still serve without another word of the others; null: it is no home, or nothing limits it. */
function leaseLeftMs({ state, leaseLeftMs: leftMs }: Pick<Watched, "state" | "leaseLeftMs">): number | null {
  if (state?.kind !== "here" && state?.kind !== "unconfirmed") return null;
  const left = leftMs(state.epoch);
  return Number.isFinite(left) ? left : null;
}

/** For `/readyz`: whether the region's home is at this node's site, and what is known of it. */
export function homeCheck(home: Watched): CheckResult {
  const { site, state, trouble, copyAgeMs, confirmers, copyClass } = home;
  const left = leaseLeftMs(home);
  const facts = {
    ...(site === null ? {} : { site }),
    ...(state?.kind === "here" ? { epoch: state.epoch } : {}),
    ...(state?.kind === "away" ? { home: state.site } : {}),
    ...(copyClass === null ? {} : { class: copyClass }),
    ...(confirmers.length === 0 ? {} : { confirmedBy: confirmers.join() }),
    ...(left === null ? {} : { leaseLeftMs: Math.round(left) }),
    ...(copyAgeMs === null ? {} : { copyAgeMs: Math.round(copyAgeMs) }),
  };
  return trouble === null ? { ok: true, facts } : { ok: false, detail: trouble, facts };
}

/** The same for Prometheus. */
export function homeMetrics(metrics: Metrics, region: string, home: Watched): void {
  const epoch = (): number => (home.state?.kind === "here" ? home.state.epoch : 0);
  const gauge = (name: string, help: string, read: () => number | null): void =>
    metrics.observeBy(name, help, "region", () => {
      const value = read();
      return new Map(value === null ? [] : [[region, value]]);
    });
  gauge("region_home", "1: the region's home is at this node's site", () => Number(epoch() > 0));
  gauge("region_epoch", "Which of the region's homes this one is; 0: it is elsewhere", epoch);
  gauge(
    "region_lease_left_seconds",
    "How long this home may still serve without another word of the other sites",
    () => {
      const left = leaseLeftMs(home);
      return left === null ? null : left / 1_000;
    },
  );
  gauge("region_waits_for_copies", "1: an event counts once a copy at another site has it (class sync)", () =>
    Number(home.confirmers.length > 0),
  );
  gauge("region_copy_age_seconds", "Since the copy at this standby last heard of its home", () =>
    home.copyAgeMs === null ? null : home.copyAgeMs / 1_000,
  );
}
