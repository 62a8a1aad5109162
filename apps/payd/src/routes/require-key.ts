import { isIP } from "node:net";
import type { ApiKey, ApiKeyScope } from "@p4/app";
import { problem, type HttpRequest, type HttpRoute } from "@p4/http";
import { PaydError, isPaydError, paydErrors } from "../errors.ts";
import { hostNameOf, isLoopbackName } from "./guard-route.ts";

export interface KeyPolicy {
  /** The key in force whose text this is; null: there is none. */
  readonly findKey: (text: string) => Promise<ApiKey | null>;
  /** Whether a program of this machine needs a key as well. */
  readonly alwaysRequired: boolean;
}

/**
 * Lets a request in that brings a key with the scope, `Authorization: Bearer <key>` (or `token <key>`); and, unless a key is always
 * required, one without a key that comes from this machine. A key that is brought must be right in any case.
 */
export function requireKey(scope: ApiKeyScope, route: HttpRoute, policy: KeyPolicy): HttpRoute {
  return {
    ...route,
    async handle(request) {
      try {
        await admit(request, scope, policy);
      } catch (error) {
        if (!isPaydError(error)) throw error;
        const { httpStatus, title } = paydErrors[error.code];
        const headers = httpStatus === 401 ? { "www-authenticate": 'Bearer realm="payd"' } : undefined;
        return problem(httpStatus, { code: error.code, title, detail: error.message }, headers);
      }
      return route.handle(request);
    },
  };
}

async function admit(request: HttpRequest, scope: ApiKeyScope, policy: KeyPolicy): Promise<void> {
  const authorization = request.headers.get("authorization");
  if (authorization === undefined) {
    if (!policy.alwaysRequired && isOfThisMachine(request)) return;
    throw new PaydError("PAYD_API_KEY_REQUIRED", "authorization: must be `Bearer` and an API key");
  }
  const [, text] = /^(?:bearer|token) +(\S{1,128})$/i.exec(authorization) ?? [];
  const key = text === undefined ? null : await policy.findKey(text);
  if (key === null) throw new PaydError("PAYD_API_KEY_REFUSED", "authorization: is not an API key that is in force");
  if (!key.scopes.includes(scope)) {
    throw new PaydError("PAYD_API_KEY_SCOPE", `authorization: the key ${key.id} has not the scope ${scope}`);
  }
}

/** A proxy on this machine says by `Host` or a header that it speaks for another one. `::/64` is how the IPv6 loopback counts. */
function isOfThisMachine({ remoteAddress, headers }: HttpRequest): boolean {
  const isLocal = remoteAddress === "::/64" || (isIP(remoteAddress) === 4 && remoteAddress.startsWith("127."));
  const isForwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"].some((name) => headers.has(name));
  return isLocal && !isForwarded && isLoopbackName(hostNameOf(headers.get("host") ?? ""));
}
