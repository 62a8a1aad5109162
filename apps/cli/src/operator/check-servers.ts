import type { ServerProbe } from "@p4/nats";
import { failed, ok, type Finding } from "./finding.ts";

/** Which of the servers that are named answer, each asked for itself. */
export function serversFinding(probes: readonly ServerProbe[]): Finding {
  const check = "servers";
  const [answering, silent] = [
    probes.filter(({ fault }) => fault === null),
    probes.filter(({ fault }) => fault !== null),
  ];
  const there = answering.map(({ url, name }) => `${url}${nameText(name)}`).join(", ");
  if (silent.length === 0) return ok(check, `all ${probes.length} answer: ${there}`);
  const away = silent.map(({ url, fault }) => `${url} does not answer (${fault ?? ""})`).join("; ");
  const fix =
    answering.length * 2 > probes.length
      ? "Start it again, or look at its log and disk: the others go on, but one loss more may stop them."
      : "Start them again: without a majority of its servers the cluster stores nothing.";
  return failed(check, `${away}; ${answering.length} of ${probes.length} do: ${there || "none"}`, fix);
}

/** A server without a name in its configuration goes by its id, which tells an operator nothing. */
const generatedName = /^N[A-Z2-7]{55}$/;

export function nameText(name: string | null): string {
  return name === null || generatedName.test(name) ? "" : ` (${name})`;
}

const monitorTimeoutMs = 2_000;

/** The monitoring ports that answer, and those that do not. */
export async function probeMonitors(
  urls: readonly string[],
): Promise<{ readonly answering: readonly string[]; readonly silent: readonly string[] }> {
  const probes = await Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(new URL("/varz", url), { signal: AbortSignal.timeout(monitorTimeoutMs) }).catch(
        () => null,
      );
      await answer?.body?.cancel();
      return { url, answers: answer?.ok === true };
    }),
  );
  const those = (answers: boolean): string[] =>
    probes.filter((probe) => probe.answers === answers).map(({ url }) => url);
  return { answering: those(true), silent: those(false) };
}
