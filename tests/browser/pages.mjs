// Every page of the portal and every state it can be in: its name, the pattern of its address, the status it answers
// with, and how to get there. What is said of pages as such (that everybody can use them, that they fit a telephone)
// is tried on all of these, and links.test.mjs proves that no page is left off.

/** What a page needs of the demonstration: ids and links made once. */
export async function prepare(demo) {
  const { told } = demo;
  const registrar = await demo.signedIn("registrar");
  const first = async (list) => {
    await registrar.goto(list);
    return registrar.locator("tbody th a").first().getAttribute("href");
  };
  const places = {
    draft: await first("/admin/assertions?status=draft"),
    issued: await first(`/admin/assertions?q=${told.cedids.hoosier}`),
    revoked: await first(`/admin/assertions?q=${told.cedids.revoked}`),
    suspended: await first(`/admin/assertions?q=${told.cedids.suspended}`),
    replaced: await first(`/admin/assertions?q=${told.cedids.replaced}`),
    achievement: await first("/admin/achievements?q=FYE"),
    rubric: await first("/admin/rubrics?q=leading"),
    versioned: await first("/admin/achievements?q=ethics"),
    office: await first("/admin/profiles?kind=organization"),
    record: await first("/admin/clrs?status=published&sort=-updated"),
    composed: await first("/admin/clrs?status=draft"),
    key: await first("/admin/keys"),
    held: await first(`/admin/assertions?q=${told.cedids.held}`),
    hold: await first("/admin/holds"),
    share: await first(`/admin/shares?q=${told.learner.student_id}`),
    learner: `/admin/learners/${told.learner.id}`,
    person: `/admin/profiles/${told.learner.id}`,
    event: await first("/admin/events?when=past&sort=-start"),
  };
  await registrar.goto(`/c/${told.cedids.hoosier}`);
  const described = await registrar.locator("#about ~ dl a[href*='/achievements/']").getAttribute("href");
  places.achievementPage = new URL(described).pathname.split("/").pop();
  Object.assign(places, await partsOf(registrar, first));
  Object.assign(places, await changedPeople(registrar, first, told));
  await came(registrar, places);
  // A letter for the mail pages: an award's, by way of issuing a draft of somebody who can be told.
  await registrar.goto(`${places.draft}/issue`);
  await registrar.getByRole("button", { name: "Issue this award" }).click();
  await registrar.getByRole("link", { name: "See it as the public does" }).waitFor();
  places.draft = await first("/admin/assertions?status=draft");
  await hangOn(registrar, places);
  places.evidence = await first("/admin/evidence?state=draft");
  places.frozenEvidence = await first("/admin/evidence?state=issued");
  places.result = await first("/admin/results?state=draft");
  places.frozenResult = await first("/admin/results?state=issued");
  places.endorsement = await first("/admin/endorsements");
  // A rubric in a new version, with a change to tell.
  places.edited = await first("/admin/rubrics?q=ethical");
  await registrar.goto(places.edited);
  await registrar.getByRole("button", { name: "Make a new version" }).click();
  await registrar.locator("#points-0-3").fill("5");
  await registrar.getByLabel("Keep the sum of points").check();
  await registrar.getByRole("button", { name: "Save rubric" }).click();
  await registrar.getByText("Best possible total").waitFor();
  // The first of the two published records is superseded, and a third is revoked.
  await registrar.goto(places.record);
  const code = async () => (await registrar.locator("code.cedid").first().textContent()).trim();
  places.newest = await code();
  await registrar.locator("#others ~ ul a[href^='/admin/clrs/']").first().click();
  places.earlier = await code();
  await registrar.goto("/admin/clrs/new?learner_id=" + told.learner.id);
  await registrar.getByRole("button", { name: "Save new record" }).click();
  await registrar.getByRole("link", { name: "Preview and publish" }).click();
  await registrar.getByLabel("Tell").uncheck();
  await registrar.getByRole("button", { name: "Publish record" }).click();
  await registrar.getByRole("link", { name: "Revoke…" }).click();
  places.revokedRecord = new URL(registrar.url()).pathname.replace("/revocation", "");
  await registrar.getByLabel("Reason for the public").fill("Published for the wrong learner");
  await registrar.getByRole("button", { name: "Revoke this record" }).click();
  places.revokedCode = await code();
  await registrar.goto("/admin/mail");
  places.mail = await registrar.locator("tbody td a").first().getAttribute("href");
  // Three files: one waits, one came in, one was taken back.
  const clr = (name) => elsewhere({ id: `https://else.example/clrs/${name}`, studentId: told.learner.student_id });
  for (const name of ["undone", "done", "waiting"]) {
    places[name] = await handedIn(registrar, clr(name));
    if (name === "waiting") continue;
    await registrar.getByRole("button", { name: "Bring in what is chosen" }).click();
    if (name === "undone") await registrar.getByRole("button", { name: "Take this import back" }).click();
  }
  await planned(registrar, places);
  await earned(registrar, first, places);
  await registrar.goto(places.done);
  places.received = await registrar.getByRole("link", { name: "Transcript" }).getAttribute("href");
  places.foreign = await first("/admin/assertions?status=foreign");
  places.theirs = await first("/admin/achievements?q=basketry");
  await registrar.context().close();

  const account = ["staff", "add", "--email", "new@iu.example", "--name", "Nora New", "--role", "auditor"];
  places.setUp = /http\S+\/set-up\/\S+/.exec(await demo.command(...account))[0];
  return places;
}

/** An event that is coming, that the public is told of, and one that was cancelled. */
async function planned(registrar, places) {
  await registrar.goto(`/admin/events/new?copy=${places.event.split("/").pop()}`);
  await registrar.getByLabel("Code", { exact: true }).fill("FYE30-01");
  await registrar.getByLabel("Begins").fill("2030-09-24T18:00");
  await registrar.getByLabel("Ends").fill("2030-09-24T20:00");
  await registrar.getByLabel("It has a public page").check();
  await registrar.getByRole("button", { name: "Save new event" }).click();
  await registrar.getByRole("heading", { level: 2, name: "History" }).waitFor();
  places.coming = new URL(registrar.url()).pathname;
  places.publicEvent = "/events/FYE30-01";
  await registrar.goto(`/admin/events/new?copy=${places.event.split("/").pop()}`);
  await registrar.getByLabel("Code", { exact: true }).fill("FYE30-02");
  await registrar.getByLabel("Begins").fill("2030-09-25T18:00");
  await registrar.getByLabel("Ends").fill("2030-09-25T20:00");
  await registrar.getByRole("button", { name: "Save new event" }).click();
  await registrar.getByRole("link", { name: "Cancel it" }).click();
  places.cancelled = new URL(registrar.url()).pathname.replace("/cancellation", "");
  await registrar.getByLabel("Why").fill("The hall is closed");
  await registrar.getByRole("button", { name: "Cancel this event" }).click();
  await registrar.getByText("Cancelled: The hall is closed").waitFor();
}

/** Waits until everybody of a program is counted. */
export async function counted(registrar, program) {
  for (;;) {
    await registrar.goto(program);
    if ((await registrar.getByText("Being counted").count()) === 0) return;
    await registrar.waitForTimeout(500);
  }
}

/** Prepares a conferral and stays on its page, whose address it gives. */
export async function preparedConferral(registrar, program) {
  await registrar.goto(`${program}/conferral`);
  await registrar.getByLabel("Tell each learner").uncheck();
  await registrar.getByRole("button", { name: "Prepare the conferral" }).click();
  await registrar.getByRole("heading", { name: "Prepared, not issued yet" }).waitFor();
  return new URL(registrar.url()).pathname;
}

/** Drops the conferral whose page is open. */
export async function dropConferral(registrar) {
  await registrar.getByLabel("Or do not confer it").fill("The date was wrong");
  await registrar.getByRole("button", { name: "Drop this conferral" }).click();
  await registrar.getByRole("heading", { name: "Not conferred" }).waitFor();
}

/** The demonstration’s program, a draft of a rule, a conferral in each state, and an award whose ground changed. */
async function earned(registrar, first, places) {
  places.program = await first("/admin/programs");
  await counted(registrar, places.program);
  places.participant = await first(`${places.program}/learners?state=one_short`);
  places.dropped = await preparedConferral(registrar, places.program);
  await dropConferral(registrar);
  places.conferred = await preparedConferral(registrar, places.program);
  await registrar.getByRole("button", { name: /^Issue/ }).click();
  for (;;) {
    await registrar.goto(places.conferred);
    if ((await registrar.getByRole("heading", { name: "Done" }).count()) > 0) break;
    await registrar.waitForTimeout(500);
  }
  const awardee = await registrar.locator("tbody th a").first().getAttribute("href");
  await registrar.goto(awardee);
  await registrar.locator("main .rows li:has(.status.ok) a").first().click();
  await registrar.getByLabel("Status").selectOption("absent");
  await registrar.getByLabel("Why").fill("Signed in for by a friend");
  await registrar.getByRole("button", { name: "Record the correction" }).click();
  await registrar.getByText("Signed in for by a friend").waitFor();
  for (;;) {
    await registrar.goto("/admin/flags");
    if ((await registrar.locator("tbody th a").count()) > 0) break;
    await registrar.waitForTimeout(500);
  }
  places.flag = await first("/admin/flags");
  // Another rule, as a draft.
  await registrar.goto(`${places.program}/edit`);
  await registrar.getByLabel("Hours in all, at least").fill("10");
  await registrar.getByRole("button", { name: "Save" }).first().click();
  await registrar.getByText("is a draft").first().waitFor();
}

/** Somebody on the roster of an event, and what means nobody. */
async function came(registrar, places) {
  await registrar.goto(`${places.event}/desk`);
  await registrar.getByLabel("Scan a card").fill("a card of nobody");
  await registrar.keyboard.press("Enter");
  await registrar.getByText("Not known").first().waitFor();
  await registrar.goto(`${places.event}/attendance/parked`);
  places.parked = await registrar.locator("tbody th a").first().getAttribute("href");
  await registrar.goto(`${places.event}/attendance`);
  places.attendee = await registrar.locator("tbody th a").first().getAttribute("href");
}

/** A learner whose name changed and into whom another was merged, and one who was erased. */
async function changedPeople(registrar, first, told) {
  await registrar.goto(`/admin/profiles/${told.other_learner.id}/edit`);
  await registrar.getByLabel("Family name").fill("Newname");
  await registrar.getByRole("button", { name: "Save" }).first().click();
  await registrar.getByRole("heading", { level: 2, name: "History" }).waitFor();
  const erased = await first("/admin/learners?sort=-name");
  await registrar.goto(`${erased}/erasure`);
  const hint = await registrar.locator("#sure-hint").textContent();
  await registrar.getByLabel("Reason").fill("Request of 3 May, file 12");
  await registrar.getByLabel("Whom you erase").fill(/Type (.*) to be sure/.exec(hint)[1]);
  await registrar.getByRole("button", { name: "Erase this learner" }).click();
  await registrar.getByRole("heading", { name: "Erased learner" }).waitFor();
  const renamed = `/admin/learners/${told.other_learner.id}`;
  for (const number of ["0009990001", "0009990002"]) {
    await registrar.goto("/admin/profiles/new?kind=person");
    await registrar.getByLabel("Given name").fill("Twice");
    await registrar.getByLabel("Family name").fill("Entered");
    await registrar.getByLabel("Student number").fill(number);
    await registrar.getByRole("button", { name: "Save" }).first().click();
    await registrar.getByRole("heading", { level: 2, name: "History" }).waitFor();
  }
  await registrar.goto(`${renamed}/merging`);
  await registrar.getByLabel("Who is the same person").fill("0009990001");
  await registrar.getByLabel("How you know").fill("Same passport, seen on 3 May");
  await registrar.getByRole("button", { name: "See what it does" }).click();
  await registrar.getByRole("button", { name: "Merge them" }).click();
  await registrar.getByRole("link", { name: "Twice Entered" }).click();
  await registrar.getByRole("button", { name: "Take this merge back" }).waitFor();
  return { renamed, erased, merge: new URL(registrar.url()).pathname };
}

/** A file and a result on the draft, an endorsement of it that waits, and one of an achievement that was issued since. */
async function hangOn(registrar, places) {
  await registrar.goto(places.draft);
  await registrar.getByText("Hand in files", { exact: true }).first().click();
  const file = { name: "Report of the field trip.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n") };
  await registrar.locator("input[type=file]").setInputFiles(file);
  await registrar.getByLabel("Name of the evidence").fill("Field trip");
  await registrar.getByRole("button", { name: "Hand in files" }).click();
  await registrar.getByRole("link", { name: file.name }).waitFor();
  await registrar.getByRole("link", { name: "Add an endorsement" }).click();
  await registrar.getByLabel("Endorsed by", { exact: true }).fill("Office of Enrollment Management");
  await registrar.getByLabel("Comment").fill("We saw the work and vouch for it.");
  await registrar.getByRole("button", { name: "Save new endorsement" }).click();
  await registrar.getByRole("heading", { level: 2, name: "History" }).waitFor();
}

/** Parts of an achievement: of each kind one, the alignment made here. */
async function partsOf(registrar, first) {
  const places = {
    description: await first("/admin/result-descriptions?type=RubricCriterion"),
    level: await first("/admin/rubric-criterion-levels"),
    association: await first("/admin/associations"),
  };
  await registrar.goto(`/admin/alignments/new?on=level:${places.level.split("/").pop()}`);
  await registrar.getByLabel("Name of the node").fill("Written communication");
  await registrar.getByLabel("Address of the node").fill("https://case.example/items/WC-3");
  await registrar.getByLabel("Code").fill("WC-3");
  await registrar.getByLabel("Framework").fill("VALUE rubrics");
  // Its rubric was awarded, so the form asks before a new version begins.
  await registrar.getByLabel("Begin version").check();
  await registrar.getByRole("button", { name: "Save new" }).click();
  await registrar.getByRole("heading", { name: "Written communication" }).waitFor();
  places.alignment = new URL(registrar.url()).pathname;
  await registrar.goto(places.alignment);
  const way = registrar.locator("main dl a").first();
  places.withParts = await way.getAttribute("href");
  return places;
}

/** The pages of a kind of part: its list, its form, one of it. */
function partPages(kind, room, one, more) {
  return [
    page(`${kind}s`, `/admin/${room}`),
    page(`${kind}s, filtered without a find`, `/admin/${room}?q=qqqqqqqq&sort=-updated`),
    page(`a new ${kind}`, `/admin/${room}/new`),
    refused(`a refused ${kind}`, `/admin/${room}/new`, "Save new"),
    page(`one ${kind}`, one),
    page(`one ${kind}, edited`, `${one}/edit?back=achievement`),
    page(`one ${kind}, to be deleted`, `${one}/deletion`),
    ...more,
  ];
}

/** A record that another college's system wrote, a little sloppily. */
export const elsewhere = ({ id = "https://else.example/clrs/1", studentId } = {}) => ({
  id,
  name: "Transcript",
  issuedOn: "2021-06-01T00:00:00Z",
  learner: { id: `${id}/learner`, name: "Zoë Student", studentId },
  publisher: { id: "https://else.example/", name: "Else College" },
  achievements: null,
  assertions: [
    {
      id: `${id}/assertions/1`,
      issuedOn: "2021-05-15T12:00:00",
      achievement: {
        id: "https://else.example/achievements/1",
        name: "Underwater Basketry",
        achievementType: "Course",
        issuer: { id: "https://else.example/", name: "Else College" },
        resultDescriptions: [{ id: "urn:x:1", name: "Grade", resultType: "LetterGrade" }],
      },
      results: [{ resultDescription: "urn:x:1", value: "A" }],
    },
  ],
});

/** Hands a record in by pasting it; gives the address of the page that shows what it holds. */
async function handedIn(tab, record) {
  await tab.goto("/admin/imports");
  await tab.getByText("Or paste the document").click();
  await tab.getByLabel("Document", { exact: true }).fill(JSON.stringify(record));
  await tab.getByRole("button", { name: "Look at what it holds" }).click();
  await tab.getByRole("heading", { level: 1, name: "Check before anything is saved" }).waitFor();
  return new URL(tab.url()).pathname;
}

const page = (name, address, status = 200) => ({ name, address, status, open: (tab) => tab.goto(address) });

/** A page with everything unfolded that can be. */
const unfolded = (name, address) => ({
  name,
  address,
  status: 200,
  async open(tab) {
    const answer = await tab.goto(address);
    await tab.locator("details").evaluateAll((folds) => folds.forEach((one) => (one.open = true)));
    return answer;
  },
});

/** A form sent as it stands, or with these fields, and refused. */
const refused = (name, address, button, fields = {}, status = 422) => ({
  name,
  address,
  status,
  async open(tab) {
    await tab.goto(address);
    for (const [label, value] of Object.entries(fields)) await tab.getByLabel(label, { exact: true }).fill(value);
    return sent(tab, button);
  },
});

/** Events in a list: one that is fine, and one that can't be. */
const plan = `Code;Title;Start;End
FYE30-11;Game night;2030-10-01 18:00;2030-10-01 20:00
FYE30-12;;2030-10-02 18:00;2030-10-02 17:00
`;

/** A list that is handed in. */
const listed = (name, address, text) => ({
  name,
  address,
  status: 200,
  async open(tab) {
    await tab.goto(address);
    const file = { name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
    await tab.locator("input[type=file]").setInputFiles(file);
    return sent(tab, "Look at it");
  },
});

/** A field that suggests, with its list open. */
const suggested = (name, address, label, text) => ({
  name,
  address,
  status: 200,
  async open(tab) {
    const answer = await tab.goto(address);
    await tab.getByLabel(label, { exact: true }).pressSequentially(text);
    await tab.getByRole("option").first().waitFor();
    return answer;
  },
});

/** Clicks a button and gives the answer that the browser then shows. */
export async function sent(tab, button) {
  const [answer] = await Promise.all([
    tab.waitForResponse((one) => one.request().isNavigationRequest() && one.status() !== 303),
    tab.waitForEvent("load"),
    tab.getByRole("button", { name: button }).first().click(),
  ]);
  return answer;
}

/** Pages that need nobody to be signed in. */
export function publicPages({ told }, places) {
  const { cedids } = told;
  // The last symbol is the check symbol; another one makes the code mistyped.
  const mistyped = cedids.valid.slice(0, -1) + (cedids.valid.endsWith("7") ? "8" : "7");
  return [
    page("the front page", "/"),
    page("the form for a file", "/verify"),
    page("the form for a code", "/validate"),
    page("the form with nothing entered", "/validate?cedid=", 422),
    page("the form with nonsense entered", "/validate?cedid=abc", 422),
    page("a code that looks mistyped", `/validate?cedid=${mistyped}`, 422),
    page("a code that is not ours", "/validate?cedid=0000-0000-001J", 404),
    page("the verdict on a valid code", `/validate?cedid=${cedids.valid}`),
    page("the verdict on a revoked code", `/validate?cedid=${cedids.revoked}`),
    page("the verdict on an expired code", `/validate?cedid=${cedids.expired}`),
    page("the Hoosier credential", `/c/${cedids.hoosier}`),
    unfolded("the Hoosier credential with all its identifiers", `/c/${cedids.hoosier}`),
    page("a valid credential", `/c/${cedids.valid}`),
    page("a revoked credential", `/c/${cedids.revoked}`),
    page("an expired credential", `/c/${cedids.expired}`),
    page("a suspended credential", `/c/${cedids.suspended}`),
    page("a replaced credential", `/c/${cedids.replaced}`),
    page("an achievement’s page", `/achievements/${places.achievementPage}`),
    page("what a record’s code opens", `/c/${places.newest}`),
    page("what the code of an earlier record opens", `/c/${places.earlier}`),
    page("what the code of a revoked record opens", `/c/${places.revokedCode}`),
    page("the verdict on a record’s code", `/validate?cedid=${places.newest}`),
    page("the verdict on an earlier record’s code", `/validate?cedid=${places.earlier}`),
    page("what a learner shares", pathOf(told.share_url)),
    unfolded("what a learner shares, with all that is behind it", pathOf(told.share_url)),
    page("an event’s public page", places.publicEvent),
    page("privacy", "/privacy"),
    page("an address that leads nowhere", "/nowhere", 404),
    page("the sign-in of staff", "/sign-in"),
    refused("a refused sign-in", "/sign-in", "Sign in", { "E-mail address": "a@iu.example", Password: "wrong" }),
    page("checking in with a code", "/check-in"),
    page("checking in with a code that is none", "/check-in?event=NONE&code=12345678", 422),
    page("asking for a sign-in link", "/sign-in/link"),
    refused("asking for a sign-in link without an address", "/sign-in/link", "Send me a link"),
    refused("a sign-in link on its way", "/sign-in/link", "Send me a link", { "E-mail address": "a@iu.example" }, 200),
    page("a mailed sign-in link", new URL(told.other_learner.sign_in_url).pathname),
    refused("a sign-in link that was used", `/sign-in/link/${"A".repeat(43)}`, "Sign in", {}, 410),
    page("a set-up link", places.setUp),
    refused("a set-up link with a refused password", places.setUp, "Set up my account", { Password: "short" }),
    page("a set-up link that was used", `/set-up/${"A".repeat(43)}`, 410),
  ];
}

/** The path of a whole address. */
const pathOf = (address) => new URL(address).pathname;

/** Pages of a learner who is signed in. */
export const learnerPages = (_, { share }) => [
  page("the learner’s shares", "/record/shares"),
  page("a new share", "/record/shares/new"),
  refused("a refused share", "/record/shares/new", "I consent, make the link", { Purpose: "Kept" }),
  refused("the link of a new share", "/record/shares/new", "I consent, make the link", {
    Recipient: "A school with a long name, in the Department of Admissions and Records",
    Purpose: "Admission",
  }, 201),
  page("a share", share.replace("/admin", "/record")),
  page("a share, as its recipient sees it", `${share.replace("/admin", "/record")}/preview`),
  page("who saw what of a record", "/record/disclosures"),
  page("the learner’s events", "/record/attendance"),
  {
    name: "the link of a share that was switched off",
    address: "/s/switched-off",
    status: 410,
    async open(tab) {
      await tab.goto("/record/shares/new");
      await tab.getByLabel("Recipient", { exact: true }).fill("Somebody");
      await tab.getByLabel("Purpose", { exact: true }).fill("A try");
      await sent(tab, "I consent, make the link");
      const link = await tab.locator("code.break").textContent();
      await tab.getByRole("link", { name: "See this share" }).click();
      await tab.getByRole("button", { name: "Switch off" }).click();
      await tab.getByText("Switched off").first().waitFor();
      return tab.goto(link);
    },
  },
  page("the learner’s record", "/record"),
  unfolded("the learner’s record with all events", "/record"),
  page("a published record", "/record/published/2"),
  page("an earlier published record", "/record/published/1"),
  page("a published record that was revoked", "/record/published/3"),
];

/** Pages of an administrator, who sees everything. */
export function staffPages({ told }, places) {
  const { suspended, replaced, renamed, erased, merge } = places;
  const again = { "Who is the same person": "0009990002", "How you know": "Same passport" };
  const { draft, issued, revoked, achievement, office, learner, person, mail, rubric, edited, versioned } = places;
  const { evidence, frozenEvidence, result, frozenResult, endorsement } = places;
  const { description, level, alignment, association, withParts } = places;
  const { record, composed, revokedRecord } = places;
  return [
    page("the dashboard", "/admin"),
    page("the search with nothing entered", "/admin/search?q="),
    page("the search with finds of every kind", "/admin/search?q=hoosier"),
    page("the search for a learner", `/admin/search?q=${told.learner.student_id}`),
    page("the search without a find", "/admin/search?q=qqqqqqqq"),
    page("learners", "/admin/learners"),
    page("learners without a find", "/admin/learners?q=qqqqqqqq"),
    page("a learner", learner),
    page("a withheld award", places.held),
    page("holds", "/admin/holds"),
    page("holds without a find", "/admin/holds?state=planned"),
    page("a hold", places.hold),
    refused("a hold that is lifted without a reason", places.hold, "Lift this hold"),
    page("shares", "/admin/shares"),
    page("shares without a find", "/admin/shares?q=qqqqqqqq"),
    page("a share of a learner", places.share),
    refused("a share that is not switched off without a reason", places.share, "Switch off this share"),
    page("a new hold", `/admin/holds/new?learner=${told.learner.id}`),
    refused("a refused hold", `/admin/holds/new?learner=${told.learner.id}`, "Place this hold", { Through: "2020-01-01" }),
    page("many holds", "/admin/holds/many"),
    refused("many holds, refused", "/admin/holds/many", "Place these holds", { Learners: "0001" }),
    page("events that are coming", "/admin/events"),
    page("events that are over", "/admin/events?when=past"),
    page("events without a find", "/admin/events?q=qqqqqqqq"),
    page("the calendar of events", "/admin/events/calendar?month=2030-09"),
    page("a new event", "/admin/events/new"),
    refused("a refused event", "/admin/events/new", "Save new event"),
    page("events from a file", "/admin/events/import"),
    page("events from a file, brought in", "/admin/events/import?new=2&changed=0&known=1&left_out=0"),
    refused("events from no file", "/admin/events/import", "Look at it"),
    listed("a list of events, its columns", "/admin/events/import", plan),
    {
      ...listed("a list of events, looked at", "/admin/events/import", plan),
      async open(tab) {
        await listed("", "/admin/events/import", plan).open(tab);
        await tab.getByLabel("Hosted by").fill("Office of Enrollment Management");
        return sent(tab, "Look at it first");
      },
    },
    page("attendance by area", "/admin/reports/attendance?from=2019-01-01&to=2019-12-31"),
    page("attendance by event", "/admin/reports/attendance?by=event&from=2019-01-01&to=2019-12-31"),
    page("attendance by office", "/admin/reports/attendance?by=office&from=2019-01-01&to=2019-12-31"),
    page("attendance by term, with none", "/admin/reports/attendance?by=term&from=1950-01-01&to=1950-12-31"),
    page("attendance on a day that is none", "/admin/reports/attendance?from=soon", 422),
    page("an event", places.event),
    page("a series of an event", `${places.coming}/repeat`),
    refused("a series of an event, looked at", `${places.coming}/repeat`, "Look at the days", {}, 200),
    refused("a series of an event, refused", `${places.coming}/repeat`, "Look at the days", { "How many more": "99" }),
    page("an event that is coming", places.coming),
    page("an event, edited", `${places.coming}/edit`),
    page("an event that can’t be deleted", `${places.event}/deletion`),
    page("a cancelled event", places.cancelled),
    page("the cancelling of an event", `${places.coming}/cancellation`),
    refused("the cancelling of an event without a reason", `${places.coming}/cancellation`, "Cancel this event"),
    page("the roster of an event", `${places.event}/attendance`),
    page("the roster of an event without a find", `${places.event}/attendance?q=qqqqqqqq`),
    page("searching and ticking", `${places.event}/attendance/add`),
    page("searching and ticking, with finds", `${places.event}/attendance/add?q=an`),
    refused("ticking nobody", `${places.event}/attendance/add?q=an`, "Record those ticked"),
    page("pasting attendance", `${places.event}/attendance/paste`),
    refused("pasting nothing", `${places.event}/attendance/paste`, "Look at it first"),
    refused("a pasted list, looked at", `${places.event}/attendance/paste`, "Look at it first", { Learners: "0000001\nx" }, 200),
    page("attendance from a file", `${places.event}/attendance/file`),
    refused("attendance from no file", `${places.event}/attendance/file`, "Look at it"),
    {
      name: "a list in a file",
      address: `${places.event}/attendance/file`,
      status: 200,
      async open(tab) {
        await tab.goto(`${places.event}/attendance/file`);
        const buffer = Buffer.from("Name;Student number;Status\nZo\xeb;0000001;attended\n", "latin1");
        await tab.locator("input[type=file]").setInputFiles({ name: "came.csv", mimeType: "text/csv", buffer });
        return sent(tab, "Look at it");
      },
    },
    page("programs", "/admin/programs"),
    page("programs without a find", "/admin/programs?q=qqqqqqqq"),
    page("a new program", "/admin/programs/new"),
    refused("a refused program", "/admin/programs/new", "Save new program"),
    page("a program with a draft of its next rule", places.program),
    page("a program, edited", `${places.program}/edit`),
    page("a program that can’t be deleted", `${places.program}/deletion`),
    page("a rule tried on a year", `${places.program}/trial?from=2026-01-01&to=2026-06-30`),
    page("a rule tried on days that are none", `${places.program}/trial?from=x&to=2026-06-30`),
    page("who stands how", `${places.program}/learners`),
    page("who stands how, without a find", `${places.program}/learners?state=held`),
    page("why somebody is one short", places.participant),
    page("the preparing of a conferral", `${places.program}/conferral`),
    refused("a conferral without a date", `${places.program}/conferral`, "Prepare the conferral", { "Conferral date": "" }),
    page("a conferral that is done", places.conferred),
    page("a conferral that was dropped", places.dropped),
    page("what programs come to", "/admin/reports/programs"),
    page("approvals", "/admin/approvals"),
    page("awards to decide about", "/admin/flags"),
    page("awards that were decided about", "/admin/flags?state=settled"),
    page("an award to decide about", places.flag),
    refused("an award that is kept without a reason", places.flag, "Keep the award"),
    page("disputed attendance", "/admin/disputes"),
    page("terms", "/admin/terms"),
    refused("a refused term", "/admin/terms", "Add"),
    page("attendance of an event to resolve", `${places.event}/attendance/parked`),
    page("attendance to resolve", "/admin/attendance/parked"),
    page("attendance that is resolved", "/admin/attendance/parked?state=settled"),
    page("a scan that means nobody", places.parked),
    refused("a scan that means nobody, resolved as nobody", places.parked, "Count this learner"),
    refused("a scan that means nobody, dismissed without a reason", places.parked, "Dismiss it"),
    page("a learner at an event", places.attendee),
    refused("a correction of attendance without a reason", places.attendee, "Record the correction"),
    page("the check-in desk", `${places.event}/desk`),
    page("the screen of self check-in", `${places.event}/screen`),
    page("the cards of a learner", `${learner}/cards`),
    refused("a refused card", `${learner}/cards`, "Add this card"),
    page("profiles", "/admin/profiles"),
    page("a new organisation", "/admin/profiles/new"),
    page("a new learner", "/admin/profiles/new?kind=person"),
    refused("a refused profile", "/admin/profiles/new?kind=person", "Save new", { "E-mail address": "nonsense" }),
    page("an office", office),
    page("an office, edited", `${office}/edit`),
    page("an office that can’t be deleted", `${office}/deletion`),
    page("a person", person),
    page("a person, edited", `${person}/edit`),
    page("achievements", "/admin/achievements"),
    page("a new achievement", "/admin/achievements/new"),
    refused("a refused achievement", "/admin/achievements/new", "Save new"),
    page("an achievement", achievement),
    page("an achievement, edited", `${achievement}/edit`),
    page("an achievement, to be deleted", `${achievement}/deletion`),
    page("an achievement with parts of each kind", withParts),
    ...partPages("result description", "result-descriptions", description, [
      page("a new result description of an achievement", `/admin/result-descriptions/new?on=achievement:${id(withParts)}`),
    ]),
    ...partPages("level", "rubric-criterion-levels", level, [
      page("a new level of a result description", `/admin/rubric-criterion-levels/new?on=description:${id(description)}`),
      refused("a level of one of several descriptions", "/admin/rubric-criterion-levels/new", "Save new", {
        "Result description": "a",
      }),
    ]),
    ...partPages("alignment", "alignments", alignment, [
      refused("an alignment of one of several achievements", "/admin/alignments/new", "Save new", { Achievement: "a" }),
    ]),
    ...partPages("association", "associations", association, [
      page("a new association of an achievement", `/admin/associations/new?on=achievement:${id(withParts)}`),
      refused("an association with one of several", "/admin/associations/new", "Save new", {
        "Code, name or identifier": "a",
      }),
    ]),
    page("rubrics", "/admin/rubrics"),
    page("rubrics without a find", "/admin/rubrics?q=qqqqqqqq"),
    page("a new rubric", "/admin/rubrics/new"),
    unfolded("a rubric copied from another", `/admin/rubrics/new?copy=${rubric.split("/").pop()}`),
    refused("a refused rubric", `/admin/rubrics/new?achievement=${achievement.split("/").pop()}`, "Save new rubric"),
    refused("a rubric with one more criterion", "/admin/rubrics/new", "Add a criterion", {}, 200),
    page("a rubric that is read-only", rubric),
    page("a rubric that can’t be deleted", `${rubric}/deletion`),
    {
      name: "a criterion that awards were scored with, to be moved",
      address: rubric,
      status: 422,
      async open(tab) {
        await tab.goto(rubric);
        const versions = await tab.locator('main a[href^="/admin/achievements/"]').first().getAttribute("href");
        await tab.goto(versions.replace(/\/versions$/, ""));
        return sent(tab, /^Move .* down$/);
      },
    },
    page("a rubric", edited),
    unfolded("a rubric, edited", `${edited}/edit`),
    page("the only version of an achievement", `${achievement}/versions`),
    page("the versions of an achievement", `${versioned}/versions`),
    page("a version of an achievement", `${versioned}/versions/1`),
    page("what changed between two versions", `${versioned}/versions?from=1&to=2`),
    page("a new assertion with a rubric", `/admin/assertions/new?achievement=${versioned.split("/").pop()}`),
    page("assertions", "/admin/assertions"),
    page("assertions, filtered", "/admin/assertions?status=draft&q=a&sort=-conferred"),
    page("assertions without a find", "/admin/assertions?q=qqqqqqqq"),
    page("a new assertion", "/admin/assertions/new"),
    page("a new assertion for a learner", `/admin/assertions/new?learner_id=${told.learner.id}`),
    refused("a refused assertion", "/admin/assertions/new", "Save new"),
    refused("an assertion for one of several learners", "/admin/assertions/new", "Save new", { Learner: "an" }),
    page("a draft", draft),
    page("a draft, edited", `${draft}/edit`),
    page("a draft, to be deleted", `${draft}/deletion`),
    page("a draft, checked before it is issued", `${draft}/issue`),
    page("an issued award", issued),
    page("a revoked award", revoked),
    page("a revocation", `${issued}/revocation`),
    refused("a revocation without a reason", `${issued}/revocation`, "Revoke this award"),
    page("a suspension", `${issued}/suspension`),
    refused("a suspension without a reason", `${issued}/suspension`, "Suspend this award"),
    page("a suspended award", suspended),
    page("the lifting of a suspension", `${suspended}/reinstatement`),
    page("a replaced award", replaced),
    page("a correction", `${issued}/correction`),
    refused("a correction without a reason", `${issued}/correction`, "Issue the corrected award"),
    page("a learner whose name changed", renamed),
    page("awards under another name", `${renamed}/renaming`),
    page("a merge of two learners", `${renamed}/merging`),
    refused("a merge with nobody", `${renamed}/merging`, "See what it does"),
    refused("what a merge would do", `${renamed}/merging`, "See what it does", again, 200),
    page("a merge that was done", merge),
    page("an erasure", `${renamed}/erasure`),
    refused("an erasure without a reason", `${renamed}/erasure`, "Erase this learner"),
    page("an erased learner", erased),
    unfolded("a draft with everything on it", draft),
    page("evidence", "/admin/evidence"),
    page("evidence without a find", "/admin/evidence?q=qqqqqqqq"),
    page("files for a draft", `${draft}/files`),
    refused("files that were not taken", `${draft}/files`, "Hand in files"),
    page("new evidence", `/admin/evidence/new?assertion_id=${draft.split("/").pop()}`),
    page("new evidence of whatever award", "/admin/evidence/new"),
    refused("refused evidence", "/admin/evidence/new", "Save new"),
    page("a piece of evidence", evidence),
    page("a piece of evidence, edited", `${evidence}/edit`),
    page("a piece of evidence, to be deleted", `${evidence}/deletion`),
    page("evidence that was issued", frozenEvidence),
    refused("files that were not taken", evidence, "Hand in files"),
    page("results", "/admin/results"),
    page("results of drafts", "/admin/results?state=draft"),
    page("a new result", "/admin/results/new"),
    page("a new result of a draft", `/admin/results/new?assertion_id=${draft.split("/").pop()}`),
    refused("a refused result", "/admin/results/new", "Save new"),
    page("a result", result),
    page("a result, edited", `${result}/edit`),
    page("a result, to be deleted", `${result}/deletion`),
    page("a result that was issued", frozenResult),
    page("endorsements", "/admin/endorsements"),
    page("a new endorsement", "/admin/endorsements/new"),
    refused("a refused endorsement", "/admin/endorsements/new", "Save new"),
    refused("an endorsement of one of several", "/admin/endorsements/new", "Save new", { Achievement: "e" }),
    page("an endorsement", endorsement),
    page("an endorsement, edited", `${endorsement}/edit`),
    page("an endorsement, to be deleted", `${endorsement}/deletion`),
    page("a revocation of an endorsement", `${endorsement}/revocation`),
    refused("a revocation of an endorsement without a reason", `${endorsement}/revocation`, "Revoke this endorsement"),
    suggested("suggestions while typing", "/admin/assertions/new", "Learner", "an"),
    page("imports", "/admin/imports"),
    refused("a refused import", "/admin/imports", "Look at what it holds"),
    unfolded("a file, looked at", places.waiting),
    {
      name: "a file of which nothing was chosen",
      address: places.waiting,
      status: 422,
      async open(tab) {
        await tab.goto(places.waiting);
        await tab.getByLabel("Bring this record in").uncheck();
        return sent(tab, "Bring in what is chosen");
      },
    },
    page("an import", places.done),
    page("an import that was taken back", places.undone),
    page("a record of another publisher", places.received),
    page("an assertion of another publisher", places.foreign),
    page("an achievement of another publisher", places.theirs),
    page("our publishers’ ids", "/admin/settings/publishers"),
    refused("a refused publisher’s id", "/admin/settings/publishers", "Claim this id", { "Publisher’s id": "nonsense" }),
    page("records", "/admin/clrs"),
    page("records without a find", "/admin/clrs?q=qqqqqqqq"),
    page("a new record", "/admin/clrs/new"),
    page("a new record for a learner", `/admin/clrs/new?learner_id=${told.learner.id}`),
    refused("a refused record", "/admin/clrs/new", "Save new"),
    refused("a record for one of several learners", "/admin/clrs/new", "Save new", { Learner: "an" }),
    page("a drafted record", composed),
    page("a drafted record, edited", `${composed}/edit`),
    page("a drafted record, to be deleted", `${composed}/deletion`),
    page("a drafted record, previewed before it is published", `${composed}/publication`),
    page("a published record of a learner", record),
    page("a published record that can’t be deleted", `${record}/deletion`),
    page("a revoked record", revokedRecord),
    page("a record’s revocation", `${record}/revocation`),
    refused("a record’s revocation without a reason", `${record}/revocation`, "Revoke this record"),
    page("a record’s suspension", `${record}/suspension`),
    page("mail", "/admin/mail"),
    page("a letter", mail),
    page("exports", "/admin/exports"),
    {
      name: "a refused export",
      address: "/admin/exports",
      status: 422,
      async open(tab) {
        await tab.goto("/admin/exports");
        await tab.getByRole("radio", { name: "Learners found by these words" }).check();
        return sent(tab, "Download the records");
      },
    },
    page("the backup", "/admin/backup"),
    page("the signing keys", "/admin/keys"),
    page("a signing key", places.key),
    page("a signing key, to be marked as compromised", `${places.key}/compromise`),
    refused("a rotation without a password", "/admin/keys", "Rotate all keys"),
    refused("a retirement without a password", places.key, "Retire key"),
    page("the audit trail", "/admin/audit"),
    unfolded("the audit trail with what changed", "/admin/audit"),
    page("the audit trail, narrowed", "/admin/audit?action=issued&from=2020-01-01"),
    page("the audit trail, narrowed to nothing", "/admin/audit?until=2019-01-01"),
    page("the audit trail, asked wrongly", "/admin/audit?from=yesterday", 422),
    page("the checkpoints of the audit trail", "/admin/audit/checkpoints"),
    page("staff", "/admin/staff"),
    page("a new member of staff", "/admin/staff/new"),
    refused("a refused member of staff", "/admin/staff/new", "Add and make"),
    page("the settings", "/admin/settings"),
    refused("refused settings", "/admin/settings", "Save settings", { "Name of the institution": "x".repeat(2000) }),
    page("an address of staff that leads nowhere", "/admin/nowhere", 404),
  ];
}

const id = (address) => address.split("/").pop();

/** The same address whatever it names: ids, codes and secrets are taken out, and so is the query. */
export function pattern(address) {
  return new URL(address, "http://portal").pathname
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "{id}")
    .replace(/\/versions\/\d+$/, "/versions/{number}")
    .replace(/\/c\/[^/.]+/, "/c/{cedid}")
    .replace(/^\/events\/[\w-]+$/, "/events/{code}")
    .replace(/\/s\/[\w-]+/, "/s/{token}")
    .replace(/\/published\/\d+/, "/published/{number}")
    .replace(/\/(set-up|sign-in\/link)\/[\w-]+/, "/$1/{secret}");
}
