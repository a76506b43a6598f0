//! Single things in full: a call, a frame over its bytes, a socket, the HTTP in a stream, a program that stands still.

use anyhow::{Context, ensure};
use thirtyfour::prelude::*;

use crate::page::{Page, with_page};

/// Is refused, and waits with that.
const REFUSED: &str = "\
from socket import *
sock = socket(AF_INET, SOCK_STREAM)
sock.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
try:
    sock.connect(('192.168.1.4', 9))
except OSError as error:
    input(f'{error} ')
";

/// Picks out a thing of the ladder, and returns what the inspector says of it.
async fn inspected(page: &Page, kind: char, says: &str, part: &str) -> anyhow::Result<WebElement> {
    let words = page.in_ladder(kind, says).await?;
    words.scroll_into_view().await?; // clear of the hosts' names, which stay on top
    words.click().await?;
    page.part(part).await
}

#[tokio::test]
async fn a_call_that_failed_and_its_socket() -> anyhow::Result<()> {
    with_page("inspect-call", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.paste_program("client", REFUSED).await?;
        page.press("run").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "Connection refused").await?;
        page.open_panel("inspector").await?;
        let call = inspected(page, 'c', "connect(192.168.1.4:9)", "inspect-call").await?;
        for wanted in ["ECONNREFUSED (111)", "line 5 of client.py", "192.168.1.4:9", "nobody listens there"] {
            page.until_text(&call, wanted).await?;
        }
        let manual = call.find(By::Css("a[href]")).await?.attr("href").await?.context("a link")?;
        ensure!(manual == "https://man7.org/linux/man-pages/man2/connect.2.html", "{manual}");
        page.looked_at("inspect-call", "panel-inspector").await?;
        page.press_in(&call, ".panel-choice", "fd 3").await?;
        let socket = page.part("inspect-socket").await?;
        for wanted in ["SO_KEEPALIVE = 1", "SYN_SENT", "SO_RCVBUF", "client.py"] {
            page.until_text(&socket, wanted).await?;
        }
        page.looked_at("inspect-socket", "panel-inspector").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_field_lights_its_bytes_up() -> anyhow::Result<()> {
    with_page("inspect-frame", async |page| {
        page.until_asked("en").await?;
        page.open_panel("inspector").await?;
        let frame = inspected(page, 'f', "SYN ACK", "inspect-frame").await?;
        page.until_text(&frame, "none: the kernel sent it by itself").await?;
        // A field's row, and its bytes by the class that both have.
        let find = "const row = (name) => [...document.querySelectorAll('.fields tr')]
                .find((row) => row.querySelector('th')?.textContent === name);
            const bytes = (name) => {
                const mark = [...row(name).classList].find((one) => one.startsWith('f-'));
                return [...document.querySelectorAll(`.bytes .${mark}`)];
            };
            const ground = (byte) => getComputedStyle(byte).backgroundColor;";
        let lit = format!(
            "{find} const other = ground(bytes('source port')[0]);
            return bytes('destination port').filter((byte) => ground(byte) !== other).length"
        );
        ensure!(page.number(&lit).await? == 0.0, "nobody points at it");
        page.run(&format!("{find} row('destination port').dataset.testid = 'the-field'")).await?;
        page.point_at(&page.part("the-field").await?).await?;
        ensure!((page.number(&lit).await? - 2.0).abs() < 0.5, "a port has two bytes");
        page.screenshot("inspect-frame").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn the_ends_of_lines_in_http_are_seen() -> anyhow::Result<()> {
    with_page("inspect-http", async |page| {
        page.go("/lesson/10-http").await?;
        page.speak("en").await?;
        page.press("run").await?;
        page.until_text(&page.of_host("me", "terminal").await?, ">").await?;
        page.type_into("me", "GET / HTTP/1.1\nHost: 192.168.1.4\n\n").await?;
        page.open_panel("inspector").await?;
        let call = inspected(page, 'c', "send(", "inspect-call").await?;
        page.press_in(&call, ".panel-choice", "fd 3").await?;
        let http = page.part("http").await?;
        page.until_text(&http, r"GET / HTTP/1.1\n").await?;
        page.until_text(&http, "Lines end with LF alone").await?;
        page.looked_at("inspect-http", "panel-inspector").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_program_stands_still_while_its_kernel_works() -> anyhow::Result<()> {
    with_page("inspect-held", async |page| {
        page.until_asked("en").await?;
        page.choose("client", "break", "recv()").await?;
        page.type_into("client", "hello\n").await?;
        page.until_text(&page.of_host("client", "held").await?, "recv() has not reached the kernel").await?;
        page.until_text(&page.of_host("server", "terminal").await?, "reply>").await?;
        page.type_into("server", "fine\n").await?;
        page.open_panel("inspector").await?;
        let call = inspected(page, 'c', "recv(1024)", "inspect-call").await?;
        let lanes = page.part("meanwhile").await?;
        for wanted in ["program stopped", "kernel goes on", "fine"] {
            page.until_text(&lanes, wanted).await?;
        }
        ensure!(!page.text(&call).await?.contains("the program is inside"), "it is not");
        page.looked_at("inspect-held", "panel-inspector").await?;
        page.press("stop").await
    })
    .await
}
