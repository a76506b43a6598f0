//! The panels beside the ladder, on live runs: what they say of a moment, in both languages.

use anyhow::ensure;
use serde_json::json;
use thirtyfour::Key;

use crate::page::{Page, SIZES, with_page};

/// Starts lesson 2 and goes on until the server has taken five of eleven bytes.
async fn eleven_bytes(page: &Page, lang: &str) -> anyhow::Result<()> {
    page.until_asked(lang).await?;
    page.type_into("client", "hello world\n").await?;
    page.until_text(&page.of_host("server", "terminal").await?, "reply>").await?;
    Ok(())
}

/// Opens a panel, and keeps pictures of it in every size, light and dark.
async fn panel(page: &Page, name: &str, lang: &str, wanted: &[&str]) -> anyhow::Result<String> {
    page.press(&format!("tab-{name}")).await?;
    let body = page.part(&format!("panel-{name}")).await?;
    let mut text = String::new();
    for wanted in wanted {
        text = page.until_text(&body, wanted).await?;
    }
    for (size_name, size) in SIZES {
        page.resize(size).await?;
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await?;
            page.screenshot(&format!("panel-{name}-{lang}-{size_name}-{scheme}")).await?;
        }
    }
    page.resize(SIZES[0].1).await?;
    Ok(text)
}

async fn all_panels(page: &Page, lang: &str) -> anyhow::Result<()> {
    let zh = lang != "en";
    eleven_bytes(page, lang).await?;

    let buffers = panel(page, "buffers", lang, &["hello", " world", "11 B"]).await?;
    let part = if zh { "一次 send() 的一部分" } else { "part of a send()" };
    ensure!(buffers.contains(part), "that recv() took a part is told: {buffers}");

    let states = panel(page, "states", lang, &["SYN_RCVD", "ESTABLISHED", ":18888"]).await?;
    let here = if zh { "client 处于 ESTABLISHED" } else { "client is in ESTABLISHED" };
    ensure!(states.contains(here), "where the client is is told: {states}");
    let queue = if zh { "0 个在等；listen(10) 容得下 11 个" } else { "0 wait; listen(10) has room for 11" };
    ensure!(states.contains(queue), "the accept queue is told: {states}");
    let script = "done([...document.querySelectorAll('.machine-came')].map((arrow) => {
        const head = document.querySelector(arrow.getAttribute('marker-end').slice(4, -1) + ' path');
        return getComputedStyle(head).fill === getComputedStyle(arrow).stroke;
    }))";
    ensure!(page.ask(script).await? == json!([true, true]), "an arrow's head has its line's colour");

    let readiness = panel(page, "readiness", lang, &["fd 4", "LISTEN"]).await?;
    let waits = if zh { "6 B 等着" } else { "6 B waiting" };
    ensure!(readiness.contains(waits), "what makes fd 4 readable is told: {readiness}");

    let inspector = panel(page, "inspector", lang, &[]).await?;
    ensure!(!inspector.is_empty() || page.part("told").await.is_ok(), "the step is told");
    page.press("stop").await
}

/// The server's answer to the SYN is held: somebody waits in its SYN queue.
async fn half_open(page: &Page, lang: &str) -> anyhow::Result<()> {
    page.go("/lesson/02-tcp").await?;
    page.speak(lang).await?;
    page.press("tab-wire").await?;
    page.part("hold-matching").await?.send_keys("tcp.syn and from server" + Key::Enter).await?;
    page.press("run").await?;
    let (waits, free) = if lang == "en" {
        ("1 wait for the handshake's third packet; listen(10)", "0 wait; listen(10) has room for 11")
    } else {
        ("1 个在等握手的第三个包；listen(10)", "0 个在等；listen(10) 容得下 11 个")
    };
    let states = panel(page, "states", &format!("syn-{lang}"), &["SYN_RCVD", "SYN_SENT", waits, free]).await?;
    ensure!(states.contains("192.168.1.7:"), "who waits: {states}");
    // With the answer it goes on into the accept queue, and out of that.
    page.press("tab-wire").await?;
    page.press("release-all").await?;
    page.until_text(&page.open_panel("states").await?, "ESTABLISHED").await?;
    page.press("stop").await
}

#[tokio::test]
async fn who_waits_for_the_third_packet_is_in_the_syn_queue() -> anyhow::Result<()> {
    with_page("panels-syn", async |page| {
        half_open(page, "en").await?;
        half_open(page, "zh-CN").await
    })
    .await
}

/// Connects, and ends without close(): Python itself would call it at an orderly end.
const WITHOUT_A_WORD: &str = "import os
from socket import *
sock = socket(AF_INET, SOCK_STREAM)
sock.connect(('192.168.1.4', 18888))
os._exit(0)
";

#[tokio::test]
async fn a_program_that_ends_is_said_to_have_ended_and_not_to_have_closed() -> anyhow::Result<()> {
    with_page("panels-end", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.paste_program("client", WITHOUT_A_WORD).await?;
        page.press("run").await?;
        page.until_text(&page.of_host("client", "host-state").await?, "exit 0").await?;
        let states = page.open_panel("states").await?;
        page.until_text(&states, "FIN_WAIT_1 the program ended · sends FIN").await?;
        // The server says goodbye in so many words.
        page.until_text(&page.of_host("server", "host-state").await?, "exit 0").await?;
        page.until_text(&states, "LAST_ACK close() · sends FIN").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn messages_that_stick_together_are_seen_by_their_colours() -> anyhow::Result<()> {
    with_page("panels-sticky", async |page| {
        page.go("/lesson/05-sticky").await?;
        page.speak("en").await?;
        // The receiver comes late: everything waits in its kernel by then.
        page.choose("receiver", "break", "recv()").await?;
        page.press("run").await?;
        page.of_host("receiver", "held").await?;
        page.until_text(&page.of_host("sender", "host-state").await?, "exit 0").await?;
        page.press("run-on").await?;
        page.until_text(&page.of_host("receiver", "terminal").await?, "onetwoand a third").await?;
        let flows =
            panel(page, "buffers", "sticky", &["× send() in one", "in 3 × send()", "What limits the sender"]).await?;
        ensure!(flows.contains("congestion window"), "{flows}");
        for colour in ["run-0", "run-1", "run-2"] {
            let count = format!("return document.querySelectorAll('.panel .segment .{colour}').length");
            ensure!(page.number(&count).await? >= 1.0, "what a recv() took shows the colour {colour}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn level_and_edge_are_told_side_by_side() -> anyhow::Result<()> {
    with_page("panels-epoll", async |page| {
        page.go("/lesson/16-epoll").await?;
        page.speak("en").await?;
        // Until then the server has read five bytes twice, and more than that came.
        page.choose("client", "break", "close()").await?;
        page.press("run").await?;
        page.of_host("client", "held").await?;
        let wanted = ["epoll_wait()", "EPOLLIN", "level-triggered", "edge-triggered", "was reported but not emptied"];
        panel(page, "readiness", "epoll", &wanted).await?;
        let table = page.text(&page.part("triggers").await?).await?;
        ensure!(table.contains("reports it") && table.contains("says nothing"), "{table}");
        ensure!(table.contains("as registered"), "which of them it is: {table}");
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn panels_tell_a_moment_in_english() -> anyhow::Result<()> {
    with_page("panels-en", async |page| all_panels(page, "en").await).await
}

#[tokio::test]
async fn panels_tell_a_moment_in_chinese() -> anyhow::Result<()> {
    with_page("panels-zh", async |page| all_panels(page, "zh-CN").await).await
}
