import type { HttpRequest, StreamWriter } from "@p4/http";
import type { InvoiceEvent } from "../invoice/invoice-event.ts";
import type { Invoice } from "../invoice/invoice.ts";
import { eventBody, eventIdOf } from "../webhook/event-body.ts";
import { readQuery } from "./read-query.ts";
import type { ScopedRoute } from "./invoice-routes.ts";

export type EventListener = (invoice: Invoice, event: InvoiceEvent) => void;

const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
const keepAliveMs = 15_000;

/** Those who follow the events of all invoices, as they happen. */
export class EventFollowers {
  readonly #listeners = new Set<EventListener>();

  tell(invoice: Invoice, events: readonly InvoiceEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener(invoice, event);
  }

  /** Returns what ends it. */
  follow(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * `GET /api/v1/events`: what webhooks would be told, from now on, as server-sent events: id, type, body. For development: what happens
 * without a listener is not repeated.
 */
export function eventStreamRoute(followers: EventFollowers, stopping: AbortSignal): ScopedRoute {
  const write = async (writer: StreamWriter): Promise<void> => {
    const over = AbortSignal.any([stopping, writer.signal]);
    writer.write(":\n\n");
    const end = followers.follow((invoice, event) => {
      const id = eventIdOf(invoice.id, event.sequence);
      writer.write(`id: ${id}\nevent: ${event.type}\ndata: ${eventBody(invoice, event)}\n\n`);
    });
    const keepAlive = setInterval(() => writer.write(":\n\n"), keepAliveMs).unref();
    if (!over.aborted)
      await new Promise<void>((resolve) => over.addEventListener("abort", () => resolve(), { once: true }));
    clearInterval(keepAlive);
    end();
  };
  return {
    scope: "invoices:read",
    method: "GET",
    path: "/api/v1/events",
    holdsPlace: true,
    handle({ method, query }: HttpRequest) {
      readQuery(query, []);
      return { status: 200, headers, ...(method !== "HEAD" && { stream: write }) };
    },
  };
}
