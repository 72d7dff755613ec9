// Pickers: suggestions by keyboard as well as by mouse, and making in passing what is not there yet.

import assert from "node:assert/strict";
import { test } from "node:test";

import { portal } from "./portal.mjs";

const demo = portal();

test("A learner is picked from the suggestions with the keyboard alone", async () => {
  const tab = await demo.signedIn("registrar");
  const { name, student_id: number } = demo.told.learner;
  await tab.goto("/admin/assertions/new");
  const field = tab.getByRole("combobox", { name: "Learner" });
  await field.pressSequentially(number.slice(0, -1));
  await tab.getByRole("option").first().waitFor();
  assert.equal(await field.getAttribute("aria-expanded"), "true");

  // Escape closes the list and keeps what was typed.
  await tab.keyboard.press("Escape");
  assert.equal(await field.getAttribute("aria-expanded"), "false");
  await field.fill("");
  await field.pressSequentially(number);
  await tab.getByRole("option", { name: number }).waitFor();
  await tab.keyboard.press("ArrowDown");
  const marked = await field.getAttribute("aria-activedescendant");
  assert.equal(await tab.locator(`[id="${marked}"]`).getAttribute("aria-selected"), "true");
  await tab.keyboard.press("Enter");
  assert.equal(await field.inputValue(), `${name} (${number})`);
  assert.equal(await tab.locator("input[name=learner_id]").inputValue(), demo.told.learner.id);

  // Typing on takes the choice back.
  await field.pressSequentially("x");
  assert.equal(await tab.locator("input[name=learner_id]").inputValue(), "");
});

test("A learner made in passing is chosen in the form one came from, and what was typed is still there", async () => {
  const tab = await demo.signedIn("registrar");
  await tab.goto("/admin/assertions/new");
  await tab.getByLabel("Term").fill("Spring 2031");
  await tab.getByRole("button", { name: "New learner" }).click();
  await tab.getByLabel("Given name").fill("Nia");
  await tab.getByLabel("Family name").fill("Noor");
  await tab.getByRole("button", { name: "Save new profile" }).click();
  await tab.getByRole("combobox", { name: "Learner" }).waitFor();
  assert.equal(await tab.getByRole("combobox", { name: "Learner" }).inputValue(), "Nia Noor");
  assert.equal(await tab.getByLabel("Term").inputValue(), "Spring 2031");
});
