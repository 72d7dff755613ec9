//! Versions of an achievement: what it was when it was awarded, and what changed from one to another.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    db::Conn,
    models::{
        Achievement, Actor, Rubric, achievement,
        achievement_version::{self, Version},
        issued::{IssuedAchievement, IssuedLevel, IssuedResultDescription},
        rubric,
    },
    registrar::compare::{Comparison, Fate, Mark},
    values::Id,
    web::{
        State,
        error::Error,
        filters,
        forms::Submitted,
        frame::{Frame, page, see},
        guards::{ChangeAchievements, May, ReadAwards},
        objects::Managed,
    },
};

#[derive(Template)]
#[template(path = "versions/index.html")]
struct VersionsPage {
    frame: Frame,
    whole: Achievement,
    versions: Vec<Version>,
    /// The two that a comparison begins with.
    from: i32,
    to: i32,
    is_frozen: bool,
    may_change: bool,
}

#[derive(Template)]
#[template(path = "versions/difference.html")]
struct DifferencePage {
    frame: Frame,
    whole: Achievement,
    versions: Vec<Version>,
    from: i32,
    to: i32,
    told: Comparison,
}

#[derive(Template)]
#[template(path = "versions/show.html")]
struct VersionPage {
    frame: Frame,
    whole: Achievement,
    version: Version,
    content: IssuedAchievement,
    /// The one before it and the one after it.
    earlier: Option<i32>,
    later: Option<i32>,
}

/// Which two are compared.
#[derive(Deserialize)]
pub struct Compared {
    #[serde(default)]
    from: Option<i32>,
    #[serde(default)]
    to: Option<i32>,
}

/// What is gone on with.
#[derive(Deserialize)]
pub struct Begun {
    /// The rubric that is edited then.
    #[serde(default)]
    rubric: String,
}

/// An achievement that exists for this person, with its versions.
fn existing(conn: &mut Conn, id: &Id<Achievement>, by: &Actor) -> Result<(Achievement, Vec<Version>), Error> {
    let whole = achievement::find(conn, id)?;
    if by.office.as_ref().is_some_and(|office| *office != whole.issuer_id) {
        return Err(Error::NotFound);
    }
    let versions = achievement_version::list(conn, &whole)?;
    Ok((whole, versions))
}

fn content(conn: &mut Conn, whole: &Achievement, number: i32) -> Result<IssuedAchievement, Error> {
    achievement_version::content(conn, whole, number)?.ok_or(Error::NotFound)
}

/// `GET /admin/achievements/{id}/versions`, and with `?from=1&to=2` what changed from one to the other.
pub async fn index(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<Id<Achievement>>,
    compared: web::Query<Compared>,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    if let (Some(from), Some(to)) = (compared.from, compared.to) {
        let (whole, versions, old, new) = state
            .db
            .read(move |conn| {
                let (whole, versions) = existing(conn, &id, &by)?;
                let (old, new) = (content(conn, &whole, from)?, content(conn, &whole, to)?);
                Ok::<_, Error>((whole, versions, old, new))
            })
            .await?;
        // Long texts take a moment to compare.
        let told = web::block(move || Comparison::of(&old, &new)).await;
        let told = told.map_err(|error| Error::Defect(format!("versions could not be compared: {error}")))?;
        return page(&DifferencePage { frame: may.frame, whole, versions, from, to, told });
    }
    let (whole, versions) = state.db.read(move |conn| existing(conn, &id, &by)).await?;
    let newest = versions.first().map_or(1, |version| version.number);
    page(&VersionsPage {
        may_change: may.frame.may::<ChangeAchievements>(),
        frame: may.frame,
        from: versions.get(1).map_or(newest, |version| version.number),
        to: newest,
        is_frozen: versions.iter().any(|version| version.is_present && version.first_awarded_at.is_some()),
        versions,
        whole,
    })
}

/// `GET /admin/achievements/{id}/versions/{number}`
pub async fn show(
    may: May<ReadAwards>,
    state: web::Data<State>,
    place: web::Path<(Id<Achievement>, i32)>,
) -> Result<HttpResponse, Error> {
    let (by, (id, number)) = (may.by.clone(), place.into_inner());
    let (whole, versions, content) = state
        .db
        .read(move |conn| {
            let (whole, versions) = existing(conn, &id, &by)?;
            let content = content(conn, &whole, number)?;
            Ok::<_, Error>((whole, versions, content))
        })
        .await?;
    let numbers = || versions.iter().map(|version| version.number);
    page(&VersionPage {
        earlier: numbers().filter(|own| *own < number).max(),
        later: numbers().filter(|own| *own > number).min(),
        version: versions.iter().find(|version| version.number == number).cloned().ok_or(Error::NotFound)?,
        frame: may.frame,
        whole,
        content,
    })
}

/// `POST /admin/achievements/{id}/versions`: begins the next version.
pub async fn begin(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    id: web::Path<Id<Achievement>>,
    begun: Submitted<Begun>,
) -> Result<HttpResponse, Error> {
    let (by, own) = (may.by, id.clone());
    let chosen = begun.0.rubric.parse::<Id<Rubric>>().ok();
    let rubric = state
        .db
        .write(move |conn| {
            let (whole, _) = existing(conn, &own, &by)?;
            if let Some(why) = whole.locked(conn)? {
                return Err(Error::Conflict(why.to_owned()));
            }
            if !achievement_version::begin(conn, &own, &by)? {
                let why = "The present version was not awarded yet: it can be edited as it is.";
                return Err(Error::Conflict(why.to_owned()));
            }
            let found = chosen.as_ref().and_then(|id| rubric::find(conn, id).ok());
            Ok(found.filter(|found| found.achievement_id == own))
        })
        .await?;
    Ok(see(match rubric {
        Some(rubric) => format!("/admin/rubrics/{}/edit", rubric.id),
        None => format!("/admin/achievements/{id}/versions"),
    }))
}

impl VersionPage {
    fn requires(&self, description: &IssuedResultDescription, level: &IssuedLevel) -> bool {
        description.required_level.as_ref() == Some(&level.id)
    }
}

impl DifferencePage {
    fn fate(&self, fate: &Fate) -> &'static str {
        match fate {
            Fate::Added => "Added",
            Fate::Removed => "Removed",
            Fate::Changed => "Changed",
        }
    }

    fn tone(&self, fate: &Fate) -> &'static str {
        match fate {
            Fate::Added => "ok",
            Fate::Removed => "bad",
            Fate::Changed => "info",
        }
    }

    fn icon(&self, fate: &Fate) -> &'static str {
        match fate {
            Fate::Added => "plus",
            Fate::Removed => "minus",
            Fate::Changed => "swap",
        }
    }
}
