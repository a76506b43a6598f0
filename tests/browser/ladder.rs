//! The ladder drawn otherwise, and taken away as a picture: by the mouse and by the keyboard.

use anyhow::ensure;
use thirtyfour::prelude::*;

use crate::page::{Page, with_page};

/// Runs lesson 2 until the client asks its person for a line, and ends it there: a handshake, and nothing more.
async fn handshake(page: &Page) -> anyhow::Result<()> {
    page.until_asked("en").await?;
    page.press("stop").await?;
    page.until_text(&page.part("ladder").await?, "SYN ACK").await?;
    Ok(())
}

/// Has the ladder's beginning in sight, where addresses are resolved.
async fn scroll_to_begin(page: &Page) -> anyhow::Result<()> {
    page.ask("document.querySelector('.ladder-scroll').scrollTop = 0; done()").await?;
    Ok(())
}

#[tokio::test]
async fn the_ladder_is_saved_as_a_picture() -> anyhow::Result<()> {
    with_page("picture", async |page| {
        handshake(page).await?;
        let folder = page.keep_downloads("pictures").await?;
        let menu = page.part("export").await?;
        menu.find(By::Css("summary")).await?.click().await?;
        let mut formats = vec![];
        for file in menu.find_all(By::Css("a[download]")).await? {
            let path = file.attr("href").await?.unwrap_or_default();
            ensure!(page.fetched(&path).await?.len() > 100, "{path} is a file");
            formats.extend(path.rsplit('/').next().map(str::to_owned));
        }
        ensure!(formats == ["pcapng", "strace", "jsonl", "recording", "html"], "{formats:?}");
        page.press("save-svg").await?;
        let svg = String::from_utf8(page.downloaded(&folder.join("ladder.svg")).await?)?;
        for wanted in ["client", "192.168.1.4", "SYN ACK", "connect(192.168.1.4:18888)", "accept()"] {
            ensure!(svg.contains(wanted), "{wanted} is not in the picture");
        }
        ensure!(svg.starts_with("<svg") && !svg.contains("class="), "it needs no stylesheet");
        page.press("save-png").await?;
        let png = page.downloaded(&folder.join("ladder.png")).await?;
        ensure!(png.starts_with(b"\x89PNG") && png.len() > 10_000, "{} bytes", png.len());
        page.until_text(&page.part("ladder").await?, "SYN ACK").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_ladder_is_drawn_otherwise_by_keys_and_by_buttons() -> anyhow::Result<()> {
    with_page("zoom", async |page| {
        handshake(page).await?;
        let (main, ladder) = (page.main().await?, page.part("ladder").await?);
        let (clock, arp) = (page.part("clock").await?, page.part("arp").await?);
        scroll_to_begin(page).await?;
        page.until_text(&ladder, "socket(SOCK_STREAM)").await?;
        page.until_no_text(&ladder, "ARP who has").await?;
        main.send_keys("a").await?;
        page.until_attr(&arp, "aria-pressed", "true").await?;
        scroll_to_begin(page).await?;
        page.until_text(&ladder, "ARP who has 192.168.1.4").await?;
        arp.click().await?;
        page.until_no_text(&ladder, "ARP who has").await?;

        // By the clock: closer is higher, farther is less high.
        main.send_keys("t").await?;
        page.until_attr(&clock, "aria-pressed", "true").await?;
        let height = "return document.querySelector('.ladder-picture').clientHeight";
        let as_it_was = page.number(height).await?;
        main.send_keys("+").await?;
        main.send_keys("+").await?;
        let closer = page.number(height).await?;
        ensure!(closer > as_it_was, "{closer} of {as_it_was}");
        page.press("zoom-out").await?;
        page.press("zoom-out").await?;
        main.send_keys("-").await?;
        let farther = page.number(height).await?;
        ensure!(farther <= as_it_was && farther < closer, "{farther} of {as_it_was}");
        page.screenshot("ladder-clock").await?;
        main.send_keys("t").await?;
        page.until_gone("zoom-in").await
    })
    .await
}

#[tokio::test]
async fn what_kernels_tell_each_other_is_shown_or_left_out() -> anyhow::Result<()> {
    with_page("icmp", async |page| {
        page.go("/lesson/06-udp").await?;
        page.speak("en").await?;
        // Nobody has that port, so the server's kernel says so.
        let nobody = "from socket import *\ns = socket(AF_INET, SOCK_DGRAM)\ns.sendto(b'anybody?', ('192.168.1.4', 9))\ninput('sent> ')\n";
        page.paste_program("client", nobody).await?;
        page.press("run").await?;
        let (main, ladder, icmp) = (page.main().await?, page.part("ladder").await?, page.part("icmp").await?);
        page.until_text(&ladder, "ICMP port unreachable").await?;
        page.until_attr(&icmp, "aria-pressed", "true").await?;
        page.screenshot("ladder-icmp").await?;
        main.send_keys("i").await?;
        page.until_attr(&icmp, "aria-pressed", "false").await?;
        page.until_no_text(&ladder, "ICMP port unreachable").await?;
        page.until_text(&ladder, "UDP “anybody?”").await?;
        icmp.click().await?;
        page.until_text(&ladder, "ICMP port unreachable").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_film_goes_on_and_stands_still_by_the_space_bar() -> anyhow::Result<()> {
    with_page("film", async |page| {
        handshake(page).await?;
        let (main, play) = (page.main().await?, page.part("play").await?);
        main.send_keys(Key::Home).await?;
        let told = |told: Option<String>| told.unwrap_or_default();
        let moment = async || anyhow::Ok(told(page.part("scrubber").await?.attr("aria-valuetext").await?));
        let begin = moment().await?;
        ensure!(begin.contains("event 1 of"), "{begin}");
        main.send_keys(" ").await?;
        page.until_attr(&play, "aria-label", "Pause").await?;
        page.until_attr_is_not("scrubber", "aria-valuetext", &begin).await?;
        main.send_keys(" ").await?;
        page.until_attr(&play, "aria-label", "Play slowly").await?;
        main.send_keys(Key::Home).await?;
        page.until_attr(&page.part("scrubber").await?, "aria-valuetext", &begin).await
    })
    .await
}

#[tokio::test]
async fn two_runs_are_compared() -> anyhow::Result<()> {
    with_page("compare", async |page| {
        let trace = |name: &str| support::binary::root().join(format!("tests/traces/{name}.socklab"));
        page.go("/compare").await?;
        page.speak("en").await?;
        for (side, name) in [("compare-first", "handshake"), ("compare-second", "refused")] {
            let input = page.part(side).await?.find(By::Css("input")).await?;
            input.send_keys(trace(name).display().to_string()).await?;
            let side = page.part(side).await?;
            page.until_text(&side, &format!("{name}.socklab")).await?;
            ensure!(input.rect().await?.width <= 1.0, "the browser's own words for it are not seen");
        }
        let found = page.part("compare-found").await?;
        page.until_text(&found, "differ in").await?;
        let table = page.part("compare-table").await?;
        let text = page.text(&table).await?;
        ensure!(text.contains("ECONNREFUSED") && text.contains("only in run 1"), "{text}");
        let rows = "return document.querySelectorAll('[data-testid=compare-table] tbody tr').length";
        let around = page.number(rows).await?;
        page.press("compare-all").await?;
        page.until_text(&page.part("compare-all").await?, "only what is around").await?;
        ensure!(page.number(rows).await? >= around, "every step is there");
        for (name, size) in crate::page::SIZES {
            page.resize(size).await?;
            page.screenshot(&format!("compare-{name}")).await?;
        }
        // The same run twice differs nowhere.
        let input = page.part("compare-second").await?.find(By::Css("input")).await?;
        input.send_keys(trace("handshake").display().to_string()).await?;
        page.until_text(&found, "did the same").await?;
        Ok(())
    })
    .await
}
