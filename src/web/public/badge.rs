//! Baked badges: a picture of what was awarded, with the signed credential in it. The picture is the one that the award
//! or the achievement brings along; where there is none, or only an address (nothing is fetched), one is drawn.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    credential::the_one,
    signed,
    validate::{self, Opened},
};
use crate::{
    clr::v2::bake,
    models::record::Award,
    pdf::Badge,
    web::{State, drawn, error::Error, guards::Anyone},
};

#[derive(Template)]
#[template(path = "credential/badge.svg")]
struct Drawing<'a> {
    title: &'a str,
    badge: &'a Badge,
}

#[derive(Template)]
#[template(path = "credential/framed.svg")]
struct Framed<'a> {
    title: &'a str,
    /// A `data:` address.
    picture: &'a str,
}

/// `GET /c/{cedid}.png`
pub async fn png(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(Opened::Award(award)) = the_one(&state, &request, &typed).await? else {
        return validate::unknown(anyone.frame, &typed);
    };
    let credential = signed::signed(&state, &award).await?.ok_or(Error::NotFound)?;
    let name = format!("badge-{}.png", award.issued.assertion.cedid);
    let own = picture(&award, "png").and_then(|(_, picture)| bake::png(&picture, &credential));
    let baked = match own {
        Some(baked) => baked,
        None => {
            let drawn = drawn::badge(&state, *award, Badge::png).await?;
            bake::png(&drawn, &credential).ok_or_else(not_baked)?
        }
    };
    Ok(drawn::picture("image/png", &name, baked))
}

/// `GET /c/{cedid}.svg`
pub async fn svg(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(Opened::Award(award)) = the_one(&state, &request, &typed).await? else {
        return validate::unknown(anyone.frame, &typed);
    };
    let credential = signed::signed(&state, &award).await?.ok_or(Error::NotFound)?;
    let credential = String::from_utf8(credential).map_err(|error| Error::Defect(error.to_string()))?;
    let name = format!("badge-{}.svg", award.issued.assertion.cedid);
    let own = picture(&award, "svg+xml").and_then(|(_, picture)| String::from_utf8(picture).ok());
    let baked = match own.and_then(|picture| bake::svg(&picture, &credential)) {
        Some(baked) => baked,
        None => bake::svg(&around(&state, *award).await?, &credential).ok_or_else(not_baked)?,
    };
    Ok(drawn::picture("image/svg+xml", &name, baked.into_bytes()))
}

/// An SVG to bake into: around the PNG that the award has, or drawn.
async fn around(state: &web::Data<State>, award: Award) -> Result<String, Error> {
    let title = award.issued.achievement.shown_title().to_owned();
    if let Some((address, bytes)) = picture(&award, "png")
        && bake::png(&bytes, &[]).is_some()
    {
        return Ok(Framed { title: &title, picture: &address }.render()?);
    }
    let badge = drawn::badge(state, award, |badge| Some(badge.clone())).await?;
    Ok(Drawing { title: &title, badge: &badge }.render()?)
}

/// The picture of a kind that the award brings along, or else the achievement: its address and its bytes.
fn picture(award: &Award, kind: &str) -> Option<(String, Vec<u8>)> {
    let issued = &award.issued;
    let address = issued.assertion.image.as_ref().or(issued.achievement.image.as_ref())?;
    let data = address.strip_prefix(&format!("data:image/{kind};base64,"))?;
    Some((address.clone(), STANDARD.decode(data).ok()?))
}

fn not_baked() -> Error {
    Error::Defect("the badge of a credential could not take it in".to_owned())
}
