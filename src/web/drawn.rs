//! Files as answers, and PDFs, which cost processor time: drawn on a thread for blocking work, few at once.

use actix_web::{HttpResponse, web};

use super::{State, error::Error};
use crate::pdf::{self, Fonts, Links};

/// A file to keep. Always an attachment: nothing that was made from other people's words is opened inside our pages.
pub fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}

/// A PDF, once there is room to draw it.
pub async fn pdf(
    state: web::Data<State>,
    name: &str,
    draw: impl FnOnce(&Links, &Fonts) -> Result<Vec<u8>, pdf::Error> + Send + 'static,
) -> Result<HttpResponse, Error> {
    let own = state.clone();
    let _turn = state.drawing.acquire().await.map_err(|error| Error::Defect(error.to_string()))?;
    let links = Links { page: own.config.base_url.clone() };
    let drawing = web::block(move || draw(&links, &own.fonts)).await;
    match drawing {
        Ok(Ok(bytes)) => Ok(file("application/pdf", name, bytes)),
        Ok(Err(error)) => Err(Error::Defect(format!("a PDF could not be drawn: {error}"))),
        Err(error) => Err(Error::Defect(format!("a PDF could not be drawn: {error}"))),
    }
}
