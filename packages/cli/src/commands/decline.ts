import { onForeignCatalog } from "../system/foreign-catalog.ts";

export default onForeignCatalog({
  name: "decline",
  about: "Turn down a catalog that is offered to you.",
  listed: "natster inbox",
  does: (person, which) => person.catalog.decline(which),
  said: (name) => `turned down ${name}`,
});
