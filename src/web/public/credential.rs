//! A credential: its page, which the QR code opens, and its documents. Everything is rendered from what was issued and
//! the present status, never from live rows.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{
    cover,
    qr::Qr,
    results::Results,
    validate::{self, Opened},
    verdict::Verdict,
};
use crate::{
    clock, clr,
    models::{
        credential::Disclosed,
        issued::{IssuedEndorsement, IssuedEvent},
        record::Award,
        signed_form,
    },
    pdf,
    registrar::clr1,
    values::{CeDiD, Iri, Reading, Typed},
    web::{
        State, drawn,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::Anyone,
    },
    words,
};

#[derive(Template)]
#[template(path = "credential/show.html")]
struct CredentialPage {
    frame: Frame,
    award: Award,
    verdict: Verdict,
    checked_at: DateTime<Utc>,
    /// The whole address of this page.
    address: String,
    qr: Option<Qr>,
    /// Since when its signatures are not believed any more.
    not_believed_since: Option<DateTime<Utc>>,
}

impl CredentialPage {
    fn is_valid(&self) -> bool {
        self.award.standing.reading == Reading::Valid
    }

    /// `Board of Accreditation on FYE Hoosier Experience`.
    fn said_by(&self, one: &IssuedEndorsement, endorsed: &str) -> String {
        let args = [("endorser", one.endorser.name.clone().into()), ("endorsed", endorsed.to_owned().into())];
        self.frame.words.with_all("endorsement-of", args)
    }

    /// Where what was awarded is described as it was then; nowhere for what another publisher defined.
    fn achievement_page(&self) -> Option<String> {
        let achievement = &self.award.issued.achievement;
        let base_url = self.address.split_once("/c/").map_or("", |(base, _)| base);
        let page = Iri::parse(&achievement.id).ok()?.page(base_url, "achievements")?;
        Some(format!("{page}?version={}", achievement.version))
    }

    fn results(&self) -> Results<'_> {
        Results::of(&self.award.issued)
    }

    fn when(&self, event: &IssuedEvent) -> String {
        when(&self.frame, event)
    }
}

/// `1 Sep 2019, 18:00 to 20:00 UTC`: the day once where it is the same.
pub fn when(frame: &Frame, event: &IssuedEvent) -> String {
    let words = &frame.words;
    let day = |at: DateTime<Utc>| words::date_short(words, at.date_naive());
    let hour = |at: DateTime<Utc>| at.format("%H:%M").to_string();
    match (event.starts_at, event.ends_at) {
        (Some(start), Some(end)) if start.date_naive() == end.date_naive() => words.with_all(
            "event-hours",
            [("date", day(start).into()), ("from", hour(start).into()), ("to", hour(end).into())],
        ),
        (Some(start), Some(end)) => words.with_all(
            "event-days",
            [
                ("date", day(start).into()),
                ("from", hour(start).into()),
                ("last", day(end).into()),
                ("to", hour(end).into()),
            ],
        ),
        (start, end) => start.or(end).map(|at| words::instant(words, at)).unwrap_or_default(),
    }
}

/// `GET /c/{cedid}`: any way of typing the code opens it; the page names the canonical address.
pub async fn show(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let frame = anyone.frame;
    let Typed::Code(code) = CeDiD::read(&typed) else { return validate::unknown(frame, &typed) };
    let award = match validate::opened(&state, &request, &code).await? {
        Disclosed::One(opened) => match *opened {
            Opened::Award(award) => *award,
            Opened::Record(record) => {
                let not_believed_since = not_believed_since(&state, record.cedid.clone()).await?;
                return cover::show(frame, &state.config.base_url, *record, not_believed_since);
            }
        },
        Disclosed::Several(codes) => return validate::several(frame, &code, codes),
        Disclosed::Nothing => return validate::unknown(frame, &typed),
    };
    let code = award.issued.assertion.cedid.clone();
    let address = format!("{}/c/{code}", state.config.base_url);
    page(&CredentialPage {
        not_believed_since: not_believed_since(&state, code).await?,
        verdict: Verdict::of(&award.standing, award.issued.assertion.expires, &frame),
        checked_at: clock::now(),
        qr: Qr::of(&address),
        frame,
        award,
        address,
    })
}

/// Since when the signatures under what a code opens are not believed any more.
async fn not_believed_since(state: &State, code: CeDiD) -> Result<Option<DateTime<Utc>>, Error> {
    let since =
        state.db.read_at_once(move |conn| Ok::<_, Error>(signed_form::not_believed_since(conn, &code)?)).await?;
    Ok(since.map(|since| since.and_utc()))
}

/// `GET /c/{cedid}.json`: CLR 1.0, as a file. `application/json` is what the standard's REST binding answers with, and
/// what every program knows how to open.
pub async fn json(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let award = match the_one(&state, &request, &typed).await? {
        Some(Opened::Award(award)) => *award,
        Some(Opened::Record(record)) => return cover::json(&state, &record).await,
        None => return validate::unknown(anyone.frame, &typed),
    };
    let name = drawn::json_name(&award.issued.assertion.cedid);
    let json = clr1::document(&state.db, &state.portal, clr::v1::credential_clr(&award)).await?;
    Ok(drawn::file("application/json", &name, json))
}

/// `GET /c/{cedid}.pdf`: the official document, with the JSON in it.
pub async fn pdf(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let award = match the_one(&state, &request, &typed).await? {
        Some(Opened::Award(award)) => *award,
        Some(Opened::Record(record)) => return cover::pdf(state, anyone.frame.words, *record).await,
        None => return validate::unknown(anyone.frame, &typed),
    };
    let code = award.issued.assertion.cedid.clone();
    let words = anyone.frame.words;
    let json = clr1::document(&state.db, &state.portal, clr::v1::credential_clr(&award)).await?;
    drawn::pdf_of(&code, state, &format!("credential-{code}.pdf"), move |links, fonts| {
        Ok(pdf::credential(&award, links, &words, fonts, &json)?.bytes)
    })
    .await
}

/// `GET /c/{cedid}/certificate.pdf`: the page for framing. A record has none.
pub async fn certificate(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(Opened::Award(award)) = the_one(&state, &request, &typed).await? else {
        return validate::unknown(anyone.frame, &typed);
    };
    let code = award.issued.assertion.cedid.clone();
    let words = anyone.frame.words;
    drawn::pdf_of(&code, state, &format!("certificate-{code}.pdf"), move |links, fonts| {
        Ok(pdf::certificate(&award, links, &words, fonts)?.bytes)
    })
    .await
}

/// What a code opens, for a document. A doubtful code has none: its page offers the codes that may be meant.
pub async fn the_one(state: &State, request: &HttpRequest, typed: &str) -> Result<Option<Opened>, Error> {
    let Typed::Code(code) = CeDiD::read(typed) else { return Ok(None) };
    Ok(match validate::opened(state, request, &code).await? {
        Disclosed::One(opened) => Some(*opened),
        Disclosed::Several(_) | Disclosed::Nothing => None,
    })
}
