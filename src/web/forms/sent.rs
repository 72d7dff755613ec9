//! What a script of ours sends: JSON, with the session's token in the header `X-Form-Token`. Like [`super::Submitted`],
//! reading it checks the token, so no handler can forget it.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use crate::web::{State, error::Error, kept, sessions};

/// A body that a page of this session sent.
pub struct Sent<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Sent<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let http = request.clone();
        let is_taken = request.extensions().contains::<kept::BodyIsTaken>();
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            if is_taken {
                // The gate is about to refuse this request, see `Submitted`.
                return std::future::pending().await;
            }
            let body = body.await.map_err(|_| Error::TooLarge)?;
            let token = http.headers().get("x-form-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let state = http.app_data::<web::Data<State>>();
            if !state.is_some_and(|state| sessions::token_fits(&http, state, token)) {
                return Err(Error::WrongToken);
            }
            serde_json::from_slice(&body).map(Sent).map_err(|_| Error::BadRequest("the JSON cannot be read"))
        })
    }
}
