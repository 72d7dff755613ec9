//! The screen of self check-in, for a projector: a QR code and a short code that change every half minute. The page loads
//! itself again when they do, without a script.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    clock,
    models::Event,
    registrar::check_in::{self, Away},
    values::Id,
    web::{
        State,
        error::Error,
        frame::{Frame, page},
        guards::{ChangeEvents, May},
        occasion::Occasion,
        public::qr::Qr,
    },
};

#[derive(Template)]
#[template(path = "attendance/screen.html")]
struct ScreenPage {
    frame: Frame,
    shown: Occasion,
    /// Seconds until it is loaded again.
    seconds: i64,
    /// Why there is no code now.
    closed: Option<String>,
    qr: Option<Qr>,
    code: String,
    /// Where the codes can be typed.
    address: String,
}

/// `GET /admin/events/{id}/screen`
pub async fn show(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
) -> Result<HttpResponse, Error> {
    let by = may.by;
    let shown = state.db.read(move |conn| Occasion::read(conn, &id, &by)).await?;
    let now = clock::now();
    let (code, left) = state.check_in.at(&shown.event.id, now);
    let closed = check_in::is_open(&shown.event, now.naive_utc()).err().map(|away| match away {
        Away::NotYet(opens) => {
            let opens = shown.event.time_zone.wall_clock(opens);
            format!("Check-in opens on {}.", opens.format("%-d %B %Y, %H:%M"))
        }
        Away::Cancelled => "This event was cancelled.".to_owned(),
        _ => "Check-in is closed.".to_owned(),
    });
    let base = &state.portal.base_url;
    let qr = Qr::of(&format!("{base}/check-in/{}/{code}", shown.event.id));
    let spaced = code.split_at_checked(4).map_or(code.clone(), |(first, rest)| format!("{first}-{rest}"));
    let host = base.split_once("://").map_or(base.as_str(), |(_, host)| host);
    let address = format!("{host}/check-in");
    page(&ScreenPage { frame: may.frame, shown, seconds: left + 1, closed, qr, code: spaced, address })
}
