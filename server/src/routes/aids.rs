//! Pages that the server renders whole, for reading and for printing: the glossary and the cheat sheet.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Html;
use trace::lesson::{Lang, Text};

use crate::app::App;
use crate::error::ApiError;
use crate::html::{escaped, marked};

/// `GET /glossary/{lang}`: every term and what it means, each at an address of its own (`#backlog`).
pub async fn glossary(State(app): State<Arc<App>>, Path(lang): Path<String>) -> Result<Html<String>, ApiError> {
    let lang: Lang = lang.parse()?;
    let library = app.shelf.now();
    let mut terms: Vec<_> = library.terms().iter().collect();
    terms.sort_by_key(|term| term.term.get(lang).to_lowercase());
    let mut body = String::from("<dl class=\"glossary\">\n");
    for term in terms {
        let (own, other) = (term.term.get(lang), if lang == Lang::En { &term.term.zh } else { &term.term.en });
        // FIN is FIN in every language.
        let other = if own == other { String::new() } else { format!(" <small>{}</small>", escaped(other)) };
        writeln!(
            body,
            "<dt id=\"{}\">{}{other}</dt>\n<dd>{}</dd>",
            escaped(&term.id),
            escaped(own),
            marked(term.means.get(lang)),
        )
        .expect("a String takes all");
    }
    body.push_str("</dl>\n");
    Ok(Html(page(&app, lang, "glossary", &Text::new("Glossary", "术语表"), &body)))
}

/// `GET /cheatsheet/{lang}`: what each call blocks on, returns and fails with.
pub async fn cheat_sheet(State(app): State<Arc<App>>, Path(lang): Path<String>) -> Result<Html<String>, ApiError> {
    let lang: Lang = lang.parse()?;
    let library = app.shelf.now();
    let body = library.cheat_sheet(lang).unwrap_or_default();
    Ok(Html(page(&app, lang, "cheatsheet", &Text::new("Cheat sheet", "速查表"), body)))
}

/// A page in the style of the others, without the app.
fn page(app: &App, lang: Lang, name: &str, title: &Text, body: &str) -> String {
    let index = app.assets.get("index.html").unwrap_or_default();
    let index = String::from_utf8_lossy(&index);
    let style = index.lines().find(|line| line.contains("stylesheet")).unwrap_or_default().trim();
    let (other, other_name) = if lang == Lang::En { (Lang::Zh, "中文") } else { (Lang::En, "English") };
    let lessons = if lang == Lang::En { "Lessons" } else { "课程" };
    let title = title.get(lang);
    // Tables wider than a phone can be scrolled by keyboard.
    let body = body.replace("<table>", "<table tabindex=\"0\">");
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · Socklab</title>\n\
         {style}\n</head>\n<body class=\"aid\">\n<main class=\"page\">\n\
         <nav class=\"aids\"><a href=\"/\">{lessons}</a><a href=\"/{name}/{other}\" lang=\"{}\">{other_name}</a></nav>\n\
         <h1>{title}</h1>\n<div class=\"prose\">\n{body}</div>\n</main>\n</body>\n</html>\n",
        lang.bcp47(),
        other.bcp47(),
    )
}
