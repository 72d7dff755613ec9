// Everybody can use every page of staff: see access.test.mjs.

import { test } from "node:test";

import { everybodyCanUse } from "./everybody.mjs";
import { counted, dropConferral, prepare, preparedConferral, staffPages } from "./pages.mjs";
import { portal } from "./portal.mjs";

const demo = portal();

test("Everybody can use a conferral before it is approved", async (t) => {
  const tab = await demo.signedIn("registrar");
  await tab.goto("/admin/programs");
  const program = await tab.locator("tbody th a").first().getAttribute("href");
  await counted(tab, program);
  const conferral = await preparedConferral(tab, program);
  const page = (name, address) => ({ name, status: 200, open: (one) => one.goto(address) });
  const pages = [page("a conferral that is prepared", conferral), page("an award as it will be", `${conferral}/preview`)];
  await everybodyCanUse(t, tab, pages, { textTwiceAsBig: false });
  // What was prepared would stand in the way of the pages below.
  await tab.goto(conferral);
  await dropConferral(tab);
});

test("Everybody can use every page of staff", async (t) => {
  const tab = await demo.signedIn("administrator");
  await everybodyCanUse(t, tab, staffPages(demo, await prepare(demo)), { textTwiceAsBig: false });
});
