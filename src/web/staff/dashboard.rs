//! The first page of the day: what waits, what there is, what happened.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    db::Conn,
    models::{
        Achievement, Alignment, Assertion, Association, AwardResult, Clr, Endorsement, Evidence, Level, Profile,
        ResultDescription, assertion, attendance_dispute,
        audit::{self, AuditEntry},
        audit_names::{self, Names},
        award_flag, conferral, hold, import, outbox,
        page::Query,
        profile,
    },
    values::Origin,
    web::{
        State,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::{Award, May, ReadAwards, ReadEvents, ReadHolds, ReadMail, ReadRecords, SeeDashboard},
        objects::Managed,
    },
};

/// A card: what there is of a kind.
struct Card {
    title: &'static str,
    count: Option<i64>,
    hint: &'static str,
    address: String,
    action: &'static str,
}

/// A line of what waits.
struct Waiting {
    icon: &'static str,
    tone: &'static str,
    what: String,
    detail: &'static str,
    address: String,
    action: &'static str,
}

#[derive(Template)]
#[template(path = "staff/dashboard.html")]
struct DashboardPage {
    frame: Frame,
    today: chrono::NaiveDate,
    cards: Vec<Card>,
    /// Whether the lists may have more than the cards count: other publishers' objects.
    only_ours: bool,
    waiting: Vec<Waiting>,
    recent: Vec<AuditEntry>,
    names: Names,
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
            // What came from other publishers is theirs, and not among what there is to do: cards lead to our own.
            let ours = vec![("origin".to_owned(), Origin::Own.to_string())];
            let query = Query { office: by.office.clone(), filters: ours, ..Query::default() };
            let recent = if frame.may::<ReadRecords>() { audit::latest(conn, 5)? } else { Vec::new() };
            Ok::<_, Error>(DashboardPage {
                today: crate::clock::now().date_naive(),
                cards: cards(conn, &frame, &query)?,
                only_ours: import::any_done(conn)?,
                waiting: waiting(conn, &frame, &query)?,
                names: audit_names::of(conn, &recent)?,
                recent,
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
    let mut cards = vec![learners(conn, frame, query)?];
    let kinds = [
        of_kind::<Profile>,
        of_kind::<Achievement>,
        of_kind::<Assertion>,
        of_kind::<Clr>,
        of_kind::<Alignment>,
        of_kind::<Association>,
        of_kind::<Endorsement>,
        of_kind::<Evidence>,
        of_kind::<ResultDescription>,
        of_kind::<Level>,
        of_kind::<AwardResult>,
    ];
    for card in kinds {
        cards.extend(card(conn, frame, query)?);
    }
    Ok(cards)
}

/// Staff of an office find learners one by one and page through none, so theirs are not counted.
fn learners(conn: &mut Conn, frame: &Frame, query: &Query) -> Result<Card, Error> {
    let (address, title) = ("/admin/learners".to_owned(), "Learners");
    if !frame.may::<ReadRecords>() {
        let hint = "Find a learner by name, number or e-mail address.";
        return Ok(Card { title, count: None, hint, address, action: "Find" });
    }
    let mut persons = query.clone();
    persons.filters.push(("kind".to_owned(), "person".to_owned()));
    let hint = "Persons whose achievements you record.";
    let count = Some(profile::count(conn, &persons)?);
    Ok(Card { title, count, hint, address, action: "Manage" })
}

/// The card of a kind, for those who may read it: how many there are, or what it is when there is none yet.
fn of_kind<T: Managed>(conn: &mut Conn, frame: &Frame, query: &Query) -> Result<Option<Card>, Error> {
    if !frame.may::<T::Read>() {
        return Ok(None);
    }
    let count = T::count(conn, query)?;
    let hint = if count == 0 { T::KIND.empty } else { T::KIND.about };
    let ours = if import::any_done(conn)? { "?origin=own" } else { "" };
    let address = format!("/admin/{}{ours}", T::KIND.path);
    Ok(Some(Card { title: T::KIND.plural, count: Some(count), hint, address, action: "Manage" }))
}

/// What waits about programs: conferrals to approve, awards to decide about, disputes to answer.
fn of_programs(conn: &mut Conn, frame: &Frame, query: &Query) -> Result<Vec<Waiting>, Error> {
    let (mut waiting, office) = (Vec::new(), query.office.as_ref());
    let mut line = |number: i64, tone, (one, many): (&str, &str), detail, (address, action): (String, &'static str)| {
        if number > 0 {
            let what = format!("{number} {}", if number == 1 { one } else { many });
            waiting.push(Waiting { icon: "rosette", tone, what, detail, address, action });
        }
    };
    if frame.may::<ReadAwards>() {
        let prepared = conferral::waiting(conn, office)?;
        let words = ("conferral is prepared", "conferrals are prepared");
        line(prepared.len() as i64, "info", words, "not issued yet", ("/admin/approvals".to_owned(), "Look at it"));
        let flags = award_flag::waiting(conn, office)?;
        let words = ("award to decide about", "awards to decide about");
        line(flags, "warn", words, "attendance was taken back", ("/admin/flags".to_owned(), "Decide"));
    }
    if frame.may::<ReadEvents>() {
        let disputes = attendance_dispute::waiting(conn, office)?;
        let words = ("learner disputes attendance", "disputes about attendance");
        line(disputes, "info", words, "to be answered", ("/admin/disputes".to_owned(), "Answer"));
    }
    Ok(waiting)
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
                address: "/admin/assertions?status=draft".to_owned(),
                action: "Look at them",
            });
        }
    }
    waiting.extend(of_programs(conn, frame, query)?);
    if frame.may::<ReadHolds>() {
        let soon = hold::ending_soon(conn)?;
        if soon > 0 {
            waiting.push(Waiting {
                icon: "lock",
                tone: "warn",
                what: format!("{soon} {}", if soon == 1 { "hold ends soon" } else { "holds end soon" }),
                detail: "within two weeks",
                address: "/admin/holds?state=soon".to_owned(),
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
                address: "/admin/mail".to_owned(),
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
                address: "/admin/mail".to_owned(),
                action: "See them",
            });
        }
    }
    Ok(waiting)
}
