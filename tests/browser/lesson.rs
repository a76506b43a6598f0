//! Lesson 2 from the first look to the last packet.

use anyhow::ensure;

use crate::page::{Page, SIZES, with_page};

/// What a person does in the main job, in one language; with screenshots of the moment when the most is shown.
async fn handshake(page: &Page, lang: &str) -> anyhow::Result<()> {
    page.go("/lesson/02-tcp").await?;
    page.speak(lang).await?;
    page.press("run").await?;

    let client = page.of_host("client", "terminal").await?;
    let server = page.of_host("server", "terminal").await?;
    page.until_text(&client, "say>").await?;
    page.type_into("client", "hello world\n").await?;
    // The server takes five bytes and asks its person for a reply; the client waits for it.
    page.until_text(&server, "hello").await?;
    page.until_text(&server, "reply>").await?;

    let ladder = page.part("ladder").await?;
    for packet in ["SYN", "SYN ACK", "ACK", "hello world"] {
        page.until_text(&ladder, packet).await?;
    }
    let shown = page.until_text(&ladder, "accept").await?;
    let order: Vec<_> = ["SYN", "SYN ACK"].iter().map(|packet| shown.find(packet)).collect();
    anyhow::ensure!(order.is_sorted(), "the handshake is out of order: {shown}");

    for (name, size) in SIZES {
        page.resize(size).await?;
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await?;
            page.screenshot(&format!("lesson-2-{lang}-{name}-{scheme}")).await?;
            if name == "phone" {
                ladder.scroll_into_view().await?;
                page.screenshot(&format!("lesson-2-{lang}-{name}-{scheme}-ladder")).await?;
                page.part("run").await?.scroll_into_view().await?;
            }
        }
    }
    page.resize(SIZES[0].1).await?;
    page.type_into("server", "fine\n").await?;
    page.until_text(&client, "fine").await?;

    page.press("stop").await?;
    let stop = page.part("stop").await?;
    anyhow::ensure!(!stop.is_enabled().await?, "there is nothing to stop any more");
    Ok(())
}

#[tokio::test]
async fn a_handshake_is_watched_in_english() -> anyhow::Result<()> {
    with_page("handshake-en", async |page| handshake(page, "en").await).await
}

#[tokio::test]
async fn a_handshake_is_watched_in_chinese() -> anyhow::Result<()> {
    with_page("handshake-zh", async |page| handshake(page, "zh-CN").await).await
}

#[tokio::test]
async fn a_program_that_runs_scrolls_its_own_editor_and_nothing_else() -> anyhow::Result<()> {
    with_page("scrolls", async |page| {
        // Five hosts side by side: on a tablet two of them are in sight.
        page.resize(SIZES[1].1).await?;
        page.go("/lesson/09-broadcast").await?;
        page.speak("en").await?;
        page.press("run").await?;
        page.until_text(&page.of_host("dora", "host-state").await?, "blocked in recvfrom()").await?;
        page.until_text(&page.of_host("caller", "terminal").await?, "Permission").await?;
        page.press("stop").await?;
        ensure!(page.number("return document.querySelector('.hosts').scrollLeft").await?.abs() < 1.0, "the hosts stay");

        // On a phone the ladder is far below the editors.
        page.resize(SIZES[2].1).await?;
        page.go("/lesson/02-tcp").await?;
        page.part("ladder-empty").await?;
        page.run("document.querySelector('.foot').scrollIntoView()").await?;
        let before = page.number("return scrollY").await?;
        page.press("run").await?;
        page.until_text(&page.of_host("server", "terminal").await?, "connected").await?;
        let after = page.number("return scrollY").await?;
        ensure!(before > 0.0 && (after - before).abs() < 1.0, "the page stays: {before}, {after}");
        page.press("stop").await
    })
    .await
}
