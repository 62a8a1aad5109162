import { problemsOf, validatorOf, type Json } from "@p4/api-docs/testing";

/** The descriptions that an edge publishes, and what a frame or an answer departs from them. */
export class PublishedSchemas {
  readonly openApi: Json;
  readonly asyncApi: Json;
  /** `method path status` of every checked answer. */
  readonly answered = new Set<string>();
  /** The key of every checked frame. */
  readonly heard = new Set<string>();
  readonly #compile: Record<"openApi" | "asyncApi", ReturnType<typeof validatorOf>>;
  readonly #base: string;

  private constructor(base: string, openApi: Json, asyncApi: Json) {
    this.#base = base;
    this.openApi = openApi;
    this.asyncApi = asyncApi;
    this.#compile = { openApi: validatorOf(openApi), asyncApi: validatorOf(asyncApi) };
  }

  static async of(port: number): Promise<PublishedSchemas> {
    const base = `http://127.0.0.1:${port}`;
    const read = async (name: string): Promise<Json> => (await fetch(`${base}/docs/${name}.json`)).json();
    return new PublishedSchemas(base, await read("openapi"), await read("asyncapi"));
  }

  /** Calls the route and compares its answer with the description; `path` as described, `values` for its parameters. */
  async call(
    method: "GET" | "POST",
    path: string,
    { values = {}, query = "", ...init }: { values?: Record<string, string>; query?: string } & RequestInit = {},
  ): Promise<{ status: number; text: string; headers: Headers; problems: string[] }> {
    const url = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? name);
    const response = await fetch(`${this.#base}${url}${query}`, { method, ...init });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (isStream) await response.body?.cancel();
    const text = isStream ? "" : await response.text();
    const { status, headers } = response;
    return { status, text, headers, problems: this.#answerProblems({ method, path, status, headers, text }) };
  }

  /** What in a frame departs from its key's message; `name` when the message has another name than its key. */
  frameProblems(text: string, name?: string): string[] {
    const frame: Json = JSON.parse(text);
    const key: string = name ?? frame.key ?? frame.type;
    this.heard.add(key);
    if (this.asyncApi.components.messages[key] === undefined) return [`${key} is not described`];
    return this.#problems("asyncApi", ["components", "messages", key, "payload"], frame, key);
  }

  #answerProblems(answer: { method: string; path: string; status: number; headers: Headers; text: string }): string[] {
    const { method, path, status, headers, text } = answer;
    const where = `${method} ${path} ${status}`;
    this.answered.add(where);
    const response = this.openApi.paths[path]?.[method.toLowerCase()]?.responses[status];
    if (response === undefined) return [`${where} is not described: ${text.slice(0, 200)}`];
    const required = Object.entries<Json>(response.headers ?? {}).filter(([, header]) => header.required === true);
    const missing = required.map(([name]) => name).filter((name) => !headers.has(name));
    if (missing.length > 0) return [`${where} has no header ${missing.join()}`];
    if (response.content === undefined) return text === "" ? [] : [`${where} has a body: ${text.slice(0, 200)}`];
    const type = (headers.get("content-type") ?? "").split(";")[0]!;
    // Of a callback the answer has a body only when it has something to say.
    if (status === 201 && text === "" && type === "") return [];
    if (response.content[type] === undefined) return [`${where} has the content type ${type}`];
    if (!type.endsWith("json")) return [];
    const pointer = ["paths", path, method.toLowerCase(), "responses", String(status), "content", type, "schema"];
    return this.#problems("openApi", pointer, JSON.parse(text), where);
  }

  #problems(document: "openApi" | "asyncApi", pointer: readonly string[], value: unknown, where: string): string[] {
    const path = pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
    const validate = this.#compile[document]({ $ref: `#/${path}` });
    return problemsOf(validate, value).map((problem) => `${where}: ${problem}`);
  }
}
