//! Looking around in a run: back and forth in time, at single things, at the wire's desk, step by step, and later on as
//! a recording.

use anyhow::ensure;
use thirtyfour::prelude::*;

use crate::page::{Page, SIZES, with_page};

/// Starts lesson 2 and goes on until the client asks its person for a line.
async fn asked(page: &Page) -> anyhow::Result<()> {
    page.go("/lesson/02-tcp").await?;
    page.speak("en").await?;
    page.press("run").await?;
    page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
    Ok(())
}

async fn moment(page: &Page) -> anyhow::Result<String> {
    Ok(page.part("scrubber").await?.attr("aria-valuetext").await?.unwrap_or_default())
}

#[tokio::test]
async fn one_goes_back_in_time_by_keyboard_and_everything_follows() -> anyhow::Result<()> {
    with_page("time", async |page| {
        asked(page).await?;
        let main = page.main().await?;
        main.send_keys(Key::Home).await?;
        let client = page.of_host("client", "terminal").await?;
        page.until_no_text(&client, "say>").await?;
        ensure!(moment(page).await?.contains("event 1 of"), "{}", moment(page).await?);
        main.send_keys(Key::Right).await?;
        ensure!(!moment(page).await?.contains("event 1 of"), "{}", moment(page).await?);
        // Each frame is a step when it is sent and when it arrives. A SYN can only follow the answer to who has the
        // server's address.
        let (asked, answered) = ("asks everybody who has 192.168.1.4", "answers: 192.168.1.4 is here");
        for frame in [asked, "ARP arrives at server", answered, "ARP arrives at client", "SYN"] {
            main.send_keys("p").await?;
            main.send_keys(Key::Enter).await?;
            page.until_text(&page.part("panel-inspector").await?, frame).await?;
        }
        page.screenshot("time-first-packet").await?;

        main.send_keys("?").await?;
        let keys = page.part("keys-dialog").await?;
        page.until_text(&keys, "to the next packet").await?;
        page.screenshot("keys").await?;
        page.press_key(Key::Escape + "").await?;
        page.until_gone("keys-dialog").await?;
        main.send_keys("l").await?;
        page.until_text(&client, "say>").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn frames_are_held_at_the_desk_and_released() -> anyhow::Result<()> {
    with_page("desk", async |page| {
        asked(page).await?;
        page.press("tab-wire").await?;
        page.press("hold-all").await?;
        page.type_into("client", "hello world\n").await?;
        let held = page.part("held-box").await?;
        page.until_text(&held, "hello world").await?;
        for (name, size) in SIZES {
            page.resize(size).await?;
            page.screenshot(&format!("desk-{name}")).await?;
        }
        page.resize(SIZES[0].1).await?;
        page.press("hold-all").await?;
        page.press("release-all").await?;
        page.until_text(&page.of_host("server", "terminal").await?, "hello").await?;
        page.until_text(&held, "holds no frames").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_program_is_stepped_through() -> anyhow::Result<()> {
    with_page("step", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.choose("client", "break", "connect()").await?;
        page.press("run").await?;
        let held = page.of_host("client", "held").await?;
        page.until_text(&held, "connect() has not reached the kernel").await?;
        page.until_text(&held, "sock").await?;
        page.screenshot("step-held").await?;
        page.press("run-on").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_run_is_looked_at_later_from_a_moment() -> anyhow::Result<()> {
    with_page("recording", async |page| {
        asked(page).await?;
        page.press("stop").await?;
        let export = page.part("export").await?.find(By::Css("a")).await?;
        let path = export.attr("href").await?.unwrap_or_default();
        let link = path.split('/').nth(3).unwrap_or_default().to_owned();
        page.go(&format!("/run/{link}#t=20")).await?;
        page.until_text(&page.part("phase").await?, "Recording").await?;
        ensure!(moment(page).await?.contains("event 21 of"), "{}", moment(page).await?);
        page.press("live").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.until_text(&page.part("ladder").await?, "SYN ACK").await?;
        page.screenshot("recording").await?;
        // Read at once, when the page's memory grows while the terminals load.
        page.go(&format!("/run/{link}")).await?;
        page.until_text(&page.of_host("server", "terminal").await?, "connected").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.go("/recording").await?;
        page.until_text(&page.main().await?, "Open a recording").await?;
        page.screenshot("recording-choose").await
    })
    .await
}
