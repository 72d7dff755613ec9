//! A learner's share: the page that its link opens, and what may be taken along. Its recipient needs no account and gets
//! no cookie.
//!
//! A link whose time is over, that was switched off, or whose learner is under an administrative hold or was erased answers
//! 410 with the same page; one that never was answers 404. Every disclosure is written down before the answer, so where
//! nothing can be written, nothing is shown.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web,
};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{credential::when, results::Results};
use crate::{
    clock, clr,
    models::{
        disclosed::{self, Form},
        disclosure::{self, Shared},
        issued::{IssuedEndorsement, IssuedEvent},
        record::Award,
    },
    pdf,
    registrar::{
        clr1,
        share::{self, Shown},
    },
    values::Reading,
    web::{
        State, drawn,
        error::Error,
        filters,
        frame::{Frame, page, page_with},
        guards::Anyone,
        limits,
    },
};

/// What a share shows, as its recipient sees it and as its learner sees it beforehand.
#[derive(Template)]
#[template(path = "share/show.html")]
pub struct SharePage {
    /// The frame.
    pub frame: Frame,
    /// What is shown.
    pub shown: Shown,
    /// Where this page is; nowhere for the learner, who has no link any more.
    pub address: Option<String>,
    /// When it was looked up.
    pub checked_at: DateTime<Utc>,
}

#[derive(Template)]
#[template(path = "share/gone.html")]
struct GonePage {
    frame: Frame,
}

impl SharePage {
    /// How many awards do not stand.
    fn not_valid(&self) -> usize {
        self.shown.record.awards.iter().filter(|award| award.standing.reading != Reading::Valid).count()
    }

    fn ends(&self) -> Option<DateTime<Utc>> {
        self.shown.share.expires_at.map(|end| end.and_utc())
    }

    fn results<'a>(&self, award: &'a Award) -> Results<'a> {
        Results::of(&award.issued)
    }

    fn when(&self, event: &IssuedEvent) -> String {
        when(&self.frame, event)
    }

    /// `Board of Accreditation on FYE Hoosier Experience`.
    fn said_by(&self, one: &IssuedEndorsement, endorsed: &str) -> String {
        let args = [("endorser", one.endorser.name.clone().into()), ("endorsed", endorsed.to_owned().into())];
        self.frame.words.with_all("endorsement-of", args)
    }

    /// Whether there is more to say of an award than stands on its card.
    fn has_more(&self, award: &Award) -> bool {
        let issued = &award.issued;
        let (achievement, assertion) = (&issued.achievement, &issued.assertion);
        achievement.description.is_some()
            || achievement.criteria.is_some()
            || assertion.narrative.is_some()
            || !achievement.result_descriptions.is_empty()
            || !assertion.results.is_empty()
            || !assertion.evidence.is_empty()
            || !issued.events.is_empty()
            || !issued.endorsements().is_empty()
    }
}

/// `GET /s/{token}`
pub async fn show(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    token: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(shown) = opened(&state, &request, &token, Form::Page).await? else { return gone(anyone.frame) };
    let address = Some(share::address(&state.portal, &token));
    Ok(private(page(&SharePage { frame: anyone.frame, shown, address, checked_at: clock::now() })?))
}

/// `GET /s/{token}.json`: CLR 1.0.
pub async fn json(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    token: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(shown) = opened(&state, &request, &token, Form::Json).await? else { return gone(anyone.frame) };
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&shown.record)).await?;
    Ok(private(drawn::file("application/json", "shared-record.json", json)))
}

/// `GET /s/{token}.vc.json`: CLR 2.0, as it was signed.
pub async fn vc(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    token: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(shown) = opened(&state, &request, &token, Form::Vc).await? else { return gone(anyone.frame) };
    let signed = state.db.read(move |conn| share::signed(conn, &shown.share)).await?.ok_or(Error::NotFound)?;
    Ok(private(drawn::file("application/json", "shared-record.vc.json", signed)))
}

/// `GET /s/{token}.pdf`
pub async fn pdf(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    token: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(shown) = opened(&state, &request, &token, Form::Pdf).await? else { return gone(anyone.frame) };
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&shown.record)).await?;
    let words = anyone.frame.words;
    let ends = shown.share.expires_at.map(|end| end.and_utc());
    let drawing = drawn::pdf_of_share(&token, state.clone(), move |links, fonts| {
        Ok(pdf::shared((&shown.record, ends), links, &words, fonts, &json)?.bytes)
    });
    Ok(private(drawing.await?))
}

/// What a token opens in a form, once that is written down; nothing where it opens nothing any more. What the learner
/// did not allow is not there. Refused before anything is looked up for an address that asks too often; a link that opens
/// nothing is a miss, whatever the reason.
async fn opened(state: &State, request: &HttpRequest, token: &str, form: Form) -> Result<Option<Shown>, Error> {
    let address = limits::address(request, state);
    state.limits.before_lookup(address)?;
    state.limits.opening(address)?;
    let opened = written_down(state, token, form).await;
    if matches!(opened, Ok(None) | Err(Error::NotFound)) {
        state.limits.missed(address)?;
    }
    opened
}

async fn written_down(state: &State, token: &str, form: Form) -> Result<Option<Shown>, Error> {
    let own = token.to_owned();
    match state.db.read(move |conn| disclosure::shared(conn, &own).map_err(Error::from)).await? {
        Shared::Open(share) if !share.allows(form) => return Err(Error::NotFound),
        Shared::Open(_) => {}
        Shared::Gone => return Ok(None),
        Shared::Unknown => return Err(Error::NotFound),
    }
    let own = token.to_owned();
    let shown = state.db.write(move |conn| {
        // Asked again, as it may have been switched off meanwhile.
        let Shared::Open(share) = disclosure::shared(conn, &own)? else { return Ok(None) };
        let shown = share::shown(conn, &share)?;
        if form == Form::Vc && !shown.is_signed {
            return Err(crate::registrar::Refusal::NotFound);
        }
        disclosed::write(conn, &share, form)?;
        Ok(Some(shown))
    });
    Ok(shown.await?)
}

/// The page of a link that opens nothing any more: the same for every reason, and it names nobody.
fn gone(frame: Frame) -> Result<HttpResponse, Error> {
    Ok(private(page_with(StatusCode::GONE, &GonePage { frame })?))
}

/// The address is the key, so no link that is followed from here may tell it.
fn private(mut answer: HttpResponse) -> HttpResponse {
    let name = HeaderName::from_static("referrer-policy");
    answer.headers_mut().insert(name, HeaderValue::from_static("no-referrer"));
    answer
}
