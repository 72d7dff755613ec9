//! Two learners who are one person: which is kept, what becomes of the other, and taking it back.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        LearnerMerge, Profile,
        learner_merge::{self, Held},
        profile,
    },
    registrar::{
        Refusal,
        merge::{self, in_words, refuse_unless_mergeable},
    },
    values::{Id, Line, Origin},
    web::{
        State,
        error::Error,
        filters,
        forms::{
            Empty, Errors, Submitted, error_of,
            picker::{self, Picker, What},
        },
        frame::{Frame, page, page_with, see},
        guards::{May, MergeLearners, ReadRecords},
        kept,
    },
};

const HINT: &str = "Name, student number, e-mail address or id of the entry that should not be there.";
const MISSING: &str = "Enter the other learner";

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    other: Option<String>,
    other_id: String,
    reason: String,
    /// `yes` once the preview was seen.
    sure: String,
}

#[derive(Template)]
#[template(path = "learners/merging.html")]
struct MergingPage {
    frame: Frame,
    learner: Profile,
    picker: Picker,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "learners/merging_preview.html")]
struct PreviewPage {
    frame: Frame,
    learner: Profile,
    other: Profile,
    held: Held,
    at_both: i64,
    /// What the two say differently: label, of the one who is kept, of the other.
    differences: Vec<(&'static str, String, String)>,
    reason: String,
}

#[derive(Template)]
#[template(path = "learners/merge.html")]
struct MergePage {
    frame: Frame,
    merge: LearnerMerge,
    kept: Profile,
    merged: Profile,
    may_undo: bool,
}

impl MergingPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

impl MergePage {
    fn moved(&self) -> Vec<String> {
        in_words(&self.merge)
    }
}

type Whose = web::Path<Id<Profile>>;

/// `GET /admin/learners/{id}/merging`
pub async fn ask(
    may: May<MergeLearners>,
    state: web::Data<State>,
    id: Whose,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let entered: Entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&built(may, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built(
    may: May<MergeLearners>,
    state: &State,
    id: Id<Profile>,
    entered: Entered,
    errors: Errors,
) -> Result<MergingPage, Error> {
    let (by, typed) = (may.by, entered.clone());
    let (learner, picker) = state
        .db
        .read(move |conn| {
            let is_ours = |one: &Profile| one.is_person() && one.origin == Origin::Own;
            let learner = Some(profile::find(conn, &id)?).filter(is_ours).ok_or(Error::NotFound)?;
            let picker = Picker::new(What::Learner, "other", "Who is the same person", HINT);
            let picker = picker.shown(conn, (&typed.other, &typed.other_id), &by)?.only_known();
            Ok::<_, Error>((learner, picker))
        })
        .await?;
    Ok(MergingPage { frame: may.frame, learner, picker, entered, errors: errors.0 })
}

/// `POST /admin/learners/{id}/merging`: shows what it would do, and does it once that was seen.
pub async fn submit(
    may: May<MergeLearners>,
    state: web::Data<State>,
    id: Whose,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (id, entered) = (id.into_inner(), form.0);
    let (own, by, typed) = (id.clone(), may.by.clone(), entered.clone());
    let (learner, other, reason, errors) = state
        .db
        .read(move |conn| {
            let mut errors = Errors::default();
            let given = (&typed.other, typed.other_id.as_str());
            let other =
                picker::read_one::<Profile>(conn, (What::Learner, "other"), given, &by, (&mut errors, MISSING))?;
            let reason = Line::parse(&typed.reason).map_err(|why| why.wanting("how you know"));
            let reason = errors.check("reason", reason);
            let other = other.map(|other| profile::find(conn, &other)).transpose()?;
            let learner = profile::find(conn, &own)?;
            match other.as_ref().map(|other| refuse_unless_mergeable(conn, &learner, other)) {
                Some(Err(Refusal::Conflict(why))) => errors.add("other", why),
                Some(refused) => refused?,
                None => {}
            }
            Ok::<_, Error>((learner, other, reason.filter(|_| errors.is_empty()), errors))
        })
        .await?;
    let (Some(other), Some(reason)) = (other, reason) else {
        let page = built(may, &state, id, entered, errors).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if entered.sure != "yes" {
        return page(&preview(may, &state, (learner, other), &reason).await?);
    }
    let (by, address) = (may.by, format!("/admin/learners/{id}"));
    state.db.write(move |conn| merge::merge(conn, (&id, &other.id), &reason, &by)).await?;
    Ok(see(address))
}

async fn preview(
    may: May<MergeLearners>,
    state: &State,
    (learner, other): (Profile, Profile),
    reason: &Line,
) -> Result<PreviewPage, Error> {
    let (own, theirs) = (learner.id.clone(), other.id.clone());
    let (held, at_both) = state
        .db
        .read(move |conn| {
            Ok::<_, Error>((learner_merge::held(conn, &theirs)?, learner_merge::at_both(conn, &own, &theirs)?))
        })
        .await?;
    let pairs = learner.facts().into_iter().zip(other.facts());
    let differences = pairs.filter(|(own, theirs)| own.1 != theirs.1).map(|(own, theirs)| (own.0, own.1, theirs.1));
    let differences = differences.filter(|(label, ..)| *label != "Part of").collect();
    Ok(PreviewPage { frame: may.frame, learner, other, held, at_both, differences, reason: reason.to_string() })
}

/// `GET /admin/merges/{id}`
pub async fn show(
    may: May<ReadRecords>,
    state: web::Data<State>,
    id: web::Path<Id<LearnerMerge>>,
) -> Result<HttpResponse, Error> {
    let (merge, kept, merged) = state
        .db
        .read(move |conn| {
            let merge = learner_merge::find(conn, &id)?;
            let (kept, merged) = (profile::find(conn, &merge.kept_id)?, profile::find(conn, &merge.merged_id)?);
            Ok::<_, Error>((merge, kept, merged))
        })
        .await?;
    let may_undo = merge.is_done() && may.frame.may::<MergeLearners>();
    page(&MergePage { frame: may.frame, merge, kept, merged, may_undo })
}

/// `POST /admin/merges/{id}/undoing`
pub async fn undo(
    may: May<MergeLearners>,
    state: web::Data<State>,
    id: web::Path<Id<LearnerMerge>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let (id, by) = (id.into_inner(), may.by);
    let undone = state.db.write(move |conn| merge::undo(conn, &id, &by)).await?;
    Ok(see(format!("/admin/learners/{}", undone.merged_id)))
}
