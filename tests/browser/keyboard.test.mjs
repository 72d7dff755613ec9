// Everything can be done by keyboard, and reading begins where it should.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sent } from "./pages.mjs";
import { portal } from "./portal.mjs";

const demo = portal();

test("The first tab stop skips to the content", async (t) => {
  const tab = await demo.signedIn("registrar");
  for (const address of ["/", "/validate", `/c/${demo.told.cedids.hoosier}`, "/sign-in/link", "/admin", "/admin/learners"]) {
    await t.test(address, async () => {
      await tab.goto(address);
      await tab.keyboard.press("Tab");
      const skip = tab.getByRole("link", { name: "Skip to" });
      assert.ok(await isFocused(skip), "the skip link comes first");
      const box = await skip.boundingBox();
      assert.ok(box.width > 50 && box.height > 20 && box.x >= 0 && box.y >= 0, "and is seen when it has the focus");
      await tab.keyboard.press("Enter");
      await tab.keyboard.press("Tab");
      assert.ok(await tab.evaluate(() => document.activeElement.closest("main") !== null), "the next stop is in the content");
    });
  }
});

test("A registrar signs in and reaches an award without a mouse", async () => {
  const tab = await (await demo.visitor()).newPage();
  const { email, password } = demo.account("registrar");
  await tab.goto("/sign-in");
  await tabTo(tab, tab.getByLabel("E-mail address"));
  await tab.keyboard.type(email);
  await tabTo(tab, tab.getByLabel("Password"));
  await tab.keyboard.type(password);
  await tab.keyboard.press("Enter");
  await tab.waitForURL("**/admin");
  await tabTo(tab, tab.getByRole("searchbox", { name: "Learner, achievement or CeDiD" }));
  await tab.keyboard.type(demo.told.cedids.hoosier);
  await tab.keyboard.press("Enter");
  await tab.getByRole("heading", { level: 1, name: "Allison Fake Student" }).waitFor();
  await tabTo(tab, tab.getByRole("link", { name: "Revoke" }));
  await tab.keyboard.press("Enter");
  await tab.getByRole("heading", { level: 1, name: "Revoke" }).waitFor();
  await tabTo(tab, tab.getByRole("button", { name: "Sign out" }), "Shift+Tab");
  await tab.keyboard.press("Space");
  await tab.waitForURL((address) => !address.pathname.startsWith("/admin"));
});

test("A stranger checks a code and opens the credential without a mouse", async () => {
  const tab = await (await demo.visitor()).newPage();
  await tab.goto("/");
  await tabTo(tab, tab.getByRole("textbox", { name: "CeDiD" }));
  await tab.keyboard.type(demo.told.cedids.valid);
  await tab.keyboard.press("Enter");
  await tab.getByRole("heading", { level: 1, name: "This credential is valid" }).waitFor();
  await tabTo(tab, tab.getByRole("link", { name: "See the credential" }));
  await tab.keyboard.press("Enter");
  await tab.waitForURL("**/c/**");
});

test("On a telephone the menu opens and closes by keyboard", async () => {
  const tab = await demo.signedIn("registrar", { viewport: { width: 390, height: 844 } });
  const place = tab.getByRole("navigation", { name: "Main" });
  assert.ok(!(await place.isVisible()));
  await tabTo(tab, tab.getByRole("button", { name: "Menu" }));
  await tab.keyboard.press("Enter");
  await place.waitFor();
  await tabTo(tab, place.getByRole("link", { name: "Learners" }));
  await tab.keyboard.press("Escape");
  await place.waitFor({ state: "hidden" });
});

test("After a refused form reading begins at the summary, whose lines lead to their fields", async (t) => {
  const tab = await demo.signedIn("administrator");
  const stranger = await (await demo.visitor()).newPage();
  await tab.goto(`/admin/assertions?q=${demo.told.cedids.hoosier}`);
  const award = await tab.locator("tbody th a").first().getAttribute("href");
  const forms = [
    [stranger, "/sign-in", "Sign in"],
    [stranger, "/sign-in/link", "Send me a link"],
    [stranger, "/validate", "Check credential"],
    [tab, "/admin/profiles/new", "Save new"],
    [tab, "/admin/profiles/new?kind=person", "Save new"],
    [tab, "/admin/achievements/new", "Save new"],
    [tab, "/admin/assertions/new", "Save new"],
    [tab, "/admin/rubrics/new", "Save new"],
    [tab, `${award}/revocation`, "Revoke this award"],
    [tab, "/admin/staff/new", "Add and make"],
  ];
  for (const [page, address, button] of forms) {
    await t.test(address.replace(/[0-9a-f-]{36}/, "{id}"), async () => {
      await page.goto(address);
      assert.equal((await sent(page, button)).status(), 422);
      assert.match(await page.title(), /^Error: /);
      const summary = page.locator(".summary");
      assert.ok(await isFocused(summary), "the summary has the focus");
      const lines = await summary.getByRole("link").all();
      assert.ok(lines.length > 0);
      for (const line of lines) {
        await line.focus();
        await page.keyboard.press("Enter");
        const wrong = await line.getAttribute("href");
        const focused = await page.evaluate(() => `#${document.activeElement.id}`);
        assert.equal(focused, wrong, "the field has the focus");
      }
    });
  }
});

/** Whether the keyboard is at an element. */
function isFocused(locator) {
  return locator.evaluate((one) => one === document.activeElement);
}

/** Presses Tab until the keyboard is at an element, which must then be seen to have the focus. */
async function tabTo(tab, locator, key = "Tab") {
  for (let presses = 0; presses < 60; presses += 1) {
    await tab.keyboard.press(key);
    if (await isFocused(locator)) {
      const outline = await locator.evaluate((one) => getComputedStyle(one).outlineStyle);
      assert.notEqual(outline, "none", `${locator} shows that it has the focus`);
      return;
    }
  }
  assert.fail(`${locator} was not reached with ${key}`);
}
