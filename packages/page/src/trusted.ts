/**
 * The one kind of text that may become script here: the address of a worker of this page's own. Everything else is
 * refused by the browser, as the page's policy says.
 */
interface Policies {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (text: string) => string },
  ) => { readonly createScriptURL: (text: string) => unknown };
}
/** Only some browsers have it; the others are held by the rest of the policy. */
const { trustedTypes }: { readonly trustedTypes?: Policies } = globalThis as never;

const policy = trustedTypes?.createPolicy("natster", {
  createScriptURL(text) {
    const url = new URL(text, location.href);
    if (url.origin !== location.origin) throw new TypeError("a worker is of this page's own");
    return url.href;
  },
});

/** The address of a script of this page, in the form that its policy admits. */
export function scriptUrl(url: URL): string {
  // The browser takes what the policy made where a string is declared.
  return (policy?.createScriptURL(url.href) ?? url.href) as string;
}
