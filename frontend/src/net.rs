//! What the page asks of the server: lessons by fetch, runs by websocket.

pub(crate) mod link;

use js_sys::Uint8Array;
use trace::lesson::{Hit, Lang, LessonPage, Part, Predicted, Report};
use trace::protocol::{self, Refusal};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use crate::lazy;
use crate::state::load::LoadError;

/// The list of lessons, by the parts of the course.
pub(crate) async fn lessons(lang: Lang) -> Result<Vec<Part>, LoadError> {
    let bytes = get(&format!("/api/lessons/{lang}")).await?;
    protocol::decode(&bytes).map_err(|_| LoadError::Unreadable)
}

/// A lesson.
pub(crate) async fn lesson(id: &str, lang: Lang) -> Result<LessonPage, LoadError> {
    let bytes = get(&format!("/api/lessons/{id}/{lang}")).await?;
    protocol::decode(&bytes).map_err(|_| LoadError::Unreadable)
}

/// Where words are in the course.
pub(crate) async fn search(question: &str, lang: Lang) -> Result<Vec<Hit>, LoadError> {
    let question = String::from(js_sys::encode_uri_component(question));
    let bytes = get(&format!("/api/search/{lang}?q={question}")).await?;
    protocol::decode(&bytes).map_err(|_| LoadError::Unreadable)
}

/// A recording of one of this server's runs.
pub(crate) async fn recording(src: &str) -> Result<Vec<u8>, LoadError> {
    unpack(&Uint8Array::from(&*get(src).await?)).await
}

/// A recording as it is kept in files.
pub(crate) async fn unpack(packed: &Uint8Array) -> Result<Vec<u8>, LoadError> {
    let bytes = lazy::unpack(packed).await.map_err(|_| LoadError::NoRecording)?;
    Ok(bytes.unchecked_into::<Uint8Array>().to_vec())
}

/// A file that a person chose or dropped: its name, and what is in it.
pub(crate) async fn file(file: web_sys::File) -> (String, Result<Vec<u8>, LoadError>) {
    let bytes = match JsFuture::from(file.array_buffer()).await {
        Ok(buffer) => unpack(&Uint8Array::new(&buffer)).await,
        Err(_) => Err(LoadError::Unreadable),
    };
    (file.name(), bytes)
}

/// What the lesson's checks say of these programs.
pub(crate) async fn check(id: &str, programs: &[String]) -> Result<Result<Report, Refusal>, LoadError> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&Uint8Array::from(&*protocol::encode(&programs)));
    let bytes = fetch(&format!("/api/lessons/{id}/check"), &init).await?;
    protocol::decode(&bytes).map_err(|_| LoadError::Unreadable)
}

/// What a run says of the lesson's predictions.
pub(crate) async fn predictions(id: &str, link: &str) -> Result<Vec<Predicted>, LoadError> {
    let bytes = get(&format!("/api/lessons/{id}/predictions/{link}")).await?;
    protocol::decode(&bytes).map_err(|_| LoadError::Unreadable)
}

async fn get(path: &str) -> Result<Vec<u8>, LoadError> {
    fetch(path, &RequestInit::new()).await
}

async fn fetch(path: &str, init: &RequestInit) -> Result<Vec<u8>, LoadError> {
    let window = web_sys::window().ok_or(LoadError::Offline)?;
    let answer = window.fetch_with_str_and_init(path, init);
    let answer = JsFuture::from(answer).await.map_err(|_| LoadError::Offline)?;
    let response: Response = answer.dyn_into().map_err(|_| LoadError::Unreadable)?;
    let body = response.array_buffer().map_err(|_| LoadError::Offline)?;
    let body = JsFuture::from(body).await.map_err(|_| LoadError::Offline)?;
    let bytes = Uint8Array::new(&body).to_vec();
    match response.status() {
        200 => Ok(bytes),
        404 => Err(LoadError::Missing),
        status => Err(LoadError::Server(status, String::from_utf8_lossy(&bytes).trim().to_owned())),
    }
}
