//! Two learners who are one person: everything of one becomes the other's, each event counts once, what was issued stays
//! as it was issued, and it can be taken back.

use testamur::{
    models::{Clr, Credential, LearnerMerge, Presence, Profile, attendance, clr, learner_card, learner_merge, profile},
    registrar::{
        dispute, erase, keys, merge,
        publish::{How, publish},
        share::Lasts,
    },
    values::{AttendanceStatus, Email, Id, Line, ProgressState, Prose, Role},
};

use crate::{
    app::{App, Browser, by, person},
    programs::{at_least, attended, count, ground, prepare, program, progress_of, stands},
    shares::shared,
};

/// Merges through the pages, as a registrar does; the answer to the confirmation.
async fn merged(browser: &Browser, kept: &Profile, other: &Profile) {
    let page = format!("/admin/learners/{}/merging", kept.id);
    let number = other.student_id.as_ref().unwrap().to_string();
    let fields = [("other", number.as_str()), ("reason", "Same passport, seen on 3 May")];
    browser.submit(&page, &page, &fields).await.expect(200).says("What moves").says("Merge them");
    let id = other.id.to_string();
    let fields = [("other_id", id.as_str()), ("reason", "Same passport, seen on 3 May"), ("sure", "yes")];
    browser.submit(&page, &page, &fields).await.expect(303);
}

async fn merge_of(app: &App, kept: &Profile) -> LearnerMerge {
    let id = kept.id.clone();
    app.read(move |conn| Ok(learner_merge::into(conn, &id)?.remove(0).0)).await
}

async fn standings(app: &App, learner: &Profile) -> Vec<(String, AttendanceStatus)> {
    let id = learner.id.clone();
    let all: Vec<Presence> =
        app.read(move |conn| Ok(attendance::of_learner(conn, &id, 100)?.into_iter().map(|one| one.0).collect())).await;
    let mut all: Vec<_> = all.into_iter().map(|one| (one.event_id.to_string(), one.status)).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

async fn now(app: &App, learner: &Profile) -> Profile {
    let id = learner.id.clone();
    app.read(move |conn| Ok(profile::find(conn, &id)?)).await
}

async fn found(app: &App, entry: String) -> Option<Id<Profile>> {
    app.read(move |conn| Ok(profile::named_exactly(conn, &entry)?.map(|one| one.id))).await
}

#[actix_web::test]
async fn of_two_entries_of_one_person_each_event_counts_once() {
    use AttendanceStatus::{Absent, Attended, Excused};
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 5, 2).await;
    let program = program(&app, &ground.award, at_least(4)).await;
    let (kept, other) = (&ground.learners[0], &ground.learners[1]);
    // The first under both, the second under the other, the third absent under one, the fourth under the kept one.
    attended(&app, &ground.events[0], kept).await;
    attended(&app, &ground.events[0], other).await;
    attended(&app, &ground.events[1], other).await;
    stands(&app, &ground.events[2], kept, Absent).await;
    attended(&app, &ground.events[2], other).await;
    attended(&app, &ground.events[3], kept).await;
    stands(&app, &ground.events[4], kept, Excused).await;
    stands(&app, &ground.events[4], other, Absent).await;
    count(&app).await;
    let before = (standings(&app, kept).await, standings(&app, other).await);
    assert_eq!(progress_of(&app, &program, kept).await.unwrap().counted, 2);
    assert_eq!(progress_of(&app, &program, other).await.unwrap().state, ProgressState::OneShort);

    merged(&browser, kept, other).await;
    count(&app).await;
    let progress = progress_of(&app, &program, kept).await.unwrap();
    assert_eq!((progress.state, progress.counted), (ProgressState::Earned, 4), "six scans at four events");
    assert!(progress_of(&app, &program, other).await.is_none());
    assert!(standings(&app, other).await.is_empty());
    let of: Vec<AttendanceStatus> = {
        let all = standings(&app, kept).await;
        let status = |nth: usize| all.iter().find(|one| one.0 == ground.events[nth].id.as_str()).unwrap().1;
        (0..5).map(status).collect()
    };
    assert_eq!(of, [Attended, Attended, Attended, Attended, Excused], "the better of two stands");

    let undoing = format!("/admin/merges/{}", merge_of(&app, kept).await.id);
    browser.submit(&undoing, &format!("{undoing}/undoing"), &[]).await.expect(303);
    count(&app).await;
    assert_eq!((standings(&app, kept).await, standings(&app, other).await), before);
    assert_eq!(progress_of(&app, &program, kept).await.unwrap().counted, 2);
    assert_eq!(progress_of(&app, &program, other).await.unwrap().state, ProgressState::OneShort);
    browser.submit(&undoing, &format!("{undoing}/undoing"), &[]).await.expect(409);
    browser.get(&undoing).await.expect(200).says("the merge was taken back").never_says("Take this merge back");
}

#[actix_web::test]
async fn what_was_issued_stays_and_every_id_leads_to_the_one_who_is_kept() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (kept, of_kept) = app.award("Ada Lovelace").await;
    let (other, of_other) = app.award("Ada King").await;
    let (kept, other) = (kept.learner, other.learner);
    let email = Email::parse("ada.king@example.org").unwrap();
    let (own, address) = (other.id.clone(), email.clone());
    let other: Profile = app
        .write(move |conn| {
            let mut one = profile::find(conn, &own)?;
            one.email = Some(address.clone());
            one.refold();
            assert!(one.update(conn, &by())?);
            let card = Line::parse("CARD-4711").unwrap();
            learner_card::add(conn, &own, &card, &by())?;
            Ok(profile::find(conn, &own)?)
        })
        .await;
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let stranger = app.browser();
    let code = |one: &Credential| one.cedid.to_string();
    let bytes = stranger.get(&format!("/c/{}.json", code(&of_other))).await.expect(200).bytes.clone();

    merged(&browser, &kept, &other).await;
    // Whoever asks by a code sees what was issued; the document keeps its name and its id.
    assert_eq!(stranger.get(&format!("/c/{}.json", code(&of_other))).await.expect(200).bytes, bytes);
    stranger.get(&format!("/c/{}", code(&of_other))).await.expect(200).says("Ada King");
    // The number, the address, the id and the card lead to the one who was kept, on a page, at a desk and in a list.
    let ids = [other.student_id.as_ref().unwrap().to_string(), email.to_string(), other.iri.to_string()];
    for entry in ids.into_iter().chain([other.id.to_string()]) {
        assert_eq!(found(&app, entry.clone()).await, Some(kept.id.clone()), "{entry}");
    }
    assert_eq!(app.read(|conn| Ok(learner_card::owner(conn, "CARD-4711")?)).await, Some(kept.id.clone()));
    let page = format!("/admin/learners/{}", other.id);
    assert_eq!(browser.get(&page).await.expect(303).location(), format!("/admin/learners/{}", kept.id));
    browser.get("/admin/learners?q=Ada").await.expect(200).says("Ada Lovelace").never_says(">Ada King<");
    browser.get(&format!("/admin/profiles/{}/edit", other.id)).await.expect(409);
    // The record holds both awards, names both ids, and is found right by the portal's own verifier.
    let own = format!("/admin/learners/{}", kept.id);
    browser.get(&own).await.expect(200).says("Merged into this learner").says("issued under another name");
    let says = [
        ("record.json", "Everything in it was awarded to its learner"),
        ("record.vc.json", "under an id that the record names too"),
    ];
    for (form, same) in says {
        let record = browser.get(&format!("{own}/{form}")).await.expect(200).bytes.clone();
        let text = String::from_utf8(record.to_vec()).unwrap();
        assert!(text.contains("ext:formerProfileId") && text.contains(other.iri.as_str()), "{form}");
        let told = stranger.hand_in("/verify", &[("pasted", "")], &[("file", text.as_bytes())]).await.expect(200);
        told.says(same)
            .never_says("somebody else")
            .says("Is all of it about the same person? <span class=\"sub\">passed");
    }
    // So is what the learner shares, which tells nothing of the person but name and ids.
    let (made, share) = shared(&app, &now(&app, &kept).await, &[&of_kept, &of_other], Lasts::UntilOff).await;
    for (form, same) in [("json", "Everything in it was awarded"), ("vc.json", "under an id that the record names too")]
    {
        let text = stranger.get(&format!("{share}.{form}")).await.expect(200).text();
        assert!(
            !text.contains("formerStudentId") && !text.contains(other.student_id.as_ref().unwrap().as_str()),
            "{form}"
        );
        let told = stranger.hand_in("/verify", &[("pasted", "")], &[("file", text.as_bytes())]).await.expect(200);
        told.says(same).never_says("somebody else");
    }
    // A hold on the one who is kept withholds what was the other's.
    let whose = kept.id.to_string();
    let fields = [("learner", whose.as_str()), ("why", "privacy-ferpa")];
    browser.submit(&format!("/admin/holds/new?learner={}", kept.id), "/admin/holds", &fields).await.expect(303);
    for one in [&of_kept, &of_other] {
        stranger.get(&format!("/c/{}", code(one))).await.expect(404);
    }
    // Taken back, nothing may go on showing the awards of both as one person's.
    let undoing = format!("/admin/merges/{}", merge_of(&app, &kept).await.id);
    let refused = browser.submit(&undoing, &format!("{undoing}/undoing"), &[]).await;
    refused.expect(409).says("A share made since shows awards that would go back");
    let page = format!("/admin/shares/{}", made.id);
    browser.submit(&page, &format!("{page}/end"), &[("reason", "Two people after all")]).await.expect(303);
    browser.submit(&undoing, &format!("{undoing}/undoing"), &[]).await.expect(303);
    stranger.get(&format!("/c/{}", code(&of_kept))).await.expect(404);
    stranger.get(&format!("/c/{}", code(&of_other))).await.expect(200).says("Ada King");
    assert_eq!(found(&app, email.to_string()).await, Some(other.id.clone()));
    let left = kept.id.clone();
    let identifiers = app.read(move |conn| Ok(profile::find(conn, &left)?.identifiers.get().len())).await;
    assert_eq!(identifiers, kept.identifiers.get().len(), "the former ids left with the other");
}

#[actix_web::test]
async fn published_records_of_both_are_numbered_on() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (kept, _) = app.award("Grace Hopper").await;
    let (other, _) = app.award("Grace Murray").await;
    let published = async |learner: &Profile| {
        let (learner, portal) = (learner.clone(), app.portal());
        app.write(move |conn| {
            let publisher = profile::publisher(conn)?.unwrap();
            let record = Clr::new(&learner, publisher.id);
            record.insert(conn, &[], &by())?;
            let how = How { notify: false, previewed: None };
            publish(conn, &record.id, &portal, &how, &by())
        })
        .await
    };
    let theirs = published(&other.learner).await;
    published(&kept.learner).await;
    merged(&browser, &kept.learner, &other.learner).await;
    let numbers = async |whose: &Profile| {
        let id = whose.id.clone();
        let mut all: Vec<i32> = app
            .read(move |conn| Ok(clr::of_learner(conn, &id)?.into_iter().filter_map(|one| one.clr.number).collect()))
            .await;
        all.sort_unstable();
        all
    };
    assert_eq!(numbers(&kept.learner).await, [1, 2]);
    // A record of both, published since, has the next number, and stands against taking the merge back.
    let again = published(&kept.learner).await;
    let undoing = format!("/admin/merges/{}", merge_of(&app, &kept.learner).await.id);
    let refused = browser.submit(&undoing, &format!("{undoing}/undoing"), &[]).await;
    refused.expect(409).says("A record with the awards of both was published since");
    let revocation = format!("/admin/clrs/{}/revocation", again.clr_id.as_ref().unwrap());
    browser.submit(&revocation, &revocation, &[("reason", "error")]).await.expect(303);
    // The one that was published first says that there is a newer one, now that both are of one learner.
    let stranger = app.browser();
    stranger.get(&format!("/c/{}", theirs.cedid)).await.expect(200).says("newer record");
    let undoing = format!("/admin/merges/{}", merge_of(&app, &kept.learner).await.id);
    browser.submit(&undoing, &format!("{undoing}/undoing"), &[]).await.expect(303);
    assert_eq!((numbers(&kept.learner).await, numbers(&other.learner).await), (vec![1, 3], vec![1]));
    // Numbers with a gap move on and come back too: two and one become one and two of somebody who has none.
    merged(&browser, &other.learner, &kept.learner).await;
    assert_eq!(numbers(&other.learner).await, [1, 2, 3]);
    let third = app.write(|conn| person(conn, "Grace Third", "0000000077")).await;
    merged(&browser, &third, &other.learner).await;
    assert_eq!(numbers(&third).await, [1, 2, 3]);
    for kept in [&third, &other.learner] {
        let undoing = format!("/admin/merges/{}", merge_of(&app, kept).await.id);
        browser.submit(&undoing, &format!("{undoing}/undoing"), &[]).await.expect(303);
    }
    assert_eq!((numbers(&kept.learner).await, numbers(&other.learner).await), (vec![1, 3], vec![1]));
    assert!(numbers(&third).await.is_empty());
    stranger.get(&format!("/c/{}", theirs.cedid)).await.expect(200).never_says("newer record");
}

#[actix_web::test]
async fn who_cannot_be_merged_is_told_and_nothing_changes() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (kept, other) =
        app.write(|conn| Ok((person(conn, "Ann Once", "0000000001")?, person(conn, "Ann Twice", "0000000002")?))).await;
    let page = format!("/admin/learners/{}/merging", kept.id);
    browser.submit(&page, &page, &[("other", ""), ("reason", "")]).await.expect(422).says("Enter the other learner");
    let nobody = [("other", "0000000009"), ("reason", "Same passport")];
    browser.submit(&page, &page, &nobody).await.expect(422).says("Nothing that is known here");
    let itself = [("other", "0000000001"), ("reason", "Same passport")];
    browser.submit(&page, &page, &itself).await.expect(422).says("This is the same learner already");
    for role in [Role::Auditor, Role::Issuer, Role::Host] {
        let office = app.write(|conn| Ok(crate::app::organization(conn, "An office")?.id)).await;
        let office = (role != Role::Auditor).then_some(office);
        let one = app.sign_in(&app.staff(role, office).await).await;
        one.get(&page).await.expect(403);
    }
    merged(&browser, &kept, &other).await;
    // Its number stays taken, and is not given to the one who is kept either: undoing needs it.
    let edit = format!("/admin/profiles/{}", kept.id);
    let form = [("kind", "person"), ("name", "Ann Once"), ("student_id", "0000000002"), ("revision", "2")];
    browser.submit(&format!("{edit}/edit"), &edit, &form).await.expect(422).says("merged into this one");
    // Neither of the two can be deleted: the merge names them.
    for one in [&kept, &other] {
        let page = format!("/admin/profiles/{}/deletion", one.id);
        browser.get(&page).await.expect(200).says("1 merge of learners names it");
    }
    // Who is merged already, and who was erased, are nobody to merge.
    let (first, second) = (kept.id.clone(), other.id.clone());
    let again = app.db.write(move |conn| merge::merge(conn, (&first, &second), &Line::parse("Again").unwrap(), &by()));
    assert!(again.await.is_err());
    // Erasing the one who is kept erases the person under both entries.
    let id = kept.id.clone();
    app.write(move |conn| erase::erase(conn, &id, &Line::parse("Request of 3 May").unwrap(), &by())).await;
    let left = other.id.clone();
    let name = app.read(move |conn| Ok(profile::find(conn, &left)?.name.to_string())).await;
    assert_ne!(name, "Ann Twice");
    assert_eq!(found(&app, "0000000002".to_owned()).await, None);
}

#[actix_web::test]
async fn what_waits_for_a_decision_is_settled_before_two_are_merged() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 1, 2).await;
    let program = program(&app, &ground.award, at_least(1)).await;
    let (kept, other) = (&ground.learners[0], &ground.learners[1]);
    for learner in [kept, other] {
        attended(&app, &ground.events[0], learner).await;
    }
    count(&app).await;
    let page = format!("/admin/learners/{}/merging", kept.id);
    let number = other.student_id.as_ref().unwrap().to_string();
    let fields = [("other", number.as_str()), ("reason", "Same passport")];
    let conferral = prepare(&browser, &program, 2).await;
    browser.submit(&page, &page, &fields).await.expect(422).says("A conferral that is not finished means one of them");
    let drop = [("decision", "drop"), ("reason", "Entered twice")];
    browser.submit(&conferral, &format!("{conferral}/decision"), &drop).await.expect(303);
    for learner in [kept, other] {
        stands(&app, &ground.events[0], learner, AttendanceStatus::Absent).await;
        let (learner, event) = (learner.clone(), ground.events[0].id.clone());
        app.write(move |conn| dispute::raise(conn, &learner, &event, &Prose::parse("I was there").unwrap())).await;
    }
    browser.submit(&page, &page, &fields).await.expect(422).says("Both dispute the same attendance");
    assert_eq!(standings(&app, other).await.len(), 1, "nothing was moved");
}

#[actix_web::test]
async fn a_chain_of_merges_is_one_person_also_in_erasing() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let all: Vec<Profile> = app
        .write(|conn| (1..=3).map(|nth| person(conn, &format!("Ann Entry{nth}"), &format!("000000000{nth}"))).collect())
        .await;
    merged(&browser, &all[1], &all[2]).await;
    let first = merge_of(&app, &all[1]).await;
    merged(&browser, &all[0], &all[1]).await;
    assert_eq!(found(&app, "0000000003".to_owned()).await, Some(all[0].id.clone()));
    let undoing = format!("/admin/merges/{}", first.id);
    let refused = browser.submit(&undoing, &format!("{undoing}/undoing"), &[]).await;
    refused.expect(409).says("was merged into another one since");
    // Who was merged is no organisation, which could issue something.
    let suggested = browser.get("/admin/suggestions/organizations?q=Ann").await.expect(200);
    assert!(!suggested.text().contains("Entry"), "{}", suggested.text());
    let id = all[0].id.clone();
    app.write(move |conn| erase::erase(conn, &id, &Line::parse("Request of 3 May").unwrap(), &by())).await;
    for one in &all {
        assert!(!now(&app, one).await.name.to_string().contains("Entry"));
    }
}

#[actix_web::test]
async fn whose_an_entry_of_attendance_is_changes_by_no_other_way() {
    let app = App::start().await;
    let ground = ground(&app, 1, 2).await;
    attended(&app, &ground.events[0], &ground.learners[0]).await;
    let other = ground.learners[1].id.to_string();
    let moved = app
        .db
        .write(move |conn| {
            use diesel::RunQueryDsl;
            diesel::sql_query(format!("UPDATE attendance SET learner_id = '{other}'")).execute(conn)?;
            Ok::<_, testamur::registrar::Refusal>(())
        })
        .await;
    assert!(moved.is_err());
    assert_eq!(standings(&app, &ground.learners[0]).await.len(), 1);
}
