import { onForeignCatalog } from "../system/foreign-catalog.ts";

export default onForeignCatalog({
  name: "drop",
  about: "Give up a catalog that you have accepted.",
  listed: "natster ls",
  does: (person, which) => person.catalog.drop(which),
  said: (name) => `gave up ${name}`,
});
