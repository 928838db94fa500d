import fc from "fast-check";
import { expect, test } from "vitest";
import { linkTo, readRoute, type Route } from "./route.ts";

test.each(["", "#", "#/", "#/nowhere", "#/of/me", "#x=1"])("%o is the library", (fragment) => {
  expect(readRoute(fragment)).toEqual({ at: "library" });
});

test("a folder's link keeps its last slash, and every character of its names", () => {
  const route: Route = { at: "catalog", owner: "me", catalog: "photos", path: "Überraschung #1/50% off?/" };
  expect(linkTo(route)).toBe("#/of/me/photos/%C3%9Cberraschung%20%231/50%25%20off%3F/");
  expect(readRoute(linkTo(route))).toEqual(route);
});

test("whatever a path is, its link leads there", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("/"));
  const path = fc.array(name).map((names) => names.join("/"));
  fc.assert(
    fc.property(path, (path) => {
      const route: Route = { at: "catalog", owner: "me", catalog: "c", path };
      expect(readRoute(linkTo(route))).toEqual(route);
    }),
  );
});

test("a lone percent sign, typed by hand, is a percent sign", () => {
  expect(readRoute("#/of/me/photos/50%")).toMatchObject({ path: "50%" });
});
