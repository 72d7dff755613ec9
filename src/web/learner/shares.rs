//! A learner's shares: what is shown to whom, how often it was opened, and switching it off. Making one is in [`made`].

pub mod made;

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::held::{self, Held};
use crate::{
    clock,
    models::{
        Share,
        disclosed::{self, Disclosed, Opened},
        share::{self as nouns, ShareState},
    },
    registrar::share::{self, Shown},
    values::{CeDiD, Id},
    web::{
        State,
        error::Error,
        filters,
        forms::{Empty, Submitted},
        frame::{Frame, page, see},
        guards::Learned,
        public::{qr::Qr, share::SharePage},
    },
};

/// So many openings are told on the page of a share; all of them are on the page of disclosures.
const MOST_TOLD: i64 = 10;

#[derive(Template)]
#[template(path = "learner/shares.html")]
struct SharesPage {
    frame: Frame,
    shares: Vec<Share>,
    opened: HashMap<String, Opened>,
    held: Held,
}

#[derive(Template)]
#[template(path = "learner/share.html")]
struct OwnPage {
    frame: Frame,
    shown: Shown,
    opened: Opened,
    latest: Vec<Disclosed>,
    held: Held,
}

/// The link, shown once: nobody can find it again.
#[derive(Template)]
#[template(path = "learner/share_link.html")]
struct LinkPage {
    frame: Frame,
    share: Share,
    link: String,
    qr: Option<Qr>,
}

/// Style class, icon and message of how a share stands.
pub fn shown_state(share: &Share) -> (&'static str, &'static str, &'static str) {
    match share.state() {
        ShareState::On => ("ok", "link", "share-state-on"),
        ShareState::Over => ("mute", "clock", "share-state-over"),
        ShareState::Off => ("mute", "x", "share-state-off"),
    }
}

impl SharesPage {
    fn opened(&self, share: &Share) -> Opened {
        self.opened.get(share.id.as_str()).copied().unwrap_or_default()
    }

    fn state(&self, share: &Share) -> (&'static str, &'static str, &'static str) {
        shown_state(share)
    }
}

impl OwnPage {
    fn state(&self) -> (&'static str, &'static str, &'static str) {
        shown_state(&self.shown.share)
    }

    fn is_on(&self) -> bool {
        self.shown.share.state() == ShareState::On
    }
}

impl LinkPage {
    fn new(frame: Frame, state: &State, share: Share, token: &str) -> Self {
        let link = share::address(&state.portal, token);
        Self { frame, share, qr: Qr::of(&link), link }
    }
}

/// `GET /record/shares`
pub async fn index(learned: Learned, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let learner = learned.learner.id.clone();
    let held = held::of(&state, &learner).await?;
    let (shares, opened) = state
        .db
        .read(move |conn| {
            let shares = nouns::of_learner(conn, &learner)?;
            let ids: Vec<Id<Share>> = shares.iter().map(|one| one.id.clone()).collect();
            let opened = disclosed::opened(conn, &ids)?;
            Ok::<_, Error>((shares, opened))
        })
        .await?;
    page(&SharesPage { frame: learned.frame, shares, opened, held })
}

/// What a share of this learner shows; another one's is not there.
async fn own(state: &State, learned: &Learned, id: Id<Share>) -> Result<Shown, Error> {
    let learner = learned.learner.id.clone();
    let shown = state.db.read(move |conn| {
        let share = share::own(conn, &learner, &id)?;
        share::shown(conn, &share).map_err(Error::from)
    });
    shown.await
}

/// `GET /record/shares/{id}`: the consent, and what became of it.
pub async fn show(learned: Learned, state: web::Data<State>, id: web::Path<Id<Share>>) -> Result<HttpResponse, Error> {
    let held = held::of(&state, &learned.learner.id).await?;
    let shown = own(&state, &learned, id.clone()).await?;
    let (opened, latest) = state
        .db
        .read(move |conn| {
            let opened = disclosed::opened(conn, std::slice::from_ref(&id))?.remove(id.as_str()).unwrap_or_default();
            Ok::<_, Error>((opened, disclosed::through(conn, &id, MOST_TOLD)?))
        })
        .await?;
    page(&OwnPage { frame: learned.frame, shown, opened, latest, held })
}

/// `GET /record/shares/{id}/preview`: as its recipient sees it. Looking at it is not written down: nobody else sees it.
pub async fn preview(
    learned: Learned,
    state: web::Data<State>,
    id: web::Path<Id<Share>>,
) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let shown = own(&state, &learned, id.into_inner()).await?;
    page(&SharePage { frame: learned.frame, shown, address: None, checked_at: clock::now() })
}

/// `POST /record/shares/{id}/end`: switches it off, at once.
pub async fn end(
    learned: Learned,
    state: web::Data<State>,
    id: web::Path<Id<Share>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let (by, portal) = (learned.by(), state.portal.clone());
    let (learner, own) = (learned.learner.id, id.clone());
    state
        .db
        .write(move |conn| {
            let share = share::own(conn, &learner, &own)?;
            share::switch_off(conn, &share, None, &portal, &by)
        })
        .await?;
    Ok(see(format!("/record/shares/{id}")))
}

/// Which award is taken out, by its code.
#[derive(Debug, Deserialize)]
pub struct Removed {
    #[serde(default)]
    award: String,
}

/// `POST /record/shares/{id}/removal`: takes an award out of what is shown, at once.
pub async fn remove(
    learned: Learned,
    state: web::Data<State>,
    id: web::Path<Id<Share>>,
    form: Submitted<Removed>,
) -> Result<HttpResponse, Error> {
    let (by, portal) = (learned.by(), state.portal.clone());
    let award = CeDiD::parse(&form.0.award).map_err(|_| Error::NotFound)?;
    let (learner, own) = (learned.learner.id, id.clone());
    state
        .db
        .write(move |conn| {
            let share = share::own(conn, &learner, &own)?;
            share::take_out(conn, share, &award, &portal, &by)
        })
        .await?;
    Ok(see(format!("/record/shares/{id}")))
}
