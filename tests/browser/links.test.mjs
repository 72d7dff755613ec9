// No link leads nowhere: whoever is signed in, every page that is offered may be opened. And every page that a link
// leads to is among the pages that access.test.mjs looks at.

import assert from "node:assert/strict";
import { test } from "node:test";

import { learnerPages, pattern, prepare, publicPages, staffPages } from "./pages.mjs";
import { portal } from "./portal.mjs";

const demo = portal();

const ROLES = ["administrator", "registrar", "issuer", "host", "auditor"];

/** The patterns of the pages that were come upon. */
const seen = new Set();

test("The navigation offers each role only pages that it may have", async (t) => {
  for (const role of ROLES) {
    await t.test(role, async () => {
      const tab = await demo.signedIn(role);
      const links = await tab.getByRole("navigation", { name: "Main" }).getByRole("link").all();
      const addresses = await Promise.all(links.map((link) => link.getAttribute("href")));
      assert.ok(addresses.length >= 2, `${role} is offered ${addresses}`);
      for (const address of addresses) {
        const answer = await tab.goto(address);
        assert.equal(answer.status(), 200, address);
        const current = tab.getByRole("navigation", { name: "Main" }).locator("[aria-current=page]");
        assert.equal(await current.getAttribute("href"), address, "the navigation shows where one is");
      }
      await follow(tab.context(), ["/admin", "/admin/learners?q=an", "/admin/search?q=an"]);
      await tab.context().close();
    });
  }
});

test("No link of the public pages leads nowhere", async () => {
  await follow(await demo.visitor(), ["/", `/c/${demo.told.cedids.revoked}`, "/validate?cedid=0000-0000-001J"]);
});

test("No link of the learner’s pages leads nowhere", async () => {
  const tab = await (await demo.visitor()).newPage();
  await tab.goto(demo.told.learner.sign_in_url);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.waitForURL("**/record");
  await follow(tab.context(), ["/record"]);
});

test("Every page that a link leads to is one of the pages that are looked at", async () => {
  const places = await prepare(demo);
  const listed = [...publicPages(demo, places), ...learnerPages(demo, places), ...staffPages(demo, places)];
  const known = new Set(listed.map((page) => pattern(page.address)));
  assert.deepEqual([...seen].filter((page) => !known.has(page)), []);
});

/** Follows every kind of link from these pages on; a link of a kind, such as to a learner, once. */
async function follow(context, from) {
  const waiting = from.map((address) => [address, "the beginning"]);
  const followed = new Set();
  while (waiting.length > 0) {
    const [address, page] = waiting.pop();
    const answer = await context.request.get(address);
    const isStart = from.includes(address);
    assert.ok(answer.ok() || (isStart && answer.status() === 404), `${address}, linked from ${page}: ${answer.status()}`);
    if (!answer.headers()["content-type"].startsWith("text/html")) continue;
    if (answer.ok()) seen.add(pattern(answer.url()));
    for (const link of linksIn(await answer.text(), answer.url())) {
      const kind = `${pattern(link)} ${[...link.searchParams.keys()]}`;
      if (followed.has(kind)) continue;
      followed.add(kind);
      waiting.push([link.href, address]);
    }
  }
}

/** The links of a page that stay in the portal. */
function linksIn(html, page) {
  const found = [...html.matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)]
    .map(([, href]) => href.replaceAll("&amp;", "&"))
    .filter((href) => !href.startsWith("#"))
    .map((href) => new URL(href, page));
  return found.filter((link) => link.origin === demo.url);
}
