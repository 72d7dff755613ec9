//! The mail that was sent, waits or failed. Links in mails open things, so bodies of such mails are not shown.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    models::outbox::{self, Mail},
    values::Id,
    web::{
        State,
        error::Error,
        filters,
        forms::{Empty, Submitted},
        frame::{Frame, page, see},
        guards::{May, ReadMail, SendMail},
    },
};

#[derive(Template)]
#[template(path = "staff/mail.html")]
struct MailPage {
    frame: Frame,
    mails: Vec<Mail>,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "staff/mail_show.html")]
struct OneMailPage {
    frame: Frame,
    mail: Mail,
    may_send: bool,
}

/// `GET /admin/mail`
pub async fn index(may: May<ReadMail>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let mails = state.db.read(|conn| outbox::latest(conn, 200).map_err(Error::from)).await?;
    page(&MailPage { frame: may.frame, mails, is_on: state.config.smtp_url.is_some() })
}

/// `GET /admin/mail/{id}`
pub async fn show(may: May<ReadMail>, state: web::Data<State>, id: web::Path<Id<Mail>>) -> Result<HttpResponse, Error> {
    let mail = state.db.read(move |conn| outbox::find(conn, &id).map_err(Error::from)).await?;
    page(&OneMailPage { may_send: may.frame.may::<SendMail>(), frame: may.frame, mail })
}

/// `POST /admin/mail/{id}/retry`
pub async fn retry(
    _: May<SendMail>,
    state: web::Data<State>,
    id: web::Path<Id<Mail>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let address = format!("/admin/mail/{id}");
    let queued = state.db.write(move |conn| outbox::retry(conn, &id).map_err(crate::registrar::Refusal::from)).await?;
    if queued {
        Ok(see(address))
    } else {
        Err(Error::Conflict("Only a mail that failed can be sent again.".to_owned()))
    }
}

impl OneMailPage {
    /// The link in it is made when it is sent; until then its place is marked.
    fn has_link(&self) -> bool {
        !matches!(self.mail.kind.as_str(), outbox::AWARD | outbox::RECORD | outbox::STATUS | outbox::SHARE)
    }
}
