//! What a browser is shown in the place of an answer: what happened, in words, and the bytes that came, if any did.

use std::fmt::Write;
use std::io;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use trace::errno::Errno;
use trace::lesson::Lang;

use crate::html::escaped;

/// Why there is no answer to show.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No run of this name goes on.
    NoRun,
    /// Not an address and a port.
    NoSuchAddress,
    /// Too many visits of this run at once.
    TooMany,
    /// The request has more bytes than this.
    TooLarge(usize),
    /// The browser's own request broke off.
    Interrupted,
    /// The kernel did not connect.
    NoConnection(String, io::Error),
    /// Nobody answered the SYN.
    NoHandshake(String),
    /// What came, if anything, is not HTTP, and why.
    NotHttp(String, Vec<u8>),
    /// No whole head of an answer came in this time.
    Silent(Duration, Vec<u8>),
}

impl Trouble {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoRun | Self::NoSuchAddress => StatusCode::NOT_FOUND,
            Self::TooMany => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Interrupted => StatusCode::BAD_REQUEST,
            Self::NoConnection(..) | Self::NotHttp(..) => StatusCode::BAD_GATEWAY,
            Self::NoHandshake(_) | Self::Silent(..) => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::NotHttp(_, bytes) | Self::Silent(_, bytes) => bytes,
            _ => &[],
        }
    }

    fn told(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.told_en(),
            Lang::Zh => self.told_zh(),
        }
    }

    fn told_en(&self) -> String {
        match self {
            Self::NoRun => "No such run goes on. Press Run, then try again.".into(),
            Self::NoSuchAddress => "This is not an address with a port, such as 192.168.1.4:8080.".into(),
            Self::TooMany => "This run is visited too often at the same time. Wait a moment.".into(),
            Self::TooLarge(most) => format!("The request is too large: at most {most} bytes are passed on."),
            Self::Interrupted => "The request broke off before it was complete.".into(),
            Self::NoConnection(to, error) => format!("No connection to {to}: {}.", errno(error)),
            Self::NoHandshake(to) => format!("No connection to {to}: nothing answered the SYN."),
            Self::NotHttp(_, bytes) if bytes.is_empty() => "The server closed the connection without an answer.".into(),
            Self::NotHttp(why, _) => format!("What the server sent is not an HTTP answer ({why})."),
            Self::Silent(wait, bytes) if bytes.is_empty() => {
                format!("The connection stands, but the server has sent nothing for {} s.", wait.as_secs())
            }
            Self::Silent(wait, _) => format!(
                "The head of the answer is not complete after {} s: the empty line at its end is missing.",
                wait.as_secs()
            ),
        }
    }

    fn told_zh(&self) -> String {
        match self {
            Self::NoRun => "没有正在进行的运行。请先按“运行”，再试一次。".into(),
            Self::NoSuchAddress => "这不是“地址:端口”的形式，例如 192.168.1.4:8080。".into(),
            Self::TooMany => "同时访问这次运行的请求太多，请稍等片刻。".into(),
            Self::TooLarge(most) => format!("请求太大：最多转发 {most} 字节。"),
            Self::Interrupted => "请求还没发完就中断了。".into(),
            Self::NoConnection(to, error) => format!("连不上 {to}：{}。", errno(error)),
            Self::NoHandshake(to) => format!("连不上 {to}：没有人回应 SYN。"),
            Self::NotHttp(_, bytes) if bytes.is_empty() => "服务器没有回答就关闭了连接。".into(),
            Self::NotHttp(why, _) => format!("服务器发来的不是 HTTP 响应（{why}）。"),
            Self::Silent(wait, bytes) if bytes.is_empty() => {
                format!("连接已经建立，但 {} 秒过去，服务器什么也没发。", wait.as_secs())
            }
            Self::Silent(wait, _) => {
                format!("{} 秒过去，响应头仍不完整：缺少结尾的空行。", wait.as_secs())
            }
        }
    }
}

fn errno(error: &io::Error) -> String {
    match error.raw_os_error().map(Errno) {
        Some(errno) => format!("{errno}, {}", errno.meaning()),
        None => error.to_string(),
    }
}

/// The page.
pub(super) fn page(trouble: &Trouble, lang: Lang) -> impl IntoResponse + use<> {
    let (title, came, ends) = match lang {
        Lang::En => ("No answer to show", "What came, byte for byte:", "CR is ␍, LF is ␊."),
        Lang::Zh => ("没有可以显示的响应", "收到的字节原样如下：", "␍ 是 CR，␊ 是 LF。"),
    };
    let mut html = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title}</h1><p>{}</p>",
        lang.bcp47(),
        escaped(&trouble.told(lang))
    );
    if !trouble.bytes().is_empty() {
        let _ = write!(html, "<p>{came}</p><pre>{}</pre><p><small>{ends}</small></p>", shown(trouble.bytes()));
    }
    (trouble.status(), Html(html))
}

const STYLE: &str = "html{color-scheme:light dark;font:15px/1.6 system-ui,sans-serif}body{max-width:44rem;\
    margin:2rem auto;padding:0 1rem}h1{font-size:1.2rem}pre{padding:.8rem 1rem;overflow:auto;\
    border:1px solid #8886;border-radius:8px;white-space:pre-wrap;word-break:break-all}small{opacity:.75}";

/// Bytes as text, with line ends to be seen.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.replace('\r', "␍").replace('\n', "␊\n");
    let control = |c: char| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c };
    escaped(&text.chars().map(control).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_seen_and_nothing_breaks_out() {
        assert_eq!(
            shown(b"HTTP/1.1 200 OK\r\n</pre><script>\0"),
            "HTTP/1.1 200 OK␍␊\n&lt;/pre&gt;&lt;script&gt;\u{fffd}"
        );
    }

    #[test]
    fn every_trouble_is_told_in_both_languages() {
        let refused = || io::Error::from_raw_os_error(111);
        for trouble in [
            Trouble::NoRun,
            Trouble::NoSuchAddress,
            Trouble::TooMany,
            Trouble::TooLarge(1),
            Trouble::Interrupted,
            Trouble::NoConnection("192.168.1.4:80".into(), refused()),
            Trouble::NoHandshake("192.168.1.4:80".into()),
            Trouble::NotHttp("x".into(), vec![]),
            Trouble::NotHttp("x".into(), b"hello".into()),
            Trouble::Silent(Duration::from_secs(1), vec![]),
            Trouble::Silent(Duration::from_secs(1), b"HTTP".into()),
        ] {
            assert_ne!(trouble.told(Lang::En), trouble.told(Lang::Zh), "{trouble:?}");
        }
        let told = Trouble::NoConnection("192.168.1.4:80".into(), refused()).told(Lang::En);
        assert_eq!(told, "No connection to 192.168.1.4:80: ECONNREFUSED, Connection refused.");
    }
}
