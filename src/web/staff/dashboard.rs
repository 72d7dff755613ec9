//! The first page of the day: what waits, what there is, what happened.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    db::Conn,
    models::{
        achievement, assertion,
        audit::{self, AuditEntry},
        clr, outbox,
        page::Query,
        profile,
    },
    web::{
        State,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::{Award, May, ReadAwards, ReadMail, ReadRecords, SeeDashboard},
    },
};

/// A card: what there is of a kind.
struct Card {
    title: &'static str,
    count: Option<i64>,
    hint: &'static str,
    address: &'static str,
    action: &'static str,
}

/// A line of what waits.
struct Waiting {
    icon: &'static str,
    tone: &'static str,
    what: String,
    detail: &'static str,
    address: &'static str,
    action: &'static str,
}

#[derive(Template)]
#[template(path = "staff/dashboard.html")]
struct DashboardPage {
    frame: Frame,
    today: chrono::NaiveDate,
    cards: Vec<Card>,
    waiting: Vec<Waiting>,
    recent: Vec<AuditEntry>,
    may_award: bool,
    no_publisher: bool,
    no_mail: bool,
}

/// `GET /admin`
pub async fn show(may: May<SeeDashboard>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let (frame, by) = (may.frame.clone(), may.by.clone());
    let no_mail = state.config.smtp_url.is_none() && may.frame.may::<ReadMail>();
    let built = state
        .db
        .read(move |conn| {
            let query = Query { office: by.office.clone(), ..Query::default() };
            Ok::<_, Error>(DashboardPage {
                today: crate::clock::now().date_naive(),
                cards: cards(conn, &frame, &query)?,
                waiting: waiting(conn, &frame, &query)?,
                recent: if frame.may::<ReadRecords>() { audit::latest(conn, 5)? } else { Vec::new() },
                may_award: frame.may::<Award>(),
                no_publisher: profile::publisher(conn)?.is_none() && frame.is_registrar(),
                no_mail,
                frame,
            })
        })
        .await?;
    page(&built)
}

fn cards(conn: &mut Conn, frame: &Frame, query: &Query) -> Result<Vec<Card>, Error> {
    let of_kind = |kind: &str| Query { filters: vec![("kind".to_owned(), kind.to_owned())], ..Query::default() };
    let mut cards = Vec::new();
    if frame.may::<ReadRecords>() {
        let count = profile::count(conn, &of_kind("person"))?;
        cards.push(Card {
            title: "Learners",
            count: Some(count),
            hint: "Persons whose achievements you record.",
            address: "/admin/learners",
            action: "Manage",
        });
        let count = profile::count(conn, &of_kind("organization"))?;
        cards.push(Card {
            title: "Profiles",
            count: Some(count),
            hint: "The publisher and the offices that issue.",
            address: "/admin/profiles",
            action: "Manage",
        });
    } else {
        cards.push(Card {
            title: "Learners",
            count: None,
            hint: "Find a learner by name, number or e-mail address.",
            address: "/admin/learners",
            action: "Find",
        });
    }
    if frame.may::<ReadAwards>() {
        let count = achievement::count(conn, query)?;
        cards.push(Card {
            title: "Achievements",
            count: Some(count),
            hint: "What can be awarded.",
            address: "/admin/achievements",
            action: "Manage",
        });
        let count = assertion::count(conn, query)?;
        cards.push(Card {
            title: "Assertions",
            count: Some(count),
            hint: "Achievements awarded to learners.",
            address: "/admin/assertions",
            action: "Manage",
        });
    }
    if frame.may::<ReadRecords>() {
        cards.push(Card {
            title: "CLRs",
            count: Some(clr::count(conn, &Query::default())?),
            hint: "Records of learners, as they are published.",
            address: "/admin/clrs",
            action: "Manage",
        });
    }
    Ok(cards)
}

fn waiting(conn: &mut Conn, frame: &Frame, query: &Query) -> Result<Vec<Waiting>, Error> {
    let mut waiting = Vec::new();
    if frame.may::<ReadAwards>() {
        let drafts = Query { filters: vec![("status".to_owned(), "draft".to_owned())], ..query.clone() };
        let drafts = assertion::count(conn, &drafts)?;
        if drafts > 0 {
            let what = format!("{drafts} {}", if drafts == 1 { "draft" } else { "drafts" });
            waiting.push(Waiting {
                icon: "pencil",
                tone: "info",
                what,
                detail: "not issued yet",
                address: "/admin/assertions?status=draft",
                action: "Look at them",
            });
        }
    }
    if frame.may::<ReadMail>() {
        let (queued, failed) = outbox::waiting_and_failed(conn)?;
        if failed > 0 {
            let what = format!("{failed} {} failed", if failed == 1 { "mail" } else { "mails" });
            waiting.push(Waiting {
                icon: "cross",
                tone: "bad",
                what,
                detail: "could not be delivered",
                address: "/admin/mail",
                action: "See why",
            });
        }
        if queued > 0 {
            let what = format!("{queued} {} waiting", if queued == 1 { "mail" } else { "mails" });
            waiting.push(Waiting {
                icon: "hourglass",
                tone: "info",
                what,
                detail: "to be delivered",
                address: "/admin/mail",
                action: "See them",
            });
        }
    }
    Ok(waiting)
}
