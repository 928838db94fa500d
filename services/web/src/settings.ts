/** The forms that this service's settings have. */
import * as z from "zod";

/** `host:port`; an IPv6 host stands in brackets. */
export const HostPort = z
  .string()
  .regex(/^(?:\[[\da-f:.]+\]|[^:[\]\s]+):\d{1,5}$/i, "expected host:port")
  .transform((text) => {
    const at = text.lastIndexOf(":");
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(text.slice(at + 1)) };
  })
  .refine(({ port }) => port <= 65_535, "there is no such port");

/** An address for people. It ends in a slash, so that a fragment can follow it as it is. */
export const PublicUrl = z
  .url({ protocol: /^https?$/, error: "expected an http or https URL" })
  .transform((text) => new URL(text))
  .refine(
    ({ search, hash, username, password }) => !`${search}${hash}${username}${password}`,
    "expected no more than an origin and a path",
  )
  .transform(({ href }) => (href.endsWith("/") ? href : `${href}/`));

/** nats-server's WebSocket listener, without TLS: this service stands beside it. */
export const WebsocketUrl = z
  .url({ protocol: /^ws$/, error: "expected a ws URL" })
  .transform((text) => new URL(text))
  .transform(({ hostname, port }) => ({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) }));

/** The listeners of several nats-servers, separated by commas. */
export const WebsocketUrls = z
  .string()
  .transform((urls) => urls.split(","))
  .pipe(z.tuple([WebsocketUrl], WebsocketUrl));
