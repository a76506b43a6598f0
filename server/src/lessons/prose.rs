//! A lesson's text in one language: front matter and Markdown, to HTML that is safe to put into the page. No I/O.

use std::borrow::Cow;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::highlight;

/// A lesson's text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose {
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence.
    pub summary: String,
    /// Its body: sanitised HTML.
    pub html: String,
}

/// What is wrong with a lesson's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProseError {
    /// Where, counted from 1.
    pub line: u32,
    /// What.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

/// Reads a text that begins with front matter: lines `title: …` and `summary: …` between two lines `---`.
pub fn parse(text: &str) -> Result<Prose, ProseError> {
    let error = |line: usize, what: String, mend: &str| ProseError {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        what,
        mend: mend.to_owned(),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text); // some editors put a byte order mark there
    let mut lines = text.split_inclusive('\n').enumerate();
    let mut body = 0;
    match lines.next() {
        Some((_, first)) if first.trim_end() == "---" => body += first.len(),
        _ => return Err(error(1, "no front matter".into(), "begin with ---, title: …, summary: …, ---")),
    }
    let (mut title, mut summary) = (None, None);
    let closed_at = loop {
        let Some((index, line)) = lines.next() else {
            return Err(error(1, "the front matter has no end".into(), "close it with a line ---"));
        };
        body += line.len();
        let field = line.trim();
        if field == "---" {
            break index + 1;
        }
        match field.split_once(':').map(|(key, value)| (key.trim_end(), value.trim())) {
            Some(("title", value)) => title = Some(value.to_owned()),
            Some(("summary", value)) => summary = Some(value.to_owned()),
            Some((key, _)) => return Err(error(index + 1, format!("no such field: {key:?}"), "title and summary")),
            None => return Err(error(index + 1, format!("not a field: {field:?}"), "write it as `title: …`")),
        }
    };
    let wanted = |field: Option<String>, name: &str| {
        field
            .filter(|value| !value.is_empty())
            .ok_or_else(|| error(closed_at, format!("no {name}"), &format!("add a line `{name}: …` above")))
    };
    let (title, summary) = (wanted(title, "title")?, wanted(summary, "summary")?);
    Ok(Prose { title, summary, html: html(&text[body..]) })
}

/// Markdown to sanitised HTML.
fn html(markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    let mut raw = String::new();
    pulldown_cmark::html::push_html(&mut raw, Highlighted { inner: parser });
    sanitise(&raw)
}

/// Lessons are written by people with a hand on the server, but what they paste may not be.
fn sanitise(html: &str) -> String {
    ammonia::Builder::default()
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("span", ["class"])
        .set_tag_attribute_value("a", "target", "_blank") // a man page must not take the place of a run
        .link_rel(Some("noopener noreferrer"))
        .clean(html)
        .to_string()
}

/// Replaces the text of Python code blocks by highlighted HTML.
struct Highlighted<'a> {
    inner: Parser<'a>,
}

impl<'a> Iterator for Highlighted<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let event = self.inner.next()?;
        match &event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(lang))) if &**lang == "python" => {
                let mut code = String::new();
                for event in self.inner.by_ref() {
                    match event {
                        Event::Text(text) => code.push_str(&text),
                        Event::End(TagEnd::CodeBlock) => break,
                        _ => {}
                    }
                }
                let html = format!("<pre><code class=\"language-python\">{}</code></pre>\n", highlight::python(&code));
                Some(Event::Html(CowStr::from(Cow::<str>::Owned(html))))
            }
            _ => Some(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (u32, String) {
        let error = parse(text).unwrap_err();
        (error.line, error.what)
    }

    #[test]
    fn a_whole_text() {
        let prose = parse("---\ntitle: Bytes\nsummary: Not messages.\n---\n# Hi\n`recv` & co.\n").unwrap();
        assert_eq!((prose.title.as_str(), prose.summary.as_str()), ("Bytes", "Not messages."));
        insta::assert_snapshot!(prose.html, @r"
        <h1>Hi</h1>
        <p><code>recv</code> &amp; co.</p>
        ");
    }

    #[test]
    fn each_fault_has_its_line() {
        assert_eq!(fault("# Hi"), (1, "no front matter".into()));
        assert_eq!(fault("---\ntitle: a\n"), (1, "the front matter has no end".into()));
        assert_eq!(fault("---\ntitle: a\ncolour: red\n---\n"), (3, "no such field: \"colour\"".into()));
        assert_eq!(fault("---\ntitle: a\n\n---\n"), (3, "not a field: \"\"".into()));
        assert_eq!(fault("---\ntitle: a\n---\n"), (3, "no summary".into()));
    }

    #[test]
    fn nothing_that_runs_gets_into_the_page() {
        let html = html("<script>alert(1)</script><p style='color:red' onclick=x>a</p>\n\n[b](javascript:alert)");
        insta::assert_snapshot!(html, @r#"
        <p>a</p>
        <p><a target="_blank" rel="noopener noreferrer">b</a></p>
        "#);
    }

    #[test]
    fn python_is_highlighted_and_other_code_is_not() {
        insta::assert_snapshot!(html("```python\nx = \"<b>\"  # y\n```\n```sh\nls\n```\n"), @r#"
        <pre><code class="language-python">x = <span class="tok-string">"&lt;b&gt;"</span>  <span class="tok-comment"># y</span>
        </code></pre>
        <pre><code class="language-sh">ls
        </code></pre>
        "#);
    }
}
