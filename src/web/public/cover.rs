//! What the code of a published record opens: whether it stands, whose it is, by whom, since when, how many awards it has.
//! **No award and nothing private**: a code is a locator that anybody may be handed (`docs/standards.md`). The record
//! itself goes to the learner and to staff.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{qr::Qr, verdict::Verdict};
use crate::{
    clock, clr,
    models::published::Cover,
    pdf,
    registrar::clr1,
    web::{
        State, drawn,
        error::Error,
        filters,
        frame::{Frame, page},
    },
    words::Words,
};

#[derive(Template)]
#[template(path = "credential/cover.html")]
struct CoverPage {
    frame: Frame,
    cover: Cover,
    verdict: Verdict,
    checked_at: DateTime<Utc>,
    /// The whole address of this page.
    address: String,
    qr: Option<Qr>,
    /// Since when its signatures are not believed any more.
    not_believed_since: Option<DateTime<Utc>>,
}

/// The page.
pub fn show(
    frame: Frame,
    base_url: &str,
    cover: Cover,
    not_believed_since: Option<DateTime<Utc>>,
) -> Result<HttpResponse, Error> {
    let address = format!("{base_url}/c/{}", cover.cedid);
    page(&CoverPage {
        verdict: Verdict::of_record(&cover.standing, &frame),
        checked_at: clock::now(),
        qr: Qr::of(&address),
        frame,
        cover,
        address,
        not_believed_since,
    })
}

/// The JSON: a CLR without assertions, which says that it is partial.
pub async fn json(state: &State, cover: &Cover) -> Result<HttpResponse, Error> {
    let json = clr1::document(&state.db, &state.portal, clr::v1::cover_clr(cover)).await?;
    Ok(drawn::file("application/json", &drawn::json_name(&cover.cedid), json))
}

/// The confirmation on paper.
pub async fn pdf(state: web::Data<State>, words: Words, cover: Cover) -> Result<HttpResponse, Error> {
    let code = cover.cedid.clone();
    let json = clr1::document(&state.db, &state.portal, clr::v1::cover_clr(&cover)).await?;
    drawn::pdf_of(&code, state, &format!("confirmation-{code}.pdf"), move |links, fonts| {
        Ok(pdf::cover(&cover, links, &words, fonts, &json)?.bytes)
    })
    .await
}

/// "Official record of two awards, published on 7 November 2026, number 2."
pub fn line(frame: &Frame, awards: usize, day: chrono::NaiveDate, number: i32) -> String {
    let awards = frame.words.with("record-awards-count", "count", awards);
    let date = crate::words::date(&frame.words, day);
    let facts = [("awards", awards.into()), ("date", date.into()), ("number", number.to_string().into())];
    frame.words.with_all("record-cover-line", facts)
}

impl CoverPage {
    fn line(&self) -> String {
        line(&self.frame, self.cover.awards, self.cover.published_on.date_naive(), self.cover.number)
    }
}
