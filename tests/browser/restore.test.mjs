// A backup takes the place of a portal that is new: handed in, looked at, restored with the password, signed in to.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { DESK, TELEPHONE, violations } from "./everybody.mjs";
import { complaints, portal, signIn } from "./portal.mjs";

const demo = portal();

const account = { email: "ada@new.example", password: "a password of some length" };

test("An administrator moves to another machine with a backup", async (t) => {
  const backup = join(demo.folder, "night.backup");
  await demo.command("backup", backup);
  const other = await demo.another(account.email);
  const context = await demo.visitor({ baseURL: other.url });
  const heard = complaints(context, [422]);
  const tab = await context.newPage();
  const everybodyCanUseIt = async () => {
    for (const [size, colorScheme] of [[DESK, "light"], [DESK, "dark"], [TELEPHONE, "light"], [TELEPHONE, "dark"]]) {
      await tab.setViewportSize(size);
      await tab.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(tab), [], `${size.width} ${colorScheme}`);
    }
    await tab.setViewportSize(DESK);
  };

  await t.test("starts a new portal and is led to restoring", async () => {
    await tab.goto(other.link);
    await tab.getByLabel("Password", { exact: true }).fill(account.password);
    await tab.getByLabel(/again/i).fill(account.password);
    await tab.getByRole("main").getByRole("button").click();
    await signIn(tab, account);
    await tab.getByRole("link", { name: "restore its backup" }).click();
    await tab.getByRole("heading", { name: "Restore a backup into this portal" }).waitFor();
    await everybodyCanUseIt();
  });

  await t.test("is told what is wrong with another file", async () => {
    await tab.getByLabel("Backup", { exact: true }).setInputFiles({
      name: "photo.png", mimeType: "image/png", buffer: Buffer.from("no backup at all"),
    });
    await tab.getByRole("button", { name: "Look at what it holds" }).click();
    await tab.getByText("photo.png is not a backup of Testamur").first().waitFor();
    await everybodyCanUseIt();
  });

  await t.test("sees what the backup holds before anything is changed", async () => {
    await tab.getByLabel("Backup", { exact: true }).setInputFiles(backup);
    await tab.getByRole("button", { name: "Look at what it holds" }).click();
    await tab.getByRole("heading", { level: 1, name: "Restore this backup" }).waitFor();
    await tab.getByText("The file is whole. Nothing was changed yet.").waitFor();
    await everybodyCanUseIt();
  });

  await t.test("has to know the password, and then everything is there", async () => {
    await tab.getByLabel(/password/i).fill("a wrong one");
    await tab.getByRole("button", { name: "Restore it" }).click();
    await tab.getByText("This is not your password").first().waitFor();
    await tab.getByLabel(/password/i).fill(account.password);
    await tab.getByRole("button", { name: "Restore it" }).click();
    await tab.getByRole("heading", { level: 1, name: "The backup was restored" }).waitFor();
    await everybodyCanUseIt();
    await tab.getByRole("link", { name: "Sign in" }).last().click();
    await signIn(tab, demo.account("registrar"));
    await tab.goto(`/validate?cedid=${demo.told.cedids.valid}`);
    await tab.getByText(demo.told.learner.name).first().waitFor();
  });

  assert.deepEqual(heard, []);
});
