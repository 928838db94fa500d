/** What every answer says, whatever it is. */

const policy = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' blob: data:",
  // What the page's own service worker answers.
  "media-src": "'self'",
  // Also the WebSocket of the same origin.
  "connect-src": "'self'",
  "worker-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
  // No text becomes markup or script in this page, whoever wrote it; the one policy names workers of its own.
  "require-trusted-types-for": "'script'",
  "trusted-types": "natster",
};

/** The page talks to its own origin and to nobody else, is framed by nobody, and asks for none of the device's senses. */
export const strictHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
