//! Code in a lesson's prose, marked with the classes that the page's editor uses (`tok-keyword`, …).
//!
//! Good enough to tell keywords, strings, numbers and comments apart in fragments of a few lines; it decides nothing.

/// HTML of some Python: escaped, with a `span` around each token that has a colour.
pub fn python(code: &str) -> String {
    coloured(code, &PYTHON)
}

/// The same of some C.
pub fn c(code: &str) -> String {
    coloured(code, &C)
}

/// The same of lines that are typed into a shell.
pub fn sh(code: &str) -> String {
    coloured(code, &SH)
}

/// The same of an HTTP message: its first line by words, the names of its fields, and the body as it is (RFC 9112).
pub fn http(message: &str) -> String {
    let mut html = String::with_capacity(message.len() * 2);
    let mut lines = message.split_inclusive('\n');
    for word in lines.next().unwrap_or("").split_inclusive(' ') {
        let class = match word.trim_end() {
            text if text.starts_with("HTTP/") => Some("tok-keyword"),
            text if !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase()) => Some("tok-keyword"),
            text if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) => Some("tok-number"),
            _ => None,
        };
        span(word, class, &mut html);
    }
    let mut head = true;
    for line in lines {
        head &= !line.trim().is_empty();
        match line.split_once(':').filter(|(name, _)| head && !name.contains(' ')) {
            Some((name, value)) => {
                span(name, Some("tok-bool"), &mut html);
                html.push(':');
                escape(value, &mut html);
            }
            None => escape(line, &mut html),
        }
    }
    html
}

/// What tells a language's words apart.
struct Language {
    /// What begins a comment that ends with its line.
    comment: &'static str,
    keywords: &'static [&'static str],
    constants: &'static [&'static str],
}

const PYTHON: Language = Language { comment: "#", keywords: KEYWORDS, constants: &["True", "False", "None"] };

const C: Language = Language {
    comment: "//",
    keywords: &[
        "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float",
        "for", "if", "int", "long", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
        "union", "unsigned", "void", "while",
    ],
    constants: &["NULL"],
};

const SH: Language = Language {
    comment: "#",
    keywords: &["case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then", "until", "while"],
    constants: &[],
};

fn coloured(code: &str, language: &Language) -> String {
    let mut html = String::with_capacity(code.len() * 2);
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (len, class) = token(rest, first, language);
        let (text, tail) = rest.split_at(len);
        span(text, class, &mut html);
        rest = tail;
    }
    html
}

/// Escaped, in a `span` of a class if it has one.
fn span(text: &str, class: Option<&str>, html: &mut String) {
    let Some(class) = class else { return escape(text, html) };
    html.push_str("<span class=\"");
    html.push_str(class);
    html.push_str("\">");
    escape(text, html);
    html.push_str("</span>");
}

/// Text of an element's: quotes end nothing there.
fn escape(text: &str, html: &mut String) {
    pulldown_cmark_escape::escape_html_body_text(html, text).expect("a String takes all");
}

/// Length and class of the token at the beginning of `rest`.
fn token(rest: &str, first: char, language: &Language) -> (usize, Option<&'static str>) {
    let run = |keep: fn(char) -> bool| rest.find(|c: char| !keep(c)).unwrap_or(rest.len());
    match first {
        _ if rest.starts_with(language.comment) => (rest.find('\n').unwrap_or(rest.len()), Some("tok-comment")),
        '"' | '\'' => (string(rest, 0), Some("tok-string")),
        '0'..='9' => (run(|c| c.is_alphanumeric() || c == '.' || c == '_'), Some("tok-number")),
        c if c.is_alphabetic() || c == '_' => {
            let len = run(|c| c.is_alphanumeric() || c == '_');
            let word = &rest[..len];
            let prefix = matches!(word, "b" | "f" | "r" | "rb" | "br") && rest[len..].starts_with(['"', '\'']);
            match word {
                _ if prefix => (string(rest, len), Some("tok-string")),
                _ if language.constants.contains(&word) => (len, Some("tok-bool")),
                _ if language.keywords.contains(&word) => (len, Some("tok-keyword")),
                _ => (len, None),
            }
        }
        c => (c.len_utf8(), None),
    }
}

/// End of the string literal whose quote is at `from`.
fn string(rest: &str, from: usize) -> usize {
    let quote = &rest[from..=from];
    let triple = quote.repeat(3);
    let close = if rest[from..].starts_with(&triple) { triple.as_str() } else { quote };
    let mut at = from + close.len();
    while at < rest.len() {
        let tail = &rest[at..];
        if tail.starts_with(close) {
            return at + close.len();
        }
        let mut chars = tail.chars();
        match chars.next() {
            Some('\\') => at += 1 + chars.next().map_or(0, char::len_utf8),
            Some('\n') if close.len() == 1 => return at, // not closed: no reason to colour the rest of the block
            Some(c) => at += c.len_utf8(),
            None => break,
        }
    }
    rest.len()
}

/// From `keyword.kwlist` of Python 3.11, without the constants.
const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        insta::assert_snapshot!(python("while part := conn.recv(5):  # 5 < 6"), @r##"<span class="tok-keyword">while</span> part := conn.recv(<span class="tok-number">5</span>):  <span class="tok-comment"># 5 &lt; 6</span>"##);
        insta::assert_snapshot!(python(r#"b"a\"b", '''x"#), @r#"<span class="tok-string">b"a\"b"</span>, <span class="tok-string">'''x</span>"#);
        assert_eq!(python("\"open\nx"), "<span class=\"tok-string\">\"open</span>\nx");
        insta::assert_snapshot!(sh("socklab run lessons/02-tcp  # it's \"real\""), @r##"socklab run lessons/<span class="tok-number">02</span>-tcp  <span class="tok-comment"># it's "real"</span>"##);
        assert_eq!(
            http("HTTP/1.1 200 OK\r\nHost: a<b\r\n\r\nto: you"),
            "<span class=\"tok-keyword\">HTTP/1.1 </span><span class=\"tok-number\">200 </span><span class=\"tok-keyword\">OK\r\n</span>\
             <span class=\"tok-bool\">Host</span>: a&lt;b\r\n\r\nto: you"
        );
        assert_eq!(python("你好 = None"), "你好 = <span class=\"tok-bool\">None</span>");
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost(code: String) {
            for html in [python(&code), c(&code), sh(&code), http(&code)] {
                let text = html.replace("</span>", "");
                let text = text.split("<span class=\"").map(|part| part.split_once("\">").map_or(part, |(class, rest)| {
                    if class.starts_with("tok-") { rest } else { part }
                })).collect::<String>();
                proptest::prop_assert_eq!(&text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), &code);
            }
        }
    }
}
