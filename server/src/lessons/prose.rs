//! A lesson's text in one language: front matter and Markdown, to HTML that is safe to put into the page. No I/O.

use std::borrow::Cow;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};
use trace::lesson::Lang;

use super::figures;
use super::glossary::Term;
use super::highlight;
use super::math;
use super::parse::{Folder, line_at};
use crate::html::marked;

/// A lesson's text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose {
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence.
    pub summary: String,
    /// Its body: sanitised HTML.
    pub html: String,
    /// Where it points to.
    pub links: Vec<Link>,
    /// The levels of its headings.
    pub headings: Vec<u8>,
    /// Its text, from heading to heading.
    pub sections: Vec<Section>,
    /// The words of its text.
    words: usize,
    /// The Chinese characters of its text.
    characters: usize,
}

/// What stands under a heading; the first one is what comes before any. The heading of the n-th has the id `part-n` in
/// the HTML, counted from 0 without the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// The text, without marks.
    pub text: String,
}

/// A link or a picture of the prose, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where, counted from 1.
    pub line: u32,
    /// To what.
    pub target: String,
}

impl Prose {
    /// How long it is: words in English, characters in Chinese.
    pub fn size(&self, lang: Lang) -> usize {
        match lang {
            Lang::En => self.words,
            Lang::Zh => self.characters,
        }
    }
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

/// Reads a text that begins with front matter: lines `title: …` and `summary: …` between two lines `---`. Its pictures are
/// among `files`.
pub fn parse(text: &str, lang: Lang, terms: &[Term], files: &Folder) -> Result<Prose, ProseError> {
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
            Some((key, _)) => {
                return Err(error(index + 1, format!("no such field: {key:?}"), "the fields are title and summary"));
            }
            None => return Err(error(index + 1, format!("not a field: {field:?}"), "write it as `title: …`")),
        }
    };
    let wanted = |field: Option<String>, name: &str| {
        field
            .filter(|value| !value.is_empty())
            .ok_or_else(|| error(closed_at, format!("no {name}"), &format!("add a line `{name}: …` above")))
    };
    let (title, summary) = (wanted(title, "title")?, wanted(summary, "summary")?);
    let markdown = &text[body..];
    first_fault(text, body, files)?;
    let mut prose = Prose {
        title,
        summary,
        html: html(markdown, lang, terms, files),
        links: vec![],
        headings: vec![],
        sections: vec![Section::default()],
        words: 0,
        characters: 0,
    };
    prose.measure(text, body);
    Ok(prose)
}

impl Prose {
    /// Takes in what is needed to look for faults. The Markdown begins at `body`.
    fn measure(&mut self, text: &str, body: usize) {
        let mut in_heading = false;
        for (event, range) in Parser::new_ext(&text[body..], options()).into_offset_iter() {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let line = line_at(text, body + range.start);
                    self.links.push(Link { line, target: dest_url.into_string() });
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    self.headings.push(level as u8);
                    self.sections.push(Section::default());
                    in_heading = true;
                }
                Event::End(TagEnd::Heading(_)) => in_heading = false,
                Event::End(
                    TagEnd::Link | TagEnd::Image | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough,
                ) => {} // within a sentence
                Event::SoftBreak | Event::HardBreak | Event::End(_) => self.say(in_heading, " "),
                Event::Text(text) | Event::Code(text) => {
                    self.say(in_heading, &text);
                    self.words += text.split_whitespace().count();
                    self.characters += text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
                }
                _ => {}
            }
        }
    }

    fn say(&mut self, in_heading: bool, text: &str) {
        let Some(section) = self.sections.last_mut() else { return };
        let said = if in_heading { &mut section.heading } else { &mut section.text };
        if text != " " || !(said.is_empty() || said.ends_with(' ')) {
            said.push_str(text);
        }
    }
}

/// The first formula that is none, or the first picture that is not there or has no words for whoever can't see it.
/// The Markdown begins at `body`.
fn first_fault(text: &str, body: usize, files: &Folder) -> Result<(), ProseError> {
    let mut events = Parser::new_ext(&text[body..], options()).into_offset_iter();
    while let Some((event, range)) = events.next() {
        let error = |what: String, mend: &str| {
            Err(ProseError { line: line_at(text, body + range.start), what, mend: mend.to_owned() })
        };
        match event {
            Event::InlineMath(tex) | Event::DisplayMath(tex) => {
                if let Err(what) = math::mathml(&tex, false) {
                    let mend = "a formula is written as in TeX; a dollar that is none as \\$";
                    return error(format!("not a formula: {what}"), mend);
                }
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                if let Err(why) = figures::address(&dest_url, files) {
                    return error(format!("the picture {dest_url}: {why}"), "put it into the lesson's folder figures");
                }
                let said = events.by_ref().take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Image)));
                let words = said.filter(
                    |(event, _)| matches!(event, Event::Text(text) | Event::Code(text) if !text.trim().is_empty()),
                );
                if words.count() == 0 {
                    let what = format!("the picture {dest_url} says nothing to who can't see it");
                    return error(what, "write ![what it shows](…)");
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is more than CommonMark.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH
}

/// Markdown to sanitised HTML.
fn html(markdown: &str, lang: Lang, terms: &[Term], files: &Folder) -> String {
    let parser = Parser::new_ext(markdown, options());
    let mut raw = String::new();
    pulldown_cmark::html::push_html(
        &mut raw,
        Dressed { inner: parser, lang, terms, files, headings: 0, defined: 0, definition: None, next: None },
    );
    sanitise(&raw)
}

/// Lessons are written by people with a hand on the server, but what they paste may not be.
fn sanitise(html: &str) -> String {
    let mut builder = ammonia::Builder::default();
    for (element, attribute) in math::ATTRIBUTES {
        builder.add_tag_attributes(element, [attribute]);
    }
    builder
        .add_tags(math::ELEMENTS)
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("span", ["class", "id", "role"])
        .add_tag_attributes("a", ["class", "aria-describedby"])
        .add_tag_attributes("p", ["class"])
        .add_tag_attributes("h1", ["id"])
        .add_tag_attributes("h2", ["id"])
        .add_tag_attributes("h3", ["id"])
        .add_tag_attributes("blockquote", ["class"])
        .add_tags(["del"])
        .add_url_schemes(["data"])
        .attribute_filter(|element, attribute, value| {
            // What `data:` is let through for.
            let data = value.trim_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
            let picture = element == "img" && attribute == "src" && value.starts_with(figures::ADDRESS);
            (!data || picture).then(|| value.into())
        })
        .set_tag_attribute_value("a", "target", "_blank") // a man page must not take the place of a run
        .link_rel(Some("noopener noreferrer"))
        .clean(html)
        .to_string()
}

/// Puts in what Markdown does not know: colours of code, titles of admonitions, links to terms and other lessons.
struct Dressed<'a> {
    inner: Parser<'a>,
    lang: Lang,
    terms: &'a [Term],
    /// Pictures are among them.
    files: &'a Folder,
    /// How many there were.
    headings: usize,
    /// How many terms there were.
    defined: usize,
    /// That of the term whose link is open.
    definition: Option<Event<'a>>,
    /// What comes right after the last event.
    next: Option<Event<'a>>,
}

impl<'a> Dressed<'a> {
    fn code(&mut self, lang: &str, highlight: fn(&str) -> String) -> Event<'a> {
        let mut code = String::new();
        for event in self.inner.by_ref() {
            match event {
                Event::Text(text) => code.push_str(&text),
                Event::End(TagEnd::CodeBlock) => break,
                _ => {}
            }
        }
        raw(format!("<pre><code class=\"language-{lang}\">{}</code></pre>\n", highlight(&code)))
    }

    /// A link to a term or to a lesson. A term's definition comes right behind it; the stylesheet shows it to whoever
    /// points at the term or comes to it by keyboard, and a screen reader tells it with the link.
    fn link(&mut self, target: &str) -> Option<Event<'a>> {
        let lang = self.lang;
        let mut href = String::new();
        let (kind, id) = target.split_once(':')?;
        pulldown_cmark_escape::escape_href(&mut href, id).ok()?;
        Some(match kind {
            "term" => {
                let means = self.terms.iter().find(|term| term.id == id).map_or("", |term| term.means.get(lang));
                let number = self.defined;
                self.defined += 1;
                self.definition = Some(raw(format!(
                    "</a><span class=\"definition\" role=\"tooltip\" id=\"term-{number}\">{}</span></span>",
                    marked(means)
                )));
                raw(format!(
                    "<span class=\"term-box\"><a class=\"term\" href=\"/glossary/{lang}#{href}\" \
                     aria-describedby=\"term-{number}\">"
                ))
            }
            "lesson" => raw(format!("<a href=\"/lesson/{href}\">")),
            _ => return None,
        })
    }
}

impl<'a> Iterator for Dressed<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        if let Some(next) = self.next.take() {
            return Some(next);
        }
        let event = self.inner.next()?;
        Some(match &event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(lang))) if &**lang == "python" => {
                self.code("python", highlight::python)
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(lang))) if &**lang == "c" => self.code("c", highlight::c),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(lang))) if &**lang == "sh" => {
                self.code("sh", highlight::sh)
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(lang))) if &**lang == "http" => {
                self.code("http", highlight::http)
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let address = figures::address(dest_url, self.files).unwrap_or_default();
                let (link_type, title, id) = (*link_type, title.clone(), id.clone());
                Event::Start(Tag::Image { link_type, dest_url: address.into(), title, id })
            }
            Event::InlineMath(tex) => math::mathml(tex, false).map_or(Event::Code(tex.clone()), raw),
            Event::DisplayMath(tex) => math::mathml(tex, true).map_or(Event::Code(tex.clone()), raw),
            Event::Start(Tag::BlockQuote(Some(kind))) => {
                let title = admonition(*kind, self.lang);
                self.next = Some(raw(format!("<p class=\"admonition-title\">{title}</p>\n")));
                event
            }
            Event::Start(Tag::Link { dest_url, .. }) => self.link(dest_url).unwrap_or(event),
            Event::End(TagEnd::Link) => self.definition.take().unwrap_or(event),
            Event::Start(Tag::Heading { level, .. }) => {
                let number = self.headings;
                self.headings += 1;
                raw(format!("<{level} id=\"part-{number}\">"))
            }
            _ => event,
        })
    }
}

fn raw<'a>(html: String) -> Event<'a> {
    Event::InlineHtml(CowStr::from(Cow::<str>::Owned(html)))
}

const fn admonition(kind: BlockQuoteKind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (BlockQuoteKind::Note, Lang::En) => "Note",
        (BlockQuoteKind::Note, Lang::Zh) => "说明",
        (BlockQuoteKind::Tip, Lang::En) => "Tip",
        (BlockQuoteKind::Tip, Lang::Zh) => "提示",
        (BlockQuoteKind::Important, Lang::En) => "Important",
        (BlockQuoteKind::Important, Lang::Zh) => "要点",
        (BlockQuoteKind::Warning, Lang::En) => "Warning",
        (BlockQuoteKind::Warning, Lang::Zh) => "注意",
        (BlockQuoteKind::Caution, Lang::En) => "Caution",
        (BlockQuoteKind::Caution, Lang::Zh) => "小心",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (u32, String) {
        let error = parse(text, Lang::En, &[], &Folder::new()).unwrap_err();
        (error.line, error.what)
    }

    #[test]
    fn a_whole_text() {
        let prose = parse(
            "---\ntitle: Bytes\nsummary: Not messages.\n---\n# Hi\n`recv` & co.\n",
            Lang::En,
            &[],
            &Folder::new(),
        )
        .unwrap();
        assert_eq!((prose.title.as_str(), prose.summary.as_str()), ("Bytes", "Not messages."));
        insta::assert_snapshot!(prose.html, @r#"
        <h1 id="part-0">Hi</h1>
        <p><code>recv</code> &amp; co.</p>
        "#);
        let section = |heading: &str, text: &str| Section { heading: heading.into(), text: text.into() };
        assert_eq!(prose.sections, [section("", ""), section("Hi", "recv & co. ")]);
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
        let html = html(
            "<script>alert(1)</script><p style='color:red' onclick=x>a</p>\n\n[b](javascript:alert)",
            Lang::En,
            &[],
            &Folder::new(),
        );
        insta::assert_snapshot!(html, @r#"
        <p>a</p>
        <p><a target="_blank" rel="noopener noreferrer">b</a></p>
        "#);
    }

    #[test]
    fn a_picture_comes_with_the_text() {
        let files = Folder::from([("figures/a.svg".to_owned(), b"<svg/>".to_vec())]);
        let html = html("![two `queues`](figures/a.svg)", Lang::En, &[], &files);
        insta::assert_snapshot!(html, @r#"<p><img src="data:image/svg+xml;base64,PHN2Zy8+" alt="two queues"></p>"#);
        let front = "---\ntitle: a\nsummary: b\n---\n";
        for (text, what) in [
            ("\n![a](figures/b.svg)", "the picture figures/b.svg: no such file"),
            ("\n![](figures/a.svg)", "the picture figures/a.svg says nothing to who can't see it"),
        ] {
            let error = parse(&format!("{front}{text}"), Lang::En, &[], &files).unwrap_err();
            assert_eq!((error.line, &*error.what), (6, what));
        }
    }

    #[test]
    fn an_address_with_data_in_it_is_a_picture_or_nothing() {
        let text = "<a href='data:image/svg+xml,<svg>'>a</a> <a href=' DATA:text/html,b'>b</a> \
                    <img src='data:text/html,c' alt=c> [d](data:text/html,d)";
        let html = html(text, Lang::En, &[], &Folder::new());
        assert!(!html.to_lowercase().contains("data:"), "{html}");
    }

    #[test]
    fn a_formula_becomes_mathml() {
        let html = html(r"$$\text{rate} \le \frac{w}{t_0^2}$$", Lang::En, &[], &Folder::new());
        insta::assert_snapshot!(html, @r#"<p><math display="block"><mtext>rate</mtext><mo>≤</mo><mfrac><mi>w</mi><msubsup><mi>t</mi><mn>0</mn><mn>2</mn></msubsup></mfrac></math></p>"#);
    }

    #[test]
    fn a_formula_that_is_none_is_told_with_its_line() {
        let text = "---\ntitle: a\nsummary: b\n---\n\nIt is $\\nonsense$.\n";
        assert_eq!(fault(text).0, 6);
        assert!(parse("---\ntitle: a\nsummary: b\n---\n$5 and no more\n", Lang::En, &[], &Folder::new()).is_ok());
    }

    #[test]
    fn nothing_that_runs_gets_in_by_a_formula() {
        for text in [
            r"$\text{<script>alert(1)</script>}$",
            r"$\text{<img src=x onerror=alert(1)>}$",
            r"$\href{javascript:alert(1)}{x}$",
            r"$\class{x}{y}\style{background:url(x)}{y}$",
            "<math href=javascript:alert(1)><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>",
            "<math><mi xlink:href=javascript:alert(1) onclick=alert(1) style=color:red>x</mi></math>",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
        ] {
            let html = html(text, Lang::En, &[], &Folder::new());
            let parsed = scripts(&html);
            assert!(parsed.is_empty(), "{text} becomes {html}: {parsed:?}");
        }
    }

    /// What of some HTML's tags could run, lead away or change how the page looks.
    fn scripts(html: &str) -> Vec<&str> {
        let tags = html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(rest));
        let bad = ["script", "img src=x", "style", "svg", "annotation", "mglyph", "href", " on", "javascript"];
        tags.filter(|tag| bad.iter().any(|bad| tag.contains(bad))).collect()
    }

    #[test]
    fn a_term_has_its_definition_with_it() {
        let text = |text: &str| trace::lesson::Text::new(text, "");
        let term = Term { id: "arp".into(), term: text("ARP"), means: text("Asks \"who has\" an `address`.") };
        insta::assert_snapshot!(html("An [ARP](term:arp) frame.", Lang::En, &[term], &Folder::new()), @r#"
        <p>An <span class="term-box"><a class="term" href="/glossary/en#arp" aria-describedby="term-0" target="_blank" rel="noopener noreferrer">ARP</a><span class="definition" role="tooltip" id="term-0">Asks "who has" an <code>address</code>.</span></span> frame.</p>
        "#);
    }

    #[test]
    fn python_is_highlighted_and_other_code_is_not() {
        insta::assert_snapshot!(html("```python\nx = \"<b>\"  # y\n```\n```sh\nls\n```\n", Lang::En, &[], &Folder::new()), @r#"
        <pre><code class="language-python">x = <span class="tok-string">"&lt;b&gt;"</span>  <span class="tok-comment"># y</span>
        </code></pre>
        <pre><code class="language-sh">ls
        </code></pre>
        "#);
    }
}
