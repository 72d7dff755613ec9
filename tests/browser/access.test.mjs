// Everybody can use every page: axe finds nothing against WCAG 2.2 AA, in light and dark and in forced colours, on a
// desk and on a telephone; and nothing has to be scrolled sideways, down to 320 pixels and with the text twice as big.
// The pages of staff, as many as all others, stand in a file of their own: two files are tried at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DESK, everybodyCanUse, sideways, SMALLEST, TELEPHONE, violations } from "./everybody.mjs";
import { learnerPages, prepare, publicPages, sent } from "./pages.mjs";
import { portal } from "./portal.mjs";

const demo = portal();

let prepared;
const places = () => (prepared ??= prepare(demo));

test("Everybody can use every public page", async (t) => {
  const tab = await (await demo.visitor()).newPage();
  await everybodyCanUse(t, tab, publicPages(demo, await places()), { textTwiceAsBig: true });
});

test("Everybody can use every page of a learner", async (t) => {
  await places();
  const tab = await (await demo.visitor()).newPage();
  await tab.goto(demo.told.learner.sign_in_url);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.waitForURL("**/record");
  await everybodyCanUse(t, tab, learnerPages(demo, await places()), { textTwiceAsBig: true });
});

test("Everybody can use the pages that one comes to rarely", async (t) => {
  const auditor = await demo.signedIn("auditor");
  const administrator = await demo.signedIn("administrator");
  const host = await demo.signedIn("host");
  const rare = [
    { name: "a page that one may not have", status: 403, open: (tab) => tab.goto("/admin/settings"), tab: auditor },
    { name: "the dashboard of a host", status: 200, open: (tab) => tab.goto("/admin"), tab: host },
    { name: "the learners of a host", status: 200, open: (tab) => tab.goto("/admin/learners"), tab: host },
    { name: "learners that a host found", status: 200, open: (tab) => tab.goto("/admin/learners?q=an"), tab: host },
    { name: "the set-up link of a new member of staff", status: 201, open: addStaff, tab: administrator },
  ];
  for (const one of rare) await everybodyCanUse(t, one.tab, [one], { textTwiceAsBig: false });
});

test("A form whose session had ended comes back with what was typed, and everybody can use it", async (t) => {
  const tab = await demo.signedIn("registrar");
  await tab.goto("/admin/achievements/new");
  await tab.getByLabel("Name", { exact: true }).fill("Typed before the session ended");
  await demo.endSessions();
  await tab.getByRole("button", { name: "Save" }).click();
  await tab.waitForURL("**/sign-in?**");
  const { email, password } = demo.account("registrar");
  await tab.getByLabel("E-mail address").fill(email);
  await tab.getByLabel("Password").fill(password);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.waitForURL("**/admin/achievements/new?kept=**");
  const address = tab.url();
  assert.equal(await tab.getByLabel("Name", { exact: true }).inputValue(), "Typed before the session ended");
  const kept = { name: "a form that was kept", status: 200, open: (one) => one.goto(address), tab };
  await everybodyCanUse(t, tab, [kept], { textTwiceAsBig: true });
});

test("Everybody can use the menu of a telephone", async (t) => {
  const tab = await demo.signedIn("registrar", { viewport: TELEPHONE });
  for (const address of ["/", "/admin/assertions"]) {
    await t.test(address, async () => {
      await tab.setViewportSize(TELEPHONE);
      await tab.goto(address);
      await tab.getByRole("button", { name: "Menu" }).click();
      const found = [];
      for (const colorScheme of ["light", "dark"]) {
        await tab.emulateMedia({ colorScheme });
        found.push(...(await violations(tab)));
      }
      await tab.setViewportSize(SMALLEST);
      found.push(...(await sideways(tab)));
      assert.deepEqual(found, []);
    });
  }
});

test("Pages keep their sense in forced colours", async (t) => {
  const tab = await demo.signedIn("registrar", { forcedColors: "active", viewport: DESK });
  for (const address of ["/", `/c/${demo.told.cedids.revoked}`, "/admin/assertions", "/admin/achievements/new"]) {
    await t.test(address, async () => {
      await tab.goto(address);
      assert.deepEqual(await violations(tab), []);
    });
  }
});

async function addStaff(tab) {
  await tab.goto("/admin/staff/new");
  await tab.getByLabel("Name", { exact: true }).fill("Ada Added");
  await tab.getByLabel("E-mail address").fill("ada.added@iu.example");
  await tab.getByRole("radio", { name: "auditor" }).check();
  const answer = await sent(tab, "Add and make the set-up link");
  await tab.getByRole("heading", { level: 1, name: "Set-up link" }).waitFor();
  return answer;
}
