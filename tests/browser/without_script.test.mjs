// The main job where no script runs, on a telephone: the menu, the forms and the verdict are plain HTML.

import assert from "node:assert/strict";
import { test } from "node:test";

import { portal, signIn } from "./portal.mjs";

const demo = portal();

const BROWSER = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } };

test("A registrar awards and issues, and a stranger validates, without any script", async () => {
  const tab = await (await demo.visitor(BROWSER)).newPage();
  await signIn(tab, demo.account("registrar"));
  await tab.getByRole("button", { name: "Menu" }).click();
  await tab.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Assertions" }).click();
  await tab.getByRole("link", { name: "Award" }).click();

  // A wrong form comes back with what was typed.
  await tab.getByLabel("Learner", { exact: true }).fill(demo.told.learner.student_id);
  await tab.getByRole("button", { name: "Save new assertion" }).click();
  await tab.getByRole("heading", { name: "There is a problem" }).waitFor();
  const learner = await tab.getByLabel("Learner", { exact: true }).inputValue();
  assert.ok(learner.includes(demo.told.learner.student_id), learner);

  // A doubtful entry comes back with the candidates.
  await tab.getByLabel("Achievement", { exact: true }).fill("e");
  await tab.getByRole("button", { name: "Save new assertion" }).click();
  await tab.getByRole("group", { name: "Which one do you mean?" }).getByRole("radio").first().check();
  await tab.getByRole("button", { name: "Save new assertion" }).click();
  await tab.getByRole("link", { name: "Check and issue" }).click();
  await tab.getByRole("button", { name: `Issue this award to ${demo.told.learner.name}` }).click();
  const cedid = await tab.locator("main code.cedid").first().innerText();

  const street = await (await demo.visitor(BROWSER)).newPage();
  await street.goto("/");
  await street.getByRole("textbox", { name: "CeDiD" }).fill(cedid);
  await street.getByRole("button", { name: "Check credential" }).click();
  await street.getByRole("heading", { level: 1, name: "This credential is valid" }).waitFor();
  await street.getByRole("link", { name: "See the credential" }).click();
  await street.getByRole("link", { name: "Download PDF" }).waitFor();
  assert.ok(!(await street.getByRole("button", { name: "Copy" }).isVisible()), "nothing is offered that needs a script");
});

test("A learner opens the record from the mailed link without any script", async () => {
  const tab = await (await demo.visitor(BROWSER)).newPage();
  await tab.goto(demo.told.learner.sign_in_url);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.getByRole("heading", { level: 1, name: demo.told.learner.name }).waitFor();
  await tab.getByText("events behind it").first().click();
  await tab.getByRole("button", { name: "Menu" }).click();
  await tab.getByRole("button", { name: "Sign out" }).click();
  await tab.goto("/record");
  await tab.waitForURL("**/sign-in**");
});
