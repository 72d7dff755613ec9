// Bringing in a record that another system wrote: handed in, looked at, chosen from, brought in, seen, and taken back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints, portal, signIn } from "./portal.mjs";
import { elsewhere } from "./pages.mjs";

const demo = portal();

test("A registrar brings another college’s transcript in for a learner of ours, and takes it back", async (t) => {
  const context = await demo.visitor();
  const heard = complaints(context);
  const registrar = await context.newPage();
  await signIn(registrar, demo.account("registrar"));
  const record = elsewhere({ studentId: demo.told.learner.student_id });
  let done;

  await t.test("hands the file in", async () => {
    await registrar.goto("/admin");
    await registrar.getByRole("link", { name: "Imports", exact: true }).click();
    const file = { name: "transcript.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(record)) };
    await registrar.getByLabel("File", { exact: true }).setInputFiles(file);
    await registrar.getByRole("button", { name: "Look at what it holds" }).click();
    await registrar.getByRole("heading", { level: 1, name: "Check before anything is saved" }).waitFor();
  });

  await t.test("sees what it holds and what is doubtful, with its place", async () => {
    await registrar.getByText("Else College").first().waitFor();
    await registrar.getByText("/assertions/0/issuedOn").first().waitFor();
    await registrar.getByText("UTC was assumed").waitFor();
  });

  await t.test("matches the learner and brings it in", async () => {
    const ours = registrar.getByRole("radio", { name: demo.told.learner.name });
    assert.equal(await ours.isChecked(), false, "another institution’s number is no proof");
    await ours.check();
    await registrar.getByRole("button", { name: "Bring in what is chosen" }).click();
    await registrar.getByText("Brought in", { exact: true }).waitFor();
    done = registrar.url();
  });

  await t.test("finds it beside the learner’s own record, marked as another publisher’s", async () => {
    await registrar.goto(`/admin/learners/${demo.told.learner.id}`);
    await registrar.getByRole("heading", { name: "Records of other publishers" }).waitFor();
    await registrar.getByRole("link", { name: "Transcript" }).click();
    await registrar.getByRole("cell", { name: "Grade: A" }).waitFor();
  });

  await t.test("is told that the same file changes nothing", async () => {
    await registrar.goto("/admin/imports");
    await registrar.getByText("Or paste the document").click();
    await registrar.getByLabel("Document", { exact: true }).fill(JSON.stringify(record));
    await registrar.getByRole("button", { name: "Look at what it holds" }).click();
    await registrar.getByText("bringing it in again would change nothing").waitFor();
    await registrar.getByRole("button", { name: "Forget this file" }).click();
    await registrar.getByRole("heading", { level: 1, name: "Imports" }).waitFor();
  });

  await t.test("takes it back without a trace in the lists", async () => {
    await registrar.goto(done);
    await registrar.getByRole("button", { name: "Take this import back" }).click();
    await registrar.getByText("Taken back", { exact: true }).first().waitFor();
    await registrar.goto("/admin/assertions?q=basketry");
    await registrar.getByText("Nothing fits").waitFor();
  });

  assert.deepEqual(heard, []);
});
