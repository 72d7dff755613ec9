// Everybody can use every page of staff: see access.test.mjs.

import { test } from "node:test";

import { everybodyCanUse } from "./everybody.mjs";
import { prepare, staffPages } from "./pages.mjs";
import { portal } from "./portal.mjs";

const demo = portal();

test("Everybody can use every page of staff", async (t) => {
  const tab = await demo.signedIn("administrator");
  await everybodyCanUse(t, tab, staffPages(demo, await prepare(demo)), { textTwiceAsBig: false });
});
