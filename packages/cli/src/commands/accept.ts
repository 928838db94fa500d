import { accept } from "@natster/person";
import { onForeignCatalog } from "../system/foreign-catalog.ts";

export default onForeignCatalog({
  name: "accept",
  about: "Accept a catalog that is offered to you, and wait until you can reach it.",
  listed: "natster inbox",
  does: (person, which) => accept(person, which),
  said: (name) => `accepted ${name}; natster get ${name} fetches it`,
});
